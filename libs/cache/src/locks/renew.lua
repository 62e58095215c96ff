-- Prolongs a lock, if it is still the caller's.
--
-- KEYS[1]  the lock
-- ARGV[1]  what the caller wrote into it
-- ARGV[2]  how long it lives from now on, in milliseconds
-- Returns 1 when it was, 0 when it had expired, was deleted, or is somebody else's.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1

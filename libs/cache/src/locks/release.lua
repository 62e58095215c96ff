-- Gives a lock up, if it is still the caller's.
--
-- KEYS[1]  the lock
-- ARGV[1]  what the caller wrote into it
-- Returns 1 when it was, 0 when it had expired, was deleted, or is somebody else's.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[1])
return 1

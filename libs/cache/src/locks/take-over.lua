-- Takes a lock from its holder, if it is still the one that was seen.
--
-- KEYS[1]  the lock
-- ARGV[1]  what was seen in it
-- ARGV[2]  what the caller writes into it
-- ARGV[3]  how long it lives from now on, in milliseconds
-- Returns 1 when the caller has it, 0 when it is not as it was seen.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1

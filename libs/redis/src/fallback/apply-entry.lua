-- Brings one entry of a recovery journal into Redis, unless a later one of any process is there already.
--
-- KEYS[1]  the key
-- KEYS[2]  its marker: when the last journal entry for it was written
-- ARGV[1]  'set', 'expire' or 'del'
-- ARGV[2]  when the entry was written, in microseconds of the wall clock
-- ARGV[3]  how long to keep the marker, in milliseconds
-- ARGV[4]  time to live in milliseconds, '' for none
-- ARGV[5]  value, for 'set'
-- Returns 1 when the entry was applied, 0 when it was not the latest.
local last = redis.call('GET', KEYS[2])
if last and tonumber(last) >= tonumber(ARGV[2]) then
  return 0
end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
if ARGV[1] == 'del' then
  redis.call('DEL', KEYS[1])
elseif ARGV[1] == 'expire' then
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
elseif ARGV[4] == '' then
  redis.call('SET', KEYS[1], ARGV[5])
else
  redis.call('SET', KEYS[1], ARGV[5], 'PX', ARGV[4])
end
return 1

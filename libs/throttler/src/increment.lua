-- Counts one hit in a sliding log, or refuses it. Does what ThrottlerStorageService of @nestjs/throttler 6.7 does.
--
-- KEYS[1]  record of the tracked key, for all its throttlers: when its window ends and when its block ends, as
--          doubles, and whether it is blocked, as a byte. Absent means no window, and never blocked.
-- KEYS[2]  hits of one throttler: when each expires, as doubles, ascending. At most twice limit + 1.
-- ARGV[1]  ttl in ms
-- ARGV[2]  limit
-- ARGV[3]  block duration in ms, 0 for none
-- ARGV[4]  now in ms, for tests; absent for the time of Redis
--
-- Returns {total hits, seconds until the window ends, 1 when blocked or 0, seconds until the block ends}.

-- A record that was blocked outlives its use by this, as in memory, where a sweep comes once a minute.
local GRACE_MS = 60000

local call, pack, unpack, ceil = redis.call, struct.pack, struct.unpack, math.ceil
local ttl, limit, block = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now = tonumber(ARGV[4])
-- How long the log is kept, as a string where it can be: Redis takes a microsecond to print a number.
local outlive, lifetime = 0, ARGV[1]
if ttl % 1 > 0 then lifetime = ceil(ttl) end
if now then
  -- The time of a test may stand still for longer than a ttl.
  outlive = 3600000
  lifetime = ceil(ttl) + outlive
else
  local time = call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local expiry = now + ttl

local found = call('MGET', KEYS[1], KEYS[2])
local window_ends, block_ends, blocked, changed = expiry, 0, false, true
if found[1] then
  local flag
  window_ends, block_ends, flag = unpack('<ddB', found[1])
  blocked = flag == 1
  changed = window_ends <= now
  if changed then window_ends = expiry end
end
local window_left = ceil((window_ends - now) / 1000)

-- The first `dead` of the hits in the log have expired; `live` have not.
local log = found[2] or ''
local dead, live = 0, #log / 8
if live > 0 and unpack('<d', log) <= now then
  -- Between low, which has expired, and high, which has not.
  local low, high = 0, live
  while high - low > 1 do
    local middle = math.floor((low + high) / 2)
    if unpack('<d', log, middle * 8 + 1) <= now then low = middle else high = middle end
  end
  dead, live = high, live - high
end

local counts, refused, total
if block <= 0 then
  refused = live >= limit
  counts = not refused
  total = live + 1
else
  counts = not blocked
  total = counts and live + 1 or live
  if counts and total > limit then
    blocked, changed = true, true
    block_ends = now + block
  end
end

local block_left
if block > 0 then
  block_left = ceil((block_ends - now) / 1000)
  if blocked and block_left <= 0 then
    -- The block is over: this hit is the first of a new log.
    blocked, changed, counts, total = false, true, true, 1
    if ttl <= 0 then call('DEL', KEYS[2]) end
    log, dead, live = '', 0, 0
  end
  refused = blocked
elseif not refused then
  block_left = 0
elseif live > 0 then
  block_left = ceil((unpack('<d', log, dead * 8 + 1) - now) / 1000)
else
  block_left = window_left
end

-- A hit that has expired already is counted in this answer and never seen again.
if counts and expiry > now then
  local last = live > 0 and unpack('<d', log, #log - 7) or expiry
  if last > expiry then
    -- A longer ttl was used before, or the clock of Redis went back.
    local at = dead
    while unpack('<d', log, at * 8 + 1) <= expiry do at = at + 1 end
    log = log:sub(dead * 8 + 1, at * 8) .. pack('<d', expiry) .. log:sub(at * 8 + 1)
    call('SET', KEYS[2], log, 'PX', ceil(last - now) + outlive)
  elseif live > dead then
    -- What has expired may stay for a while: appending is cheap, for replicas and AOF too.
    call('APPEND', KEYS[2], pack('<d', expiry))
    call('PEXPIRE', KEYS[2], lifetime)
  else
    call('SET', KEYS[2], log:sub(dead * 8 + 1) .. pack('<d', expiry), 'PX', lifetime)
  end
end

if changed then
  local keep = window_ends - now
  if blocked and block_ends - now > keep then keep = block_ends - now end
  if block_ends > 0 then keep = keep + GRACE_MS end
  if keep > 0 then
    call('SET', KEYS[1], pack('<ddB', window_ends, block_ends, blocked and 1 or 0), 'PX', ceil(keep) + outlive)
  end
end

return { total, window_left, refused and 1 or 0, block_left }

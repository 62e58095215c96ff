--[[
  Renews the lock of a job that a worker is processing. A lock that ran out while Redis was away is taken again,
  unless somebody else has the job by now.
  KEYS[1] lock of the job
  KEYS[2] the job
  KEYS[3] list of active jobs
  KEYS[4] set of jobs that may be stalled
  ARGV[1] token of the worker
  ARGV[2] milliseconds the lock holds
  ARGV[3] id of the job
  Returns
    held      the lock is the worker's
    taken     another worker has the lock
    finished  not active any more, and completed, failed or removed
    returned  not active any more, and waiting, delayed or the like
]]
local token = redis.call('GET', KEYS[1])
if token and token ~= ARGV[1] then
  return 'taken'
end
if token or redis.call('LPOS', KEYS[3], ARGV[3]) then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  redis.call('SREM', KEYS[4], ARGV[3])
  return 'held'
end
if redis.call('EXISTS', KEYS[2]) == 0 or redis.call('HEXISTS', KEYS[2], 'finishedOn') == 1 then
  return 'finished'
end
return 'returned'

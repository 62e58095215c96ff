--[[
  Finds the job that was made active for a worker whose connection broke before it heard of it.
  KEYS[1] list of active jobs
  ARGV[1] first part of the jobs' keys
  ARGV[2] token of the worker
  ARGV[3] id that the worker knows of, or ''
  Returns the id of the job whose lock has this token, or false.
]]
for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  if id ~= ARGV[3] and redis.call('GET', ARGV[1] .. id .. ':lock') == ARGV[2] then
    return id
  end
end
return false

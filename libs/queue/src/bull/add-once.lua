--[[
  Runs before a script of BullMQ that adds a job, in the same atomic step: adds it only if it has not been added.
  KEYS[last] bits of the jobs that this process has added
  ARGV[1]    arguments of BullMQ, packed; the second is the id of the job
  ARGV[last] bit of this job; with a + before it, when the bits are to be kept for another 25 hours
  Returns the id if the job was added before; otherwise goes on to BullMQ's script.
]]
do
  local bit = tonumber(ARGV[#ARGV])
  if redis.call('SETBIT', KEYS[#KEYS], bit, 1) == 1 then
    return cmsgpack.unpack(ARGV[1])[2]
  end
  if string.byte(ARGV[#ARGV]) == 43 then
    redis.call('PEXPIRE', KEYS[#KEYS], 90000000)
  end
end

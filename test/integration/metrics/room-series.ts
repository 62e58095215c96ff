/** Series of rooms that an application need not have: empty without them. */
export const roomSeries = [
  'holdfast_cache_operation_duration_seconds',
  'holdfast_queue_jobs_total',
  'holdfast_queue_outbox_jobs',
  'holdfast_queue_outbox_bytes',
  'holdfast_throttler_hit_duration_seconds',
] as const;

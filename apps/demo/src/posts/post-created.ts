/** Name of the queue of posts that were created. */
export const postCreatedQueue = 'post-created';

/** What a job knows. The post itself is in Redis. */
export interface PostCreated {
  readonly id: number;
}

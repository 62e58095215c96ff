import type { Redis } from 'ioredis';

type Socket = Redis['stream'];

/** Bytes of one tick that are worth a write of their own. */
const maxGatheredBytes = 65_536;

/**
 * Lets the commands of one tick of the event loop leave in one write. ioredis writes each by itself, and that
 * system call is most of what a command costs.
 */
export class WriteGathering {
  /** The socket whose writes are held until the end of this tick. */
  #held: Socket | undefined;

  /** To be called before each write. */
  begin(socket: Socket): void {
    if (this.#held === socket) return;
    this.#held = socket;
    socket.cork();
    process.nextTick(() => {
      if (this.#held === socket) this.#held = undefined;
      socket.uncork();
    });
  }

  /** To be called after each write: much is on its way already, it need not wait for the end of the tick. */
  relieve(socket: Socket): void {
    if (socket.writableLength <= maxGatheredBytes || this.#held !== socket || socket.writableCorked === 0)
      return;
    socket.uncork();
    socket.cork();
  }
}

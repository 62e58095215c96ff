import * as fc from 'fast-check';
import { Command } from 'ioredis';
import { commandBytes } from './command-bytes.js';
import { WaitingQueue } from './waiting-queue.js';

const command = (size = 0): Command => new Command('set', ['key', 'v'.repeat(size)]);
const roomy = { maxCommands: 1_000, maxBytes: 1_000_000 };

describe('B6 waiting queue', () => {
  it('gives back what waits in order of arrival, once', () => {
    const queue = new WaitingQueue(roomy);
    const commands = [command(), command(), command()];
    for (const one of commands) expect(queue.push(one, undefined, Infinity)).toEqual([]);
    expect(queue.size).toBe(3);
    expect(queue.drain().map((item) => item.command)).toEqual(commands);
    expect([queue.size, queue.bytes, queue.drain()]).toEqual([0, 0, []]);
  });

  it('takes out what is past its deadline, for good', () => {
    const queue = new WaitingQueue(roomy);
    const [first, second, third] = [command(), command(), command()];
    queue.push(first, undefined, 300);
    queue.push(second, undefined, 100);
    queue.push(third, undefined, Infinity);
    expect(queue.expire(99)).toEqual([]);
    expect(queue.expire(100)).toEqual([second]);
    expect(queue.expire(100)).toEqual([]);
    expect(queue.expire(1e15)).toEqual([first]);
    expect(queue.drain().map((item) => item.command)).toEqual([third]);
  });

  it('refuses a command more than it may hold', () => {
    const queue = new WaitingQueue({ ...roomy, maxCommands: 2 });
    queue.push(command(), undefined, Infinity);
    queue.push(command(), undefined, Infinity);
    const third = command();
    expect(queue.push(third, undefined, Infinity)).toEqual([third]);
    expect(queue.size).toBe(2);
  });

  it('refuses a byte more than it may hold, and takes a smaller command still', () => {
    const small = command();
    const queue = new WaitingQueue({ ...roomy, maxBytes: 2 * commandBytes(small) });
    queue.push(small, undefined, Infinity);
    const large = command(1);
    expect(queue.push(large, undefined, Infinity)).toEqual([large]);
    expect(queue.push(command(), undefined, Infinity)).toEqual([]);
  });

  it('holds nothing when it may hold nothing', () => {
    const one = command();
    expect(new WaitingQueue({ ...roomy, maxCommands: 0 }).push(one, undefined, Infinity)).toEqual([one]);
  });

  it('refuses a pipeline as a whole: what waits of it leaves, what follows of it is not taken', () => {
    const queue = new WaitingQueue({ ...roomy, maxCommands: 3 });
    const before = command();
    const pipeline = {};
    const parts = [command(), command(), command(), command()] as const;
    queue.push(before, undefined, Infinity);
    queue.push(parts[0], pipeline, Infinity);
    queue.push(parts[1], pipeline, Infinity);
    expect(queue.push(parts[2], pipeline, Infinity)).toEqual([parts[0], parts[1], parts[2]]);
    expect(queue.push(parts[3], pipeline, Infinity)).toEqual([parts[3]]);
    expect(queue.drain().map((item) => item.command)).toEqual([before]);
  });

  it('takes a pipeline out as a whole at the deadline of its first command', () => {
    const queue = new WaitingQueue(roomy);
    const pipeline = {};
    const [first, second] = [command(), command()];
    queue.push(first, pipeline, 100);
    queue.push(second, pipeline, 900);
    queue.push(command(), {}, 900);
    expect(queue.expire(100)).toEqual([first, second]);
    expect(queue.size).toBe(1);
  });

  it('counts bytes as they are sent, and an allowance for the rest', () => {
    const ascii = commandBytes({ name: 'get', args: ['abc'] });
    expect(commandBytes({ name: 'get', args: ['äöü'] })).toBe(ascii + 3);
    expect(commandBytes({ name: 'get', args: [Buffer.alloc(3)] })).toBe(ascii);
    expect(commandBytes({ name: 'get', args: [] })).toBeGreaterThan(64);
    expect(commandBytes({ name: 'get', args: [1] })).toBeGreaterThan(64);
  });

  type Step = { push: number; parts: number; deadline: number } | { wait: number } | { drain: true };
  const steps = fc.array(
    fc.oneof(
      fc.record({
        push: fc.integer({ min: 0, max: 300 }),
        parts: fc.integer({ min: 0, max: 4 }),
        deadline: fc.integer({ min: 1, max: 50 }),
      }),
      fc.record({ wait: fc.integer({ min: 1, max: 30 }) }),
      fc.constant<{ drain: true }>({ drain: true }),
    ),
    { maxLength: 60 },
  );

  it('never exceeds its bounds, keeps the order, and loses or doubles nothing, whatever happens', () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 2_000 }),
        (list: Step[], maxCommands, maxBytes) => {
          const queue = new WaitingQueue({ maxCommands, maxBytes });
          const order = new Map<object, number>();
          const pipelines = new Map<object, object>();
          const fates = new Map<object, string>();
          let now = 0;
          const leave = (one: object, fate: string): void => {
            expect(fates.has(one)).toBe(false);
            fates.set(one, fate);
          };
          const leaveInOrder = (commands: readonly Command[], fate: string): void => {
            const positions = commands.map((one) => order.get(one) ?? -1);
            expect(positions).toEqual(positions.toSorted((a, b) => a - b));
            for (const one of commands) leave(one, fate);
          };
          const push = (size: number, pipeline: object | undefined, deadline: number): void => {
            const one = command(size);
            order.set(one, order.size);
            if (pipeline) pipelines.set(one, pipeline);
            leaveInOrder(queue.push(one, pipeline, deadline), 'refused');
          };
          const drain = (): void =>
            leaveInOrder(
              queue.drain().map((item) => item.command),
              `sent at ${now}`,
            );
          for (const step of list) {
            if ('push' in step) {
              const pipeline = step.parts > 0 ? {} : undefined;
              for (let part = 0; part < Math.max(1, step.parts); part++) {
                push(step.push + part, pipeline, now + step.deadline + part);
                expect(queue.size).toBeLessThanOrEqual(maxCommands);
                expect(queue.bytes).toBeLessThanOrEqual(maxBytes);
              }
            } else if ('wait' in step) {
              now += step.wait;
              leaveInOrder(queue.expire(now), `expired at ${now}`);
            } else drain();
          }
          now++;
          drain();
          expect([queue.size, queue.bytes]).toEqual([0, 0]);
          expect(fates.size).toBe(order.size);
          const together = new Map<object, Set<string | undefined>>();
          for (const [one, pipeline] of pipelines) {
            together.set(pipeline, (together.get(pipeline) ?? new Set()).add(fates.get(one)));
          }
          for (const shared of together.values()) expect(shared.size).toBe(1);
        },
      ),
      { numRuns: 500 },
    );
  });
});

import type { Channel } from 'node:diagnostics_channel';
import type { SeriesSet } from '../series/series-set.js';

/** What the fields of an event have to be for it to be counted. */
export type EventShape<Event> = { readonly [Field in keyof Event]-?: ShapeOf<Event[Field]> };

type ShapeOf<Value> = undefined extends Value ? 'text or absent' : Value extends number ? 'amount' : 'text';

const holds: Readonly<Record<'text' | 'text or absent' | 'amount', (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  'text or absent': (value) => value === undefined || typeof value === 'string',
  amount: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
};

/**
 * Listens to a room that may not be installed: by the name of its channel, since nothing of it can be imported.
 * Nobody checks its version either, so what does not have the shape is passed over: a listener that throws would
 * end the process.
 *
 * @param room kept by the caller's module for as long as the process: Node forgets a channel that nobody holds, and
 *   with it the one that was made by the same name since, so that publisher and listener would have one each
 */
export function listenToRoom<Event extends object>(
  series: SeriesSet,
  room: Channel,
  shape: EventShape<Event>,
  listener: (event: Event) => void,
): void {
  const fields = Object.entries<keyof typeof holds>(shape);
  series.listen<unknown>(room, (message) => {
    if (typeof message !== 'object' || message === null) return;
    const values = message as Record<string, unknown>;
    for (const [field, kind] of fields) if (!holds[kind](values[field])) return;
    listener(message as Event);
  });
}

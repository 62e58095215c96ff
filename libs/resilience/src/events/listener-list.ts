/** Called with each event; what it throws becomes a process warning and reaches nobody else. */
export type Listener<Event> = (event: Event) => void;

/** The listeners of one kind of event. */
export class ListenerList<Event> {
  private listeners: readonly Listener<Event>[] = [];

  /** Adds a listener and returns a function that removes it again. */
  add(listener: Listener<Event>): () => void {
    const entry: Listener<Event> = (event) => listener(event);
    this.listeners = [...this.listeners, entry];
    return () => {
      this.listeners = this.listeners.filter((other) => other !== entry);
    };
  }

  /** How many listeners there are. */
  get count(): number {
    return this.listeners.length;
  }

  /** Tells every listener, in the order they were added. Never throws: an observer must not break the observed. */
  emit(event: Event): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }
}

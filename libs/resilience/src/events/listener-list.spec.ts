import { ListenerList } from './listener-list.js';

describe('listener list', () => {
  it('tells every listener in the order they were added', () => {
    const list = new ListenerList<string>();
    const seen: string[] = [];
    list.add((event) => seen.push(`first ${event}`));
    list.add((event) => seen.push(`second ${event}`));

    list.emit('news');

    expect(seen).toEqual(['first news', 'second news']);
  });

  it('removes only the registration whose function is called, even of the same listener', () => {
    const list = new ListenerList<string>();
    const listener = jest.fn();
    const remove = list.add(listener);
    list.add(listener);

    remove();
    remove();
    list.emit('news');

    expect(listener).toHaveBeenCalledTimes(1);
    expect(list.count).toBe(1);
  });

  it('lets no listener break the others or the caller', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const list = new ListenerList<string>();
    const listener = jest.fn();
    list.add(() => {
      throw new Error('broken');
    });
    list.add(listener);

    list.emit('news');

    expect(listener).toHaveBeenCalledWith('news');
    expect(warn).toHaveBeenCalledWith(new Error('broken'));
    warn.mockRestore();
  });
});

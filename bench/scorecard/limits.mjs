/** A call that waits longer than this is hung: whoever waited for it has gone. */
export const hungMs = 6_000;

/**
 * Replaces the user information of anything that looks like a URL, parsable or not.
 *
 * @example `redis://me:secret@host:6379` becomes `redis://***@host:6379`
 */
export function redactUrl(text: string): string {
  // The last @ counts: a password that was not percent-encoded may contain one itself.
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/i, '$1***@');
}

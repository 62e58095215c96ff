/** Bytes a command occupies while it waits: its arguments, and an allowance for the objects around them. */
export function commandBytes(command: { name: string; args: readonly unknown[] }): number {
  let bytes = 64 + command.name.length;
  for (const arg of command.args) {
    bytes += 16 + (typeof arg === 'string' ? Buffer.byteLength(arg) : Buffer.isBuffer(arg) ? arg.length : 16);
  }
  return bytes;
}

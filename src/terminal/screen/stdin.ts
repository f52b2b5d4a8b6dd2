/** Standard input, for one reader after the other. */

const READ_BYTES = 16 * 1024;

let waiting: Promise<Uint8Array | null> | undefined;

/**
 * What is typed next; null at the end, and what a terminal that hangs up makes of a read is one. A read cannot be taken back:
 * one that still waits when its reader has gone is the next reader's, and whoever has gone reads no further.
 */
export async function readStdin(): Promise<Uint8Array | null> {
  const read = waiting ??= readOnce();
  const chunk = await read;
  if (waiting === read) waiting = undefined;
  return chunk;
}

async function readOnce(): Promise<Uint8Array | null> {
  const buffer = new Uint8Array(READ_BYTES);
  const count = await Deno.stdin.read(buffer).catch(() => null);
  return count === null ? null : buffer.slice(0, count);
}

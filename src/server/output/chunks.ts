import { WRITE_JOIN_BYTES } from "../../protocol/limits.ts";

/** Chunks shorter than this are left to V8, which frees them soon enough. */
export const MIN_OWN_BYTES = 4 * 1024;

/**
 * The chunks of one outbox that are in no other. Their memory is freed as soon as they are written or dropped: V8 may keep
 * it for minutes, and pages of history for many receivers would add up.
 */
export class OwnChunks {
  readonly #waiting = new Set<Uint8Array>();
  #inFlight: Uint8Array | undefined;

  get empty(): boolean {
    return this.#waiting.size === 0 && this.#inFlight === undefined;
  }

  add(chunk: Uint8Array): void {
    this.#waiting.add(chunk);
  }

  /** Must be called when the first waiting chunks were copied into one, which is an own chunk if one of them is. */
  joined(chunks: readonly Uint8Array[], into: Uint8Array): void {
    const own = chunks.filter((chunk) => this.#waiting.delete(chunk));
    if (own.length > 0) this.#waiting.add(into);
    own.forEach(free);
  }

  /** Must be called when a write of the chunk begins. The chunk is not touched before `written`. */
  writing(chunk: Uint8Array): void {
    if (this.#waiting.delete(chunk)) this.#inFlight = chunk;
  }

  /** Must be called when the write has ended or failed. */
  written(): void {
    if (this.#inFlight !== undefined) free(this.#inFlight);
    this.#inFlight = undefined;
  }

  /** Must be called when the waiting chunks were dropped. */
  dropped(): void {
    this.#waiting.forEach(free);
    this.#waiting.clear();
  }
}

function free({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

export interface JoinedChunks {
  readonly joined: Uint8Array;
  /** Number of further chunks in `joined`. */
  readonly count: number;
}

interface Joining extends JoinedChunks {
  readonly chunks: readonly Uint8Array[];
}

/** The last result, used again because most receivers in a room wait for the same chunks. */
let last: Joining | undefined;

/** Joins the first chunk and the further ones that fit in `WRITE_JOIN_BYTES` with it. The result is shared, as the chunks are. */
export function joinChunks(first: Uint8Array, further: readonly Uint8Array[]): JoinedChunks {
  let bytes = first.length;
  let count = 0;
  while (count < further.length && bytes + further[count]!.length <= WRITE_JOIN_BYTES) {
    bytes += further[count++]!.length;
  }
  if (count === 0) return { joined: first, count };
  if (last === undefined || !isJoiningOf(last, first, further, count)) last = join(first, further, count, bytes);
  return last;
}

function isJoiningOf(joining: Joining, first: Uint8Array, further: readonly Uint8Array[], count: number): boolean {
  if (joining.count !== count || joining.chunks[0] !== first) return false;
  for (let index = 0; index < count; index++) {
    if (joining.chunks[index + 1] !== further[index]) return false;
  }
  return true;
}

function join(first: Uint8Array, further: readonly Uint8Array[], count: number, bytes: number): Joining {
  const chunks = [first, ...further.slice(0, count)];
  const joined = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return { chunks, joined, count };
}

import { WRITE_JOIN_BYTES } from "../../protocol/limits.ts";

/** Shorter ones are left to V8, which has them back soon enough. */
export const MIN_OWN_BYTES = 4 * 1024;

/**
 * The chunks of one outbox that are in no other. Their memory is given back once they have been written or dropped: V8 may
 * leave it for minutes, and pages of history for many receivers would add up.
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

  /** The first chunks that wait have been copied into one. If one of them is in no other outbox, then nor is that. */
  joined(chunks: readonly Uint8Array[], into: Uint8Array): void {
    const own = chunks.filter((chunk) => this.#waiting.delete(chunk));
    if (own.length > 0) this.#waiting.add(into);
    own.forEach(giveBack);
  }

  /** From here until `written` nobody touches the chunk. */
  writing(chunk: Uint8Array): void {
    if (this.#waiting.delete(chunk)) this.#inFlight = chunk;
  }

  /** Or not, for the link is gone: the write is over in any case. */
  written(): void {
    if (this.#inFlight !== undefined) giveBack(this.#inFlight);
    this.#inFlight = undefined;
  }

  dropped(): void {
    this.#waiting.forEach(giveBack);
    this.#waiting.clear();
  }
}

function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

export interface JoinedChunks {
  readonly joined: Uint8Array;
  /** How many of the further chunks are in it. */
  readonly count: number;
}

interface Answer extends JoinedChunks {
  readonly chunks: readonly Uint8Array[];
}

/** The last answer: those who are in one room mostly wait for the same chunks. */
let last: Answer | undefined;

/** As many chunks as fit into `WRITE_JOIN_BYTES`, the first one in any case. What it returns is shared, as the chunks are. */
export function joinChunks(first: Uint8Array, further: readonly Uint8Array[]): JoinedChunks {
  let bytes = first.length;
  let count = 0;
  while (count < further.length && bytes + further[count]!.length <= WRITE_JOIN_BYTES) {
    bytes += further[count++]!.length;
  }
  if (count === 0) return { joined: first, count };
  if (last === undefined || !isAnswerTo(last, first, further, count)) last = join(first, further, count, bytes);
  return last;
}

function isAnswerTo(answer: Answer, first: Uint8Array, further: readonly Uint8Array[], count: number): boolean {
  if (answer.count !== count || answer.chunks[0] !== first) return false;
  for (let index = 0; index < count; index++) {
    if (answer.chunks[index + 1] !== further[index]) return false;
  }
  return true;
}

function join(first: Uint8Array, further: readonly Uint8Array[], count: number, bytes: number): Answer {
  const chunks = [first, ...further.slice(0, count)];
  const joined = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return { chunks, joined, count };
}

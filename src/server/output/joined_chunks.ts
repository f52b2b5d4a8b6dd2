import { WRITE_JOIN_BYTES } from "../../protocol/limits.ts";

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

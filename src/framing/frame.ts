import type { ProtocolError } from "../protocol/errors.ts";

/**
 * What a link carries, whole: a line without its terminator, the head of an HTTP request with its lines, or the text of a
 * WebSocket message; what a WebSocket asks of the link itself; or, as the last frame there is, why no further one can be read.
 */
export type Frame = string | Control | ProtocolError;

/** A frame of a WebSocket that says nothing, and wants an answer of its own kind: RFC 6455, section 5.5. */
export interface Control {
  readonly control: "ping" | "close";
  /** At most 125 bytes. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Bytes → frames. It copies what it keeps of a chunk, and what it keeps is bounded. */
export interface Decoder {
  /** The frames that these bytes end. */
  push(chunk: Uint8Array): Frame[];
}

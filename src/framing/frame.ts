import type { ProtocolError } from "../protocol/errors.ts";
import type { ProxyHeader } from "./proxy/proxy_header.ts";

/**
 * A unit that a link carries whole. A string is a line without its terminator, the lines of an HTTP request's head, or a
 * text message of a WebSocket. The first frame may be the header of a trusted proxy. A `ProtocolError` is the last frame and says why no further one can be read.
 */
export type Frame = string | BinaryMessage | BodyPart | Control | ProxyHeader | ProtocolError;

/** A binary message of a WebSocket: RFC 6455, section 5.6. */
export interface BinaryMessage {
  readonly type: "binary";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The next bytes of an HTTP request's body, in pieces as they arrive and with any chunked encoding still in place. They are not
 * copied: the buffer that they arrived in is used again as soon as the reader asks for further frames.
 */
export interface BodyPart {
  readonly type: "body";
  readonly bytes: Uint8Array;
  /** Whether the body ends here. Absent in all parts of a body whose length is unknown. A body of no bytes has no parts. */
  readonly last?: true;
}

/** A control frame of a WebSocket that must be answered: RFC 6455, section 5.5. */
export interface Control {
  readonly type: "ping" | "close";
  /** At most 125 bytes. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Bytes → frames. It copies the bytes that it keeps of a chunk, and keeps a bounded number of them. */
export interface Decoder {
  /** Bytes that are still to come of a body of known length, for which large chunks pay; 0 without one. */
  readonly bodyBytesLeft?: number;
  /** Returns the frames that these bytes end. */
  push(chunk: Uint8Array): Frame[];
}

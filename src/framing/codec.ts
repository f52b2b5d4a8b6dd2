import type { ClientCommand, ServerEvent } from "../protocol/messages/messages.ts";

/** A wire format of events: encoded once and shared by all of its receivers. */
export interface Format {
  readonly name: "json" | "plain";
  /** Whether messages are echoed to their sender. Changes of messages always are. */
  readonly echoes: boolean;
  /** Returns whole lines with their terminators; `""` for an event that the format does not show. */
  encode(event: ServerEvent): string;
  /** Encodes such lines as bytes for the link. */
  pack(lines: string): Uint8Array;
}

const ENCODER = new TextEncoder();

/** Encodes lines for links that carry them as they are. */
export function packLines(lines: string): Uint8Array {
  return ENCODER.encode(lines);
}

export interface Decoded {
  readonly commands: readonly ClientCommand[];
  /** Lines that the codec itself answers, with their terminators. */
  readonly reply?: string;
}

/** The language of one connection. It may have state, such as the rooms that a person on `nc` has joined. */
export interface Codec {
  readonly format: Format;
  /** Throws `ProtocolError` for a line that is not a valid command. */
  decode(line: string): Decoded;
  /** Encodes an event for this connection alone, by the rules of `Format.encode`. */
  encode(event: ServerEvent): string;
  /** Whether too many lines of the other end were refused: the connection is closed after the last encoded event. */
  readonly exhausted?: boolean;
  /** Returns the bytes that end the stream after the last event, if the link needs some. */
  ending?(): Uint8Array;
}

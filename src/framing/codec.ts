/** Bytes ↔ lines ↔ commands and events. This folder knows the protocol, and neither sockets nor rooms. */

import type { ClientCommand, ServerEvent } from "../protocol/messages/messages.ts";

/** How events look to everyone who gets them, whoever they are: encoded once, shared by all receivers of one format. */
export interface Format {
  readonly name: "json" | "plain";
  /** Whether the sender of a message is shown it, too; changes of messages always are. */
  readonly echoes: boolean;
  /** Whole lines with their terminators; empty where there is nothing to show. */
  encode(event: ServerEvent): string;
  /** Such lines as they go over the link. */
  pack(lines: string): Uint8Array;
}

const ENCODER = new TextEncoder();

/** For links that carry lines as they are. */
export function packLines(lines: string): Uint8Array {
  return ENCODER.encode(lines);
}

export interface Decoded {
  readonly commands: readonly ClientCommand[];
  /** What the codec itself answers, terminated. */
  readonly reply?: string;
}

/** One connection's language: it may remember what was said on that connection. */
export interface Codec {
  readonly format: Format;
  /** Throws ProtocolError for a line that asks for nothing possible. */
  decode(line: string): Decoded;
  /** An event meant for this connection alone, by the rules of `Format.encode`. */
  encode(event: ServerEvent): string;
  /** Whether the other end has sent too much that was refused: the connection is closed after what was encoded last. */
  readonly exhausted?: boolean;
  /** What goes over the link behind the last event, where its end has to be announced. */
  ending?(): Uint8Array;
}

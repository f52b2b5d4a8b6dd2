import type { Format } from "../../framing/codec.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";

/** One event for many receivers, encoded once for each wire format. */
export class SharedChunk {
  readonly #event: ServerEvent;
  readonly #chunks = new Map<Format, Uint8Array>();

  constructor(event: ServerEvent) {
    this.#event = event;
  }

  /** The encoded event. The receivers share it, so none may change it. */
  in(format: Format): Uint8Array {
    let chunk = this.#chunks.get(format);
    if (chunk === undefined) this.#chunks.set(format, chunk = format.pack(format.encode(this.#event)));
    return chunk;
  }
}

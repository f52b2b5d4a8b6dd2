/** A media socket over the browser's WebSocket. */

import type { MediaSocket } from "../../client/calls/call_ports.ts";
import { NewestFeed } from "./newest_feed.ts";

/** Messages that wait for their reader. The server waits for confirmations long before that. */
const MAX_WAITING_MESSAGES = 256;

/** Opens a media socket at the address. Rejects if it closes before it is open, or `signal` is aborted. */
export async function openPageMediaSocket(address: string, signal: AbortSignal): Promise<MediaSocket> {
  const socket = new PageMediaSocket(new WebSocket(address));
  const close = () => socket.close();
  signal.addEventListener("abort", close);
  try {
    await socket.opened;
    signal.throwIfAborted();
    return socket;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

type Message = string | Uint8Array<ArrayBuffer>;

class PageMediaSocket implements MediaSocket {
  /** Resolves when the socket is open, and rejects if it closes before. */
  readonly opened: Promise<void>;
  readonly messages: AsyncIterable<Message>;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    this.opened = new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve(), { once: true });
      const refused = () => reject(new Error("The server does not open a connection for calls"));
      socket.addEventListener("close", refused, { once: true });
    });
    const feed = new NewestFeed<Message>(MAX_WAITING_MESSAGES);
    socket.addEventListener("message", ({ data }) => feed.push(typeof data === "string" ? data : new Uint8Array(data)));
    socket.addEventListener("close", () => feed.end(), { once: true });
    this.messages = feed;
  }

  get queuedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: Message): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message);
  }

  close(): void {
    this.#socket.close();
  }
}

/** A connection over the browser's WebSocket: each text frame is one line of the protocol, in both directions. */

import type { Dial } from "../client/link/dial.ts";
import { SOCKET_PATH } from "../protocol/address/page_paths.ts";
import { MAX_LINE_BYTES } from "../protocol/limits.ts";
import type { Connection, Frame } from "../transports/connection.ts";

/** Returns a WebSocket address of the server that served the page. `folder` is the path of the server's `/`. */
export function socketAddress(
  { protocol, host }: { readonly protocol: string; readonly host: string },
  folder: string,
  path = SOCKET_PATH,
): string {
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}${folder}${path.slice(1)}`;
}

/** Returns a `Dial` for the address. If the socket closes before it is open, it rejects with the server's reason. */
export function dialWebSocket(address: string): Dial {
  return (signal) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(address);
      const connection = new WebSocketConnection(socket);
      const giveUp = () => {
        connection.close();
        reject(signal.reason);
      };
      const opening = new AbortController();
      const once = { once: true, signal: opening.signal };
      signal.addEventListener("abort", giveUp, once);
      socket.addEventListener("open", () => {
        opening.abort();
        resolve(connection);
      }, once);
      socket.addEventListener("close", () => {
        opening.abort();
        void refusalOf(address, signal).then((text) => reject(new Error(text ?? "The server does not answer")));
      }, once);
    });
}

/** A proxy's answer may be any text. */
const MAX_REFUSAL_CHARS = 500;

/**
 * Asks why the server refuses a WebSocket, which browsers do not tell. A POST names the origin, as the WebSocket did.
 * Resolves with the server's sentence; `undefined` if there is no answer, or none for users.
 */
async function refusalOf(address: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { status, headers, body } = await fetch(address.replace(/^ws/, "http"), { method: "POST", signal });
    const text = await new Response(body).text();
    const isForUsers = (status === 403 || status === 429 || status === 503) &&
      headers.get("content-type")?.startsWith("text/plain") === true && text.length <= MAX_REFUSAL_CHARS;
    return isForUsers ? text.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** The caller or the server closes it. */
export class WebSocketConnection implements Connection {
  readonly peer: string;
  readonly frames: ReadableStream<readonly Frame[]>;
  readonly #socket: WebSocket;
  readonly #decoder = new TextDecoder();
  #firstByte: number | undefined;
  #receivedBytes = 0;
  #sentBytes = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.peer = socket.url;
    this.frames = new ReadableStream({
      start: (controller) => {
        socket.addEventListener("message", ({ data }) => this.#receive(data, controller));
        socket.addEventListener("close", () => finish(controller), { once: true });
      },
      cancel: () => this.close(),
    });
  }

  get firstByte(): number | undefined {
    return this.#firstByte;
  }

  /** UTF-16 units, which equal bytes for nearly all messages. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  write(chunk: Uint8Array): Promise<void> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error("The connection is closed"));
    this.#sentBytes += chunk.length;
    for (const line of this.#decoder.decode(chunk).split("\n")) {
      if (line !== "") this.#socket.send(line);
    }
    return Promise.resolve();
  }

  end(): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  close(): void {
    this.#socket.close();
  }

  #receive(data: unknown, controller: ReadableStreamDefaultController<readonly Frame[]>): void {
    // A Confab server sends only lines of limited length.
    if (typeof data !== "string" || data.length > MAX_LINE_BYTES) return this.close();
    this.#firstByte ??= data.charCodeAt(0);
    this.#receivedBytes += data.length;
    controller.enqueue([data]);
  }
}

/** Ends the stream, if its reader has not cancelled it. */
function finish(controller: ReadableStreamDefaultController<readonly Frame[]>): void {
  try {
    controller.close();
  } catch {
    return;
  }
}

/** Deno's WebSocket, used as a browser does, and bare HTTP requests. */

import type { Json } from "./e2e_peer.ts";
import { inTime, Lines } from "./process_lines.ts";
import { sameOrigin } from "./websocket_frames.ts";

export class Browser implements AsyncDisposable {
  readonly lines: Lines;
  /** The reply to the join. */
  joined: Json = {};
  readonly #socket: WebSocket;
  readonly #closed = Promise.withResolvers<CloseEvent>();

  constructor(socket: WebSocket, name: string) {
    this.lines = new Lines(() => `Messages that ${name} received:`);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.lines.add(`${data}\n`));
    socket.addEventListener("close", (event) => {
      this.lines.end();
      this.#closed.resolve(event);
    });
    socket.addEventListener("error", (event) => event.preventDefault());
  }

  /** Opens a WebSocket with the origin of the server's own page. */
  static async open(address: string, name = "a browser"): Promise<Browser> {
    const url = `ws://${address}/ws`;
    const browser = new Browser(new WebSocket(url, sameOrigin(url)), name);
    await browser.next({ type: "welcome" });
    return browser;
  }

  static async join(address: string, name: string, fields: Json = {}): Promise<Browser> {
    const browser = await Browser.open(address, name);
    browser.send({ type: "join", name, ...fields });
    browser.joined = await browser.next({ type: "joined" });
    return browser;
  }

  send(...commands: readonly Json[]): void {
    for (const command of commands) this.#socket.send(JSON.stringify(command));
  }

  sendBytes(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  /** The next event whose fields have these values. */
  async next(fields: Json): Promise<Json> {
    const fits = (line: string) => Object.entries(fields).every(([name, value]) => JSON.parse(line)[name] === value);
    return JSON.parse(await this.lines.next(Object.assign(fits, { toString: () => JSON.stringify(fields) })));
  }

  /** The close code of the WebSocket. */
  async closed(): Promise<number> {
    const { code } = await inTime(this.#closed.promise, () => `a close\n${this.lines}`);
    return code;
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.closed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Sends bytes on a new connection and returns all replies until the other end closes. */
export async function request(conn: Deno.Conn, head: string, behind: Uint8Array = new Uint8Array()): Promise<string> {
  await conn.write(Uint8Array.from([...new TextEncoder().encode(head), ...behind]));
  return await inTime(new Response(conn.readable).text(), () => `an answer to ${JSON.stringify(head)}`);
}

import { assert } from "@std/assert";
import type { Json } from "./e2e_peer.ts";
import { inTime, Lines } from "./process_lines.ts";
import { clientFrame } from "./websocket_frames.ts";

const LATIN1 = new TextDecoder("latin1");
const ENCODER = new TextEncoder();

/** A browser on any stream of bytes, such as TLS with a certificate of the test's own. */
export class Visitor implements Disposable {
  readonly lines = new Lines(() => "Messages that a visitor received:");
  readonly #conn: Deno.Conn;
  #bytes = new Uint8Array(0);

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Returns the response to a request for the page. */
  static async page(conn: Deno.Conn, host: string, path = "/"): Promise<string> {
    await conn.write(ENCODER.encode(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    return await inTime(new Response(conn.readable).text(), () => "the page");
  }

  /** Opens a WebSocket from the page at this address. Returns the status line if it is refused. */
  static async open(conn: Deno.Conn, page: string, headers: readonly string[] = []): Promise<Visitor | string> {
    const { pathname, host, origin } = new URL("ws", page);
    const head = [
      `GET ${pathname} HTTP/1.1`,
      `Host: ${host}`,
      `Origin: ${origin}`,
      "Upgrade: websocket",
      "Connection: keep-alive, Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    ];
    await conn.write(ENCODER.encode([...head, "", ""].join("\r\n")));
    const visitor = new Visitor(conn);
    const [status] = (await inTime(visitor.#head(), () => "the response to a WebSocket's request")).split("\r\n", 1);
    if (!status!.startsWith("HTTP/1.1 101 ")) {
      conn.close();
      return status!;
    }
    void visitor.#readAll();
    return visitor;
  }

  /** Opens a WebSocket and joins. Resolves with the visitor, and with the reply or the error. */
  static async join(conn: Deno.Conn, page: string, name: string): Promise<{ visitor: Visitor; reply: Json }> {
    const visitor = await Visitor.open(conn, page);
    assert(typeof visitor !== "string", String(visitor));
    await visitor.send({ type: "join", name, ref: "join" });
    return { visitor, reply: await visitor.next(({ type, ref }) => type === "joined" || ref === "join") };
  }

  async send(command: Json): Promise<void> {
    await this.#conn.write(clientFrame({ payload: JSON.stringify(command) }));
  }

  async next(fits: (event: Json) => boolean): Promise<Json> {
    return JSON.parse(await this.lines.next((line) => fits(JSON.parse(line))));
  }

  [Symbol.dispose](): void {
    try {
      this.#conn.close();
    } catch {
      // It is closed already.
    }
  }

  async #head(): Promise<string> {
    for (;;) {
      const end = LATIN1.decode(this.#bytes).indexOf("\r\n\r\n");
      if (end >= 0) return LATIN1.decode(this.#take(end + 4));
      if (!await this.#more()) return LATIN1.decode(this.#bytes);
    }
  }

  async #readAll(): Promise<void> {
    do this.#takeFrames(); while (await this.#more());
    this.lines.end();
  }

  /** Takes whole frames, which are neither masked nor longer than 65,535 bytes. */
  #takeFrames(): void {
    for (;;) {
      const [start, short, high, low] = this.#bytes;
      const head = short === 126 ? 4 : 2;
      const length = short === 126 ? high! << 8 | low! : short!;
      if (short === undefined || !(this.#bytes.length >= head + length)) return;
      const payload = this.#take(head + length).subarray(head);
      if (start === 0x81) this.lines.add(`${new TextDecoder().decode(payload)}\n`);
    }
  }

  #take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.slice(count);
    return taken;
  }

  async #more(): Promise<boolean> {
    const buffer = new Uint8Array(16 * 1024);
    const count = await this.#conn.read(buffer).catch(() => null);
    if (count === null) return false;
    this.#bytes = Uint8Array.from([...this.#bytes, ...buffer.subarray(0, count)]);
    return true;
  }
}

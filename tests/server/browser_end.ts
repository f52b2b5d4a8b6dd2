import { assert, assertEquals } from "@std/assert";
import type { ServerEvent } from "../../src/protocol/messages/messages.ts";
import type { MemoryConnection } from "../helpers/memory_connection.ts";
import { clientFrame, type FrameParts } from "../helpers/websocket_frames.ts";
import type { Guest, Of } from "./stage.ts";

const HEAD = [
  "GET /ws HTTP/1.1",
  "Host: localhost",
  "Origin: http://localhost",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

interface Received {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

/** A browser's end of a WebSocket. It reads all bytes as they arrive. */
export class BrowserEnd {
  readonly #connection: MemoryConnection;
  #bytes: number[] = [];
  #more = Promise.withResolvers<void>();
  #ended = false;

  private constructor(guest: Guest) {
    this.#connection = guest.connection;
    this.#connection.tap = (chunk) => this.#take(chunk);
    void guest.rest().then(() => this.#end());
  }

  /** Returns the upgraded client, which sent these bytes after the request. */
  static async open(
    guest: Guest,
    behind: Uint8Array = new Uint8Array(),
    headers: readonly string[] = [],
  ): Promise<BrowserEnd> {
    const end = new BrowserEnd(guest);
    const request = [...HEAD, ...headers, "", ""].join("\r\n");
    await guest.connection.write(Uint8Array.from([...new TextEncoder().encode(request), ...behind]));
    const head = await end.#head();
    assert(head.startsWith("HTTP/1.1 101 "), head);
    return end;
  }

  async write(...parts: readonly FrameParts[]): Promise<void> {
    await this.#connection.write(Uint8Array.from(parts.flatMap((part) => [...clientFrame(part)])));
  }

  async say(...commands: readonly object[]): Promise<void> {
    await this.write(...commands.map((command) => ({ payload: JSON.stringify(command) })));
  }

  /** Returns the chunks that the server writes here from now on. */
  spy(): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    this.#connection.tap = (chunk) => {
      chunks.push(chunk);
      this.#take(chunk);
    };
    return chunks;
  }

  /** Returns the next event of that type and skips others. */
  async until<K extends ServerEvent["type"]>(type: K): Promise<Of<K>> {
    for (;;) {
      const { opcode, payload } = await this.#frame();
      assertEquals(opcode, 1);
      const event: ServerEvent = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
      if (event.type === type) return event as Of<K>;
    }
  }

  async pong(): Promise<string> {
    const { opcode, payload } = await this.#frame();
    assertEquals(opcode, 10);
    return new TextDecoder().decode(payload);
  }

  /** Returns the close code of the server, after all events. */
  async closeCode(): Promise<number> {
    for (;;) {
      const { opcode, payload } = await this.#frame();
      if (opcode === 8) return payload[0]! << 8 | payload[1]!;
    }
  }

  /** Checks that nothing more arrives. */
  async ended(): Promise<void> {
    while (!this.#ended) await this.#more.promise;
    assertEquals(this.#bytes, []);
  }

  async #head(): Promise<string> {
    for (;;) {
      const text = String.fromCharCode(...this.#bytes);
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        this.#bytes.splice(0, end + 4);
        return text.slice(0, end);
      }
      await this.#wait();
    }
  }

  async #frame(): Promise<Received> {
    await this.#until(2);
    const [start, short] = this.#bytes as [number, number];
    assertEquals([start & 0x80, short & 0x80], [0x80, 0], "A server's frames are whole, and not masked");
    assert(short < 127);
    const header = short === 126 ? 4 : 2;
    await this.#until(header);
    const length = short === 126 ? this.#bytes[2]! << 8 | this.#bytes[3]! : short;
    await this.#until(header + length);
    const payload = Uint8Array.from(this.#bytes.splice(0, header + length).slice(header));
    return { opcode: start & 0x0f, payload };
  }

  async #until(count: number): Promise<void> {
    while (this.#bytes.length < count) await this.#wait();
  }

  async #wait(): Promise<void> {
    if (this.#ended) throw new Error("The link has ended");
    await this.#more.promise;
  }

  #take(chunk: Uint8Array): void {
    this.#bytes.push(...chunk);
    this.#wake();
  }

  #wake(): void {
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }
}

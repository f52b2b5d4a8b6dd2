/** A bare JSON client on a socket that sends only the test's lines. */

import { inTime, Lines } from "./process_lines.ts";

/** An event as received; the test knows its fields. */
// deno-lint-ignore no-explicit-any -- a missing field must fail the test that reads it, not the compiler
export type Json = Record<string, any>;

export class Peer implements AsyncDisposable {
  readonly lines: Lines;
  /** The reply to the join, if `join` made this peer. */
  joined: Json = {};
  readonly #conn: Deno.Conn;
  readonly #ended = Promise.withResolvers<void>();
  #reading = false;

  constructor(conn: Deno.Conn, name: string) {
    this.#conn = conn;
    this.lines = new Lines(() => `Lines that ${name} received:`);
  }

  static async dial(address: string, name = "a peer"): Promise<Peer> {
    const colon = address.lastIndexOf(":");
    const dialing = Deno.connect({ hostname: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
    return new Peer(await inTime(dialing, () => `a connection to ${address}`), name);
  }

  /** Joins the room and reads all that comes with it. */
  static async join(address: string, name: string, room = "lobby"): Promise<Peer> {
    const peer = await Peer.dial(address, name);
    peer.read();
    await peer.send({ type: "join", name, room });
    peer.joined = await peer.next({ type: "joined" });
    return peer;
  }

  /** Rejoins as the member with this token. The replay after the entry with the id `after` is still to be read. */
  static async rejoin(address: string, you: Json, after?: string): Promise<Peer> {
    const peer = await Peer.dial(address, you.name);
    peer.read();
    await peer.send({ type: "join", token: you.token, after });
    peer.joined = await peer.next({ type: "joined" });
    return peer;
  }

  /** Starts reading, which does not happen by itself. */
  read(): this {
    if (!this.#reading) void this.#readAll();
    this.#reading = true;
    return this;
  }

  async send(...commands: readonly Json[]): Promise<void> {
    await this.write(commands.map((command) => JSON.stringify(command) + "\n").join(""));
  }

  async write(text: string | Uint8Array): Promise<void> {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    await inTime(this.#writeAll(bytes), () => `the server to read ${bytes.length} bytes`);
  }

  /** The next event whose fields have these values. */
  async next(fields: Json): Promise<Json> {
    const match = Object.assign((line: string) => hasFields(line, fields), { toString: () => JSON.stringify(fields) });
    return JSON.parse(await this.lines.next(match));
  }

  get events(): Json[] {
    return this.lines.all.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  }

  /** Resolves when the server has closed its half; then this peer closes, too. */
  async ended(): Promise<void> {
    await inTime(this.#ended.promise, () => `the end of a connection\n${this.lines}`);
  }

  close(): void {
    try {
      this.#conn.close();
    } catch {
      // It is closed already.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    if (this.#reading) await this.ended();
  }

  async #readAll(): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const count = await this.#conn.read(buffer).catch(() => null);
      if (count === null) break;
      this.lines.add(decoder.decode(buffer.subarray(0, count), { stream: true }));
    }
    this.lines.end();
    this.close();
    this.#ended.resolve();
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.#conn.write(rest));
  }
}

function hasFields(line: string, fields: Json): boolean {
  if (!line.startsWith("{")) return false;
  const event: Json = JSON.parse(line);
  return Object.entries(fields).every(([name, value]) => event[name] === value);
}

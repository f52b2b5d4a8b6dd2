import { LineDecoder } from "../../src/framing/line_decoder.ts";

/** An event as received. */
export type Told = Readonly<Record<string, unknown>>;

const ENCODER = new TextEncoder();
const LATIN = new TextDecoder("latin1");

/** A bare connection of JSON lines. It stores no event that the test did not ask for. */
export class Wire implements Disposable {
  readonly #conn: Deno.Conn;
  readonly #decoder = new LineDecoder();
  readonly #buffer = new Uint8Array(64 * 1024);
  #lines: string[] = [];
  #next = 0;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Connects; with `cert`, the server's certificate in PEM, over TLS. */
  static async dial(address: string, cert?: string): Promise<Wire> {
    const colon = address.lastIndexOf(":");
    const to = { hostname: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
    return new Wire(cert === undefined ? await Deno.connect(to) : await Deno.connectTls({ ...to, caCerts: [cert] }));
  }

  async send(...commands: readonly object[]): Promise<void> {
    await this.write(ENCODER.encode(commands.map((command) => `${JSON.stringify(command)}\n`).join("")));
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.#conn.write(rest));
  }

  /** Returns the next matching event. Rejects if the connection ends before. */
  async until(fits: (event: Told) => boolean): Promise<Told> {
    for (let event = await this.#event();; event = await this.#event()) {
      if (event === undefined) throw new Error("The server has closed the connection");
      if (fits(event)) return event;
    }
  }

  /** Passes on each event until the connection ends. */
  async drain(note: (event: Told) => void = () => {}): Promise<void> {
    for (let event = await this.#event(); event !== undefined; event = await this.#event()) note(event);
  }

  /** Returns the bytes until the connection ends, as Latin-1. */
  async text(): Promise<string> {
    let text = "";
    for (;;) {
      const count = await this.#conn.read(this.#buffer).catch(() => null);
      if (count === null) return text;
      text += LATIN.decode(this.#buffer.subarray(0, count));
    }
  }

  close(): void {
    try {
      this.#conn.close();
    } catch {
      // It is closed already.
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #event(): Promise<Told | undefined> {
    while (this.#next >= this.#lines.length) {
      const count = await this.#conn.read(this.#buffer).catch(() => null);
      if (count === null) return undefined;
      const frames = this.#decoder.push(this.#buffer.subarray(0, count));
      this.#lines = frames.filter((frame) => typeof frame === "string" && frame.startsWith("{")) as string[];
      this.#next = 0;
    }
    return JSON.parse(this.#lines[this.#next++]!);
  }
}

/** The client's end of an HTTP connection: it sends bytes as they are, and reads one response after the other. */

import { assert } from "@std/assert";
import type { MemoryConnection } from "./memory_connection.ts";

const ENCODER = new TextEncoder();
const LATIN1 = new TextDecoder("latin1");

export interface HttpAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

export class HttpEnd {
  readonly connection: MemoryConnection;
  #received = new Uint8Array(0);
  #ended = false;
  #changed = Promise.withResolvers<void>();

  constructor(connection: MemoryConnection) {
    this.connection = connection;
    connection.tap = (chunk) => this.#take(chunk);
    void this.#watch();
  }

  /** Bytes that have arrived and belong to no response yet. */
  get waitingBytes(): number {
    return this.#received.length;
  }

  get ended(): boolean {
    return this.#ended;
  }

  async write(...parts: readonly (string | Uint8Array)[]): Promise<void> {
    for (const part of parts) await this.connection.write(typeof part === "string" ? ENCODER.encode(part) : part);
  }

  /** Sends a request and returns its response. */
  async ask(line: string, headers: Readonly<Record<string, string>> = {}, body?: Uint8Array): Promise<HttpAnswer> {
    await this.write(headOf(line, { ...headers, ...body && { "Content-Length": String(body.length) } }));
    if (body !== undefined && body.length > 0) await this.write(body);
    return await this.answer(!line.startsWith("HEAD"));
  }

  /** The next response, whole. `withBody` is false for that to a `HEAD`. */
  async answer(withBody = true): Promise<HttpAnswer> {
    const head = await this.#head();
    const [first, ...lines] = head.split("\r\n");
    const [, status] = /^HTTP\/1\.1 (\d{3}) \w/.exec(first!) ?? [];
    assert(status !== undefined, `Not a response: ${first}`);
    const headers = new Map(lines.map((line) => {
      const [, name, value] = /^([\w-]+): (.*)$/.exec(line)!;
      return [name!.toLowerCase(), value!];
    }));
    const length = withBody ? Number(headers.get("content-length") ?? 0) : 0;
    return { status: Number(status), headers, body: await this.#bytes(length) };
  }

  /** Resolves when the server has closed. Returns the bytes that no `answer` has taken. */
  async rest(): Promise<Uint8Array> {
    while (!this.#ended) await this.#changed.promise;
    return this.#cut(this.#received.length);
  }

  /** Resolves when at least so many bytes wait. */
  async arrived(bytes: number): Promise<void> {
    while (this.#received.length < bytes) {
      assert(!this.#ended, "The connection has ended");
      await this.#changed.promise;
    }
  }

  hangUp(): void {
    this.connection.close();
  }

  async #head(): Promise<string> {
    for (;;) {
      const end = LATIN1.decode(this.#received).indexOf("\r\n\r\n");
      if (end >= 0) {
        const head = LATIN1.decode(this.#cut(end + 4));
        return head.slice(0, -4);
      }
      assert(!this.#ended, "The connection has ended before the response");
      await this.#changed.promise;
    }
  }

  async #bytes(length: number): Promise<Uint8Array> {
    await this.arrived(length);
    return this.#cut(length);
  }

  #cut(length: number): Uint8Array {
    const bytes = this.#received.slice(0, length);
    this.#received = this.#received.slice(length);
    return bytes;
  }

  #take(chunk: Uint8Array): void {
    const whole = new Uint8Array(this.#received.length + chunk.length);
    whole.set(this.#received);
    whole.set(chunk, this.#received.length);
    this.#received = whole;
    this.#wake();
  }

  async #watch(): Promise<void> {
    const reader = this.connection.frames.getReader();
    while (!(await reader.read()).done);
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** The head of a request to this machine. */
export function headOf(line: string, headers: Readonly<Record<string, string>> = {}): string {
  const fields = Object.entries({ Host: "localhost", ...headers }).map(([name, value]) => `${name}: ${value}`);
  return [`${line} HTTP/1.1`, ...fields, "", ""].join("\r\n");
}

export function textOfAnswer({ body }: HttpAnswer): string {
  return new TextDecoder().decode(body);
}

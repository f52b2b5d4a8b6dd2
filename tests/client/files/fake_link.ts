/** The server's end of a link that carries HTTP, and files in memory. */

import { createHash } from "node:crypto";
import type { FileHash, FileLink, FileSink, FileSource } from "../../../src/client/files/file_ports.ts";

const LATIN1 = new TextDecoder("latin1");

/** One connection, of which the test is the server. */
export class FakeLink implements FileLink {
  /** Bytes from the client that were not taken yet, one character each. */
  #received = "";
  readonly #sent: Uint8Array[] = [];
  #end: "open" | "ended" | "broken" | "closed" = "open";
  #wake = Promise.withResolvers<void>();
  /** Fails every write of the client from now on. */
  failsWrites = false;

  get isClosed(): boolean {
    return this.#end === "closed";
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#sent.length === 0) {
      if (this.#end === "ended") return null;
      if (this.#end !== "open") throw new Error(`the link is ${this.#end}`);
      await this.#wake.promise;
    }
    const [first] = this.#sent;
    const count = Math.min(first!.length, buffer.length);
    buffer.set(first!.subarray(0, count));
    if (count === first!.length) this.#sent.shift();
    else this.#sent[0] = first!.subarray(count);
    return count;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.failsWrites || this.#end === "broken" || this.#end === "closed") {
      return Promise.reject(new Error("broken pipe"));
    }
    this.#received += LATIN1.decode(bytes);
    this.#changed();
    return Promise.resolve();
  }

  close(): void {
    this.#stop("closed");
  }

  /** The head of the next request, and `bodyBytes` of what follows it. */
  async request(bodyBytes = 0): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf("\r\n\r\n") + 4;
      if (end >= 4 && this.#received.length >= end + bodyBytes) {
        const text = this.#received.slice(0, end + bodyBytes);
        this.#received = this.#received.slice(end + bodyBytes);
        return text;
      }
      await this.#wake.promise;
    }
  }

  /** Sends lines of a head, and a body. */
  reply(head: readonly string[], body: string | Uint8Array = ""): void {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    this.send([...head, `Content-Length: ${bytes.length}`, "", ""].join("\r\n"));
    if (bytes.length > 0) this.send(bytes);
  }

  send(data: string | Uint8Array): void {
    this.#sent.push(typeof data === "string" ? Uint8Array.from(data, (char) => char.charCodeAt(0)) : data);
    this.#changed();
  }

  /** The server has closed the connection. */
  end(): void {
    this.#stop("ended");
  }

  /** The connection is lost. */
  break(): void {
    this.#stop("broken");
  }

  #stop(how: "ended" | "broken" | "closed"): void {
    if (this.#end === "open" || how === "closed") this.#end = how;
    this.#changed();
  }

  #changed(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** Links in the order in which the client opens them. */
export class FakeLinks {
  readonly #opened: FakeLink[] = [];
  #wake = Promise.withResolvers<void>();
  count = 0;

  readonly open = (): Promise<FileLink> => {
    const link = new FakeLink();
    this.#opened.push(link);
    this.count++;
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
    return Promise.resolve(link);
  };

  async next(): Promise<FakeLink> {
    while (this.#opened.length === 0) await this.#wake.promise;
    return this.#opened.shift()!;
  }
}

export function sourceOf(bytes: Uint8Array, name = "a.txt"): FileSource & { closed: boolean } {
  return {
    name,
    size: bytes.length,
    closed: false,
    read(offset, buffer) {
      const piece = bytes.subarray(offset, offset + buffer.length);
      buffer.set(piece);
      return Promise.resolve(piece.length);
    },
    close() {
      this.closed = true;
    },
  };
}

export class MemorySink implements FileSink {
  #bytes: Uint8Array;
  finished = false;
  closed = false;
  restarts = 0;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = bytes;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  append(bytes: Uint8Array): Promise<void> {
    this.#bytes = Uint8Array.from([...this.#bytes, ...bytes]);
    return Promise.resolve();
  }

  sha256(): Promise<string> {
    return Promise.resolve(sha256Of(this.#bytes));
  }

  restart(): Promise<void> {
    this.restarts++;
    this.#bytes = new Uint8Array(0);
    return Promise.resolve();
  }

  finish(): Promise<string> {
    this.finished = true;
    return Promise.resolve("/downloads/a.txt");
  }

  close(): void {
    this.closed = true;
  }
}

export function makeHash(): FileHash {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("base64url") };
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}

export function bytesOf(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => index * 7 % 251);
}

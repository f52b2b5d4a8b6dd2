import type { FileHash, FileSink } from "../../client/files/file_ports.ts";

/** A place in memory for a small file. */
export class MemorySink implements FileSink {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #makeHash: () => FileHash;
  #size = 0;

  /** `bytes`: the size of the file. More are refused. */
  constructor(bytes: number, makeHash: () => FileHash) {
    this.#bytes = new Uint8Array(bytes);
    this.#makeHash = makeHash;
  }

  get size(): number {
    return this.#size;
  }

  /** The bytes that have arrived. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#size);
  }

  append(bytes: Uint8Array): Promise<void> {
    if (this.#size + bytes.length > this.#bytes.length) {
      return Promise.reject(new Error("The file is larger than said"));
    }
    this.#bytes.set(bytes, this.#size);
    this.#size += bytes.length;
    return Promise.resolve();
  }

  sha256(): Promise<string> {
    const hash = this.#makeHash();
    hash.update(this.bytes);
    return Promise.resolve(hash.digest());
  }

  restart(): Promise<void> {
    this.#size = 0;
    return Promise.resolve();
  }

  /** The file is nowhere else. */
  finish(): Promise<string> {
    return Promise.resolve("");
  }

  close(): void {}
}

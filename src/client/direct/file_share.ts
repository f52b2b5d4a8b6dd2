/** Serves one file to one receiver by HTTP/1.1, to any client that has the token. */

import { HeadEnd } from "../../framing/http/head_end.ts";
import { type HttpRequest, parseRequest } from "../../framing/http/http_request.ts";
import { encodeHead, encodeResponse, textResponse } from "../../framing/http/http_response.ts";
import { chooseRange } from "../../framing/http/range.ts";
import {
  DIRECT_HEAD_MS,
  MAX_DIRECT_CONNECTIONS,
  MAX_HTTP_HEAD_BYTES,
  TRANSFER_STALL_MS,
} from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";
import type { FileLink, FileSource } from "../files/file_ports.ts";
import { PieceBuffers } from "../files/http_link.ts";
import { StallTimer } from "../files/stall_timer.ts";
import type { StraightListener } from "./straight_ports.ts";

export interface FileShareOptions {
  /** The share closes it. */
  readonly listener: StraightListener;
  /** The share does not close it. */
  readonly source: FileSource;
  readonly token: string;
  readonly clock: Clock;
  /** Takes the offset up to which bytes were sent. */
  readonly progress: (bytes: number) => void;
}

/** The path of the file, from the root. */
export function sharePath(token: string): string {
  return `/direct/${token}`;
}

const NOT_HERE = textResponse(404, "There is no such file here");

export class FileShare implements Disposable {
  readonly #options: FileShareOptions;
  readonly #links = new Set<FileLink>();
  /** The link that gets the file. A later request replaces it: the receiver has come back. */
  #served: FileLink | undefined;
  /** Reads go one after the other, since a source has one position. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(options: FileShareOptions) {
    this.#options = options;
    void this.#accept().catch(() => {});
  }

  [Symbol.dispose](): void {
    this.#options.listener.close();
    for (const link of this.#links) link.close();
  }

  async #accept(): Promise<void> {
    for (;;) {
      const link = await this.#options.listener.accept();
      // A stranger who only connects keeps nobody out.
      if (this.#links.size >= MAX_DIRECT_CONNECTIONS) this.#closeOldest();
      void this.#serve(link).catch(() => {});
    }
  }

  /** Closes the link that has waited longest, unless it gets the file. */
  #closeOldest(): void {
    const oldest = [...this.#links].find((link) => link !== this.#served);
    oldest?.close();
    if (oldest !== undefined) this.#links.delete(oldest);
  }

  async #serve(link: FileLink): Promise<void> {
    this.#links.add(link);
    try {
      const request = await this.#request(link);
      if (request?.method !== "GET" || request.path !== sharePath(this.#options.token)) {
        await link.write(encodeResponse(NOT_HERE, true));
        return;
      }
      this.#served?.close();
      this.#served = link;
      await this.#send(request, link);
    } finally {
      link.close();
      this.#links.delete(link);
    }
  }

  /** `undefined` for a head that is malformed, or too long. */
  async #request(link: FileLink): Promise<HttpRequest | undefined> {
    using _late = new StallTimer(this.#options.clock, DIRECT_HEAD_MS, () => link.close());
    const end = new HeadEnd();
    const buffer = new Uint8Array(MAX_HTTP_HEAD_BYTES);
    for (let at = 0; at < buffer.length;) {
      const count = await link.read(buffer.subarray(at));
      if (count === null) return undefined;
      const found = end.in(buffer.subarray(at, at + count));
      if (found !== undefined) return parseRequest(new TextDecoder().decode(buffer.subarray(0, at + found)).trimEnd());
      at += count;
    }
    return undefined;
  }

  async #send({ headers }: HttpRequest, link: FileLink): Promise<void> {
    const { source: { size }, clock, progress } = this.#options;
    const range = chooseRange(headers.get("range"), size);
    if (range.type === "unsatisfiable") return await link.write(encodeResponse(NOT_HERE, true));
    const [start, end] = range.type === "part" ? [range.start, range.end] : [0, size];
    const part = { "Content-Range": `bytes ${start}-${end - 1}/${size}` };
    using stall = new StallTimer(clock, TRANSFER_STALL_MS, () => link.close());
    await link.write(range.type === "part" ? encodeHead(206, part, end - start) : encodeHead(200, {}, size));
    const buffers = new PieceBuffers(end - start);
    for (let at = start; at < end;) {
      const piece = await this.#read(at, buffers.take(), end);
      await link.write(piece);
      stall.touch();
      progress(at += piece.length);
    }
  }

  /** Rejects if the file has become shorter. */
  async #read(offset: number, buffer: Uint8Array, end: number): Promise<Uint8Array> {
    const wanted = buffer.subarray(0, end - offset);
    const reading = this.#reading.then(() => this.#options.source.read(offset, wanted));
    this.#reading = reading.catch(() => {});
    const count = await reading;
    if (count === 0) throw new Error("The file has become shorter");
    return wanted.subarray(0, count);
  }
}

/** The way of a file from the server: by GET from where it was, and checked before it gets its name. */

import { contentRangeOf } from "../../framing/http/http_reply.ts";
import type { MessageFile, UrlEvent } from "../../protocol/messages/messages.ts";
import type { FileSink } from "./file_ports.ts";
import { type FileReply, type HttpLink, PieceBuffers, refusalOf } from "./http_link.ts";
import { type LinkUse, useLink } from "./link_use.ts";
import { invalidReply, TransferError } from "./transfer_error.ts";

export interface FileDownloadOptions extends LinkUse {
  readonly file: Pick<MessageFile, "id" | "size" | "sha256">;
  readonly sink: FileSink;
  /** Asks the server for a path that serves the file. */
  readonly fetch: (id: string) => Promise<Pick<UrlEvent, "path">>;
  /** Takes the bytes that are here. */
  readonly progress: (bytes: number) => void;
}

export class FileDownload {
  readonly #options: FileDownloadOptions;
  /** Whether the sink may have bytes of another file. */
  #hasEarlier: boolean;

  constructor(options: FileDownloadOptions) {
    this.#options = options;
    this.#hasEarlier = options.sink.size > 0;
  }

  /** Bytes that are here. */
  get moved(): number {
    return this.#options.sink.size;
  }

  /**
   * Reads what is missing, checks the hash and returns where the file is. Rejects with a `TransferError`, or with an error of
   * the sink. If the error is a passing one, call it again.
   */
  async attempt(): Promise<string> {
    const { sink, file } = this.#options;
    if (sink.size > file.size) await sink.restart();
    await this.#fill();
    if (await sink.sha256() === file.sha256) return await sink.finish();
    await sink.restart();
    if (!this.#hasEarlier) throw new TransferError("invalid", DIFFERS);
    this.#hasEarlier = false;
    return await this.attempt();
  }

  async #fill(): Promise<void> {
    const { sink, file, fetch, progress } = this.#options;
    progress(sink.size);
    if (sink.size === file.size) return;
    const { path } = await fetch(file.id);
    await useLink(this.#options, async (http) => {
      const headers: Record<string, string> = sink.size > 0 ? { Range: `bytes=${sink.size}-` } : {};
      const reply = await http.ask({ method: "GET", path, headers });
      await this.#begin(reply, http);
      await this.#read(http);
    });
  }

  /** Checks that the body is what is missing, after removing what the server sends again. */
  async #begin(reply: FileReply, http: HttpLink): Promise<void> {
    const { sink, file: { size } } = this.#options;
    switch (reply.status) {
      case 200:
        if (reply.left !== size) throw invalidReply(`the file has ${reply.left} bytes instead of ${size}`);
        if (sink.size > 0) await sink.restart();
        return;
      case 206: {
        const range = contentRangeOf(reply);
        const isMissing = range?.start === sink.size && range.end === size && range.size === size;
        if (!isMissing || reply.left !== size - sink.size) throw invalidReply("it has another part of the file");
        return;
      }
      case 404:
        // The next attempt asks for another path, and learns whether the file is gone.
        throw new TransferError("broken", "The server has no file at the path that it named");
      default:
        throw refusalOf(reply, await http.text());
    }
  }

  /** The next piece is read while one is written, and grows until then: links give small parts, above all those with TLS. */
  async #read(http: HttpLink): Promise<void> {
    const { sink, file, progress } = this.#options;
    const buffers = new PieceBuffers(file.size - sink.size);
    const appending = new Appending(sink);
    try {
      for (let isOver = false; !isOver;) {
        const buffer = buffers.take();
        let filled = 0;
        try {
          do {
            const count = await http.read(buffer.subarray(filled));
            isOver = count === 0;
            filled += count;
          } while (!isOver && filled < buffer.length && appending.isBusy);
        } finally {
          // Bytes from before a break are kept, too.
          await appending.ended;
          progress(sink.size);
          if (filled > 0) appending.start(buffer.subarray(0, filled));
        }
      }
    } finally {
      await appending.ended;
      progress(sink.size);
    }
  }
}

/** One piece on its way into a sink. */
class Appending {
  readonly #sink: FileSink;
  /** Rejects with the error of the sink. */
  ended: Promise<void> = Promise.resolve();
  isBusy = false;

  constructor(sink: FileSink) {
    this.#sink = sink;
  }

  /** Must not be called before the last piece has ended. */
  start(piece: Uint8Array): void {
    this.isBusy = true;
    this.ended = this.#sink.append(piece).finally(() => void (this.isBusy = false));
    this.ended.catch(() => {});
  }
}

const DIFFERS = "The file that arrived is not the one of the message: its SHA-256 differs, and nothing was saved";

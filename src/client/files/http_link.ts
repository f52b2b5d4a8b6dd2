import {
  bodyBytesOf,
  type FoundHead,
  type HttpReply,
  numberIn,
  parseHttpReply,
  ReplyHead,
} from "../../framing/http/http_reply.ts";
import { FILE_PIECE_BYTES, MAX_INTERIM_REPLIES, MAX_REPLY_BODY_BYTES } from "../../protocol/limits.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { FileLink } from "./file_ports.ts";
import { invalidReply, TransferError } from "./transfer_error.ts";

export interface HttpLinkOptions {
  readonly link: FileLink;
  /** Called after each read and write that moved bytes. */
  readonly moved: () => void;
}

export interface FileRequest {
  readonly method: "PUT" | "HEAD" | "PATCH" | "GET" | "DELETE";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body, and its pieces, whose bytes are read before the next one is asked for. */
  readonly body?: { readonly bytes: number; readonly pieces: AsyncIterable<Uint8Array> };
}

/** A response, whose body is still to be read. */
export interface FileReply extends HttpReply {
  /** Bytes of the body that are not read yet. */
  readonly left: number;
}

/** Small enough for a head, and not much larger. */
const HEAD_BUFFER_BYTES = 16 * 1024;
/** The server accepts any address as a host, and the link has chosen the server already. */
const HOST = "localhost";
const SAFE_PATH = /^\/[\x21-\x7e]{0,1023}$/;
const SAFE_VALUE = /^[\x20-\x7e]{0,1024}$/;
const ENCODER = new TextEncoder();

/** One HTTP/1.1 request after the other over a link (RFC 9112). Every fault is a `TransferError`. */
export class HttpLink implements Disposable {
  readonly #link: FileLink;
  readonly #moved: () => void;
  /** Bytes that were read beyond the last head. */
  #rest: Uint8Array = new Uint8Array(0);
  #left = 0;

  constructor({ link, moved }: HttpLinkOptions) {
    this.#link = link;
    this.#moved = moved;
  }

  [Symbol.dispose](): void {
    this.#link.close();
  }

  /**
   * Sends a request, and resolves with its response. A response that arrives before the body has gone out stops it: the link
   * takes no further request then. The body of the last response must be read.
   */
  async ask(request: FileRequest): Promise<FileReply> {
    const reply = new ReplyInTime(this.#readReply(request.method));
    try {
      await this.#write(headOf(request));
      for await (const piece of request.body?.pieces ?? []) {
        if (reply.isThere) break;
        await this.#write(piece);
      }
    } catch (error) {
      // The server's reason for closing may have arrived.
      return await reply.or(error);
    }
    return await reply.get();
  }

  /** Reads more of the body into the buffer, and returns the number of bytes; 0 at its end. */
  async read(buffer: Uint8Array): Promise<number> {
    if (this.#left === 0) return 0;
    const wanted = buffer.subarray(0, this.#left);
    const count = this.#rest.length > 0 ? this.#takeRest(wanted) : await this.#readMore(wanted);
    if (count === null) throw new TransferError("broken", "The server closed the connection in the middle of the file");
    this.#left -= count;
    return count;
  }

  /** Reads a small body as one line of text that is safe to show. */
  async text(): Promise<string> {
    if (this.#left > MAX_REPLY_BODY_BYTES) throw invalidReply("its text is too long");
    const bytes = new Uint8Array(this.#left);
    for (let at = 0; at < bytes.length;) at += await this.read(bytes.subarray(at));
    return sanitizeLine(new TextDecoder().decode(bytes).trim());
  }

  async #readReply(method: string): Promise<FileReply> {
    for (let interim = 0; interim <= MAX_INTERIM_REPLIES; interim++) {
      const reply = parseHttpReply(await this.#readHead());
      if (reply === undefined) throw invalidReply("it is not HTTP");
      if (reply.status < 200) continue;
      const left = bodyBytesOf(reply, method);
      if (left === undefined) throw invalidReply("it does not say its length");
      this.#left = left;
      return { ...reply, left };
    }
    throw invalidReply("it never comes to an end");
  }

  async #readHead(): Promise<string> {
    const head = new ReplyHead();
    let chunk = this.#rest;
    for (;;) {
      const found: FoundHead | "too long" | undefined = chunk.length === 0 ? undefined : head.push(chunk);
      if (found === "too long") throw invalidReply("its head is too long");
      if (found !== undefined) {
        this.#rest = chunk.slice(found.end);
        return found.text;
      }
      const buffer = new Uint8Array(HEAD_BUFFER_BYTES);
      const count = await this.#readMore(buffer);
      if (count === null) throw new TransferError("broken", "The server closed the connection without an answer");
      chunk = buffer.subarray(0, count);
    }
  }

  #takeRest(buffer: Uint8Array): number {
    const count = Math.min(buffer.length, this.#rest.length);
    buffer.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  async #readMore(buffer: Uint8Array): Promise<number | null> {
    const count = await this.#link.read(buffer).catch(lost);
    if (count !== null) this.#moved();
    return count;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#link.write(bytes).catch(lost);
    this.#moved();
  }
}

/** A response that may arrive while its request is written. */
class ReplyInTime {
  readonly #reply: Promise<FileReply>;
  #isThere = false;

  constructor(reply: Promise<FileReply>) {
    this.#reply = reply;
    const settled = () => void (this.#isThere = true);
    reply.then(settled, settled);
  }

  /** Whether it has arrived, or never will. */
  get isThere(): boolean {
    return this.#isThere;
  }

  get(): Promise<FileReply> {
    return this.#reply;
  }

  /** The response after writing has failed. Rejects with `error` if the server sent no response. */
  async or(error: unknown): Promise<FileReply> {
    const isOfLink = error instanceof TransferError && error.kind === "broken";
    if (!isOfLink) throw error;
    return await this.#reply.catch((other) => Promise.reject(other.kind === "invalid" ? other : error));
  }
}

function headOf({ method, path, headers, body }: FileRequest): Uint8Array {
  const fields: Record<string, string> = { Host: HOST, ...headers };
  if (body !== undefined) fields["Content-Length"] = String(body.bytes);
  // Paths and tokens come from the server.
  if (!SAFE_PATH.test(path) || !Object.values(fields).every((value) => SAFE_VALUE.test(value))) {
    throw invalidReply("it names no path");
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return ENCODER.encode([`${method} ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
}

function lost(cause: unknown): never {
  if (cause instanceof TransferError) throw cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new TransferError("broken", `Connection lost: ${why}`, { cause });
}

/** The error of a response that is not the one asked for. `text` is its body. */
export function refusalOf({ status, headers }: HttpReply, text: string): TransferError {
  const message = text === "" ? `The server answered with ${status}` : text;
  const seconds = numberIn(headers.get("retry-after")) ?? 0;
  const isPassing = [408, 409, 423, 429].includes(status) || (status >= 500 && status !== 501 && status !== 507);
  return isPassing
    ? new TransferError("busy", message, { retryAfterMs: Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1_000 })
    : new TransferError("refused", message);
}

/** A server cannot make a client wait for longer. */
const MAX_RETRY_AFTER_SECONDS = 3_600;

/** Two buffers that are used in turn, so that one can be filled while the other is emptied. */
export class PieceBuffers {
  readonly #buffers: readonly [Uint8Array, Uint8Array];
  #next: 0 | 1 = 0;

  /** For this many bytes altogether, in pieces of at most `FILE_PIECE_BYTES`. */
  constructor(bytes: number) {
    const each = Math.min(bytes, FILE_PIECE_BYTES);
    this.#buffers = [new Uint8Array(each), new Uint8Array(each)];
  }

  take(): Uint8Array {
    const buffer = this.#buffers[this.#next];
    this.#next = this.#next === 0 ? 1 : 0;
    return buffer;
  }
}

/** Responses as a client reads them, from a server that may be hostile: RFC 9112. `http_response.ts` has the server's side. */

import { MAX_HTTP_HEAD_BYTES } from "../../protocol/limits.ts";
import { HeadEnd } from "./head_end.ts";

/** The head of a response. */
export interface HttpReply {
  readonly status: number;
  /** Values by names in lower case. Values of a repeated header are joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
}

/** RFC 9112, section 4. */
const STATUS_LINE = /^HTTP\/1\.[01] ([1-5]\d\d)(?: .*)?$/;
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
/** At most as many digits as a safe integer always has room for. */
const DIGITS = /^\d{1,15}$/;
const CONTENT_RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/;
const LATIN1 = new TextDecoder("latin1");

/** Parses the head of a response without its empty line; `undefined` if it is malformed. */
export function parseHttpReply(head: string): HttpReply | undefined {
  const [first, ...lines] = head.split("\n").map((line) => line.replace(/\r$/, ""));
  const [, status] = STATUS_LINE.exec(first!) ?? [];
  if (status === undefined) return undefined;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const key = line.slice(0, colon).toLowerCase();
    if (colon < 0 || !NAME.test(key) || line.includes("\r")) return undefined;
    const value = line.slice(colon + 1).trim();
    const earlier = headers.get(key);
    headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return { status: Number(status), headers };
}

/**
 * Bytes of the response's body; `undefined` if the head does not say it: bodies with a transfer coding, and those that end
 * with the connection, are not read.
 */
export function bodyBytesOf({ status, headers }: HttpReply, method: string): number | undefined {
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return 0;
  return headers.has("transfer-encoding") ? undefined : numberIn(headers.get("content-length"));
}

/** The part of a file that a 206 has: RFC 9110, section 14.4. `undefined` if it does not say so, or in another way. */
export function contentRangeOf(
  { headers }: Pick<HttpReply, "headers">,
): { readonly start: number; readonly end: number; readonly size: number } | undefined {
  const numbers = CONTENT_RANGE.exec(headers.get("content-range") ?? "")?.slice(1).map(Number);
  if (numbers === undefined) return undefined;
  const [start, last, size] = numbers as [number, number, number];
  return start <= last && last < size ? { start, end: last + 1, size } : undefined;
}

/** A header that is a whole number of at most 15 digits; `undefined` for any other. */
export function numberIn(value: string | undefined): number | undefined {
  return value !== undefined && DIGITS.test(value) ? Number(value) : undefined;
}

/** A complete head: its text, and the index of the first byte after it in the last chunk. */
export interface FoundHead {
  readonly text: string;
  readonly end: number;
}

/** Collects the head of one response. */
export class ReplyHead {
  #text = "";
  #end = new HeadEnd();

  /** Takes the next bytes. `undefined` if the head goes on; `too long` beyond `MAX_HTTP_HEAD_BYTES`. */
  push(chunk: Uint8Array): FoundHead | "too long" | undefined {
    const end = this.#end.in(chunk);
    this.#text += LATIN1.decode(chunk.subarray(0, end));
    if (this.#text.length > MAX_HTTP_HEAD_BYTES) return "too long";
    return end === undefined ? undefined : { text: this.#text.replace(/\r?\n\r?\n$/, ""), end };
  }
}

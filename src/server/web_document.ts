/** A document for browsers in all its forms: compressed once each, and not sent again to a browser that has it. */

import { createHash } from "node:crypto";
import { brotliCompress, constants, gzip } from "node:zlib";
import { acceptedCodings, type ContentCoding } from "../framing/http/content_codings.ts";
import type { HttpRequest } from "../framing/http/http_request.ts";
import { encodeResponse, type HttpResponse, type StaticPage } from "../framing/http/http_response.ts";

/** Compresses bytes on another thread. */
export type Compress = (coding: "br" | "gzip", bytes: Uint8Array) => Promise<Uint8Array>;

/** An encoded response, shared by all replies. */
interface EncodedForm {
  readonly head: Uint8Array;
  readonly whole: Uint8Array;
}

const YEAR_S = 31_536_000;
/** The highest is 11, which makes the page 7% smaller and takes 20 times as long: a second. */
const BROTLI_QUALITY = 9;

/** Smallest first. */
const OFFERED: readonly ContentCoding[] = ["br", "gzip", "identity"];

/**
 * A static document, which has no secret and no text of a client: so its compressed length tells nothing (BREACH).
 * Each form has a strong tag, and browsers ask by it at each load whether they may use the copy that they have.
 */
export class WebDocument {
  readonly #body: Uint8Array;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #hash: string;
  readonly #compress: Compress;
  /** Forms that are ready or in the making: hostile clients cannot have one made twice. */
  readonly #forms = new Map<ContentCoding, Promise<EncodedForm>>();

  private constructor(text: string, headers: Readonly<Record<string, string>>, compress: Compress) {
    this.#body = new TextEncoder().encode(text);
    this.#headers = { ...headers, "Vary": "Accept-Encoding" };
    this.#hash = createHash("sha256").update(JSON.stringify(headers)).update(this.#body).digest("base64url").slice(
      0,
      22,
    );
    this.#compress = compress;
  }

  static page({ html, policy }: StaticPage, compress: Compress = compressWithZlib): WebDocument {
    const type = "text/html; charset=utf-8";
    return new WebDocument(html, {
      "Content-Type": type,
      "Content-Security-Policy": policy,
      "Cache-Control": "no-cache",
    }, compress);
  }

  /** A script whose address changes with its text: browsers need not ask for it again (RFC 8246). */
  static script(code: string, compress: Compress = compressWithZlib): WebDocument {
    const headers = {
      "Content-Type": "text/javascript; charset=utf-8",
      "Cache-Control": `max-age=${YEAR_S}, immutable`,
    };
    return new WebDocument(code, headers, compress);
  }

  /**
   * The reply to `GET` or `HEAD`; `undefined` if the client accepts no form of the document.
   * Rejects if the document cannot be compressed; the next request tries again.
   */
  async reply({ method, headers }: Pick<HttpRequest, "method" | "headers">): Promise<Uint8Array | undefined> {
    const accepted = acceptedCodings(headers.get("accept-encoding"), OFFERED);
    if (accepted.length === 0) return undefined;
    const known = headers.get("if-none-match");
    const same = known && accepted.find((coding) => namesTag(known, this.#tagOf(coding)));
    if (same) return encodeResponse(this.#notModified(same), false);
    const form = await this.#form(accepted[0]!);
    return method === "HEAD" ? form.head : form.whole;
  }

  /** Resolves when no form is in the making. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#forms.values());
  }

  #form(coding: ContentCoding): Promise<EncodedForm> {
    const known = this.#forms.get(coding);
    if (known !== undefined) return known;
    const making = this.#make(coding);
    this.#forms.set(coding, making);
    making.catch(() => this.#forms.delete(coding));
    return making;
  }

  async #make(coding: ContentCoding): Promise<EncodedForm> {
    const headers = { ...this.#headers, ETag: this.#tagOf(coding) };
    const response: HttpResponse = coding === "identity" ? { status: 200, headers, body: this.#body } : {
      status: 200,
      headers: { ...headers, "Content-Encoding": coding },
      body: await this.#compress(coding, this.#body),
    };
    return { head: encodeResponse(response, false), whole: encodeResponse(response, true) };
  }

  /** The headers are those of the form: RFC 9110, section 15.4.5. */
  #notModified(coding: ContentCoding): HttpResponse {
    const { "Content-Type": _, ...headers } = this.#headers;
    return { status: 304, headers: { ...headers, ETag: this.#tagOf(coding) }, body: new Uint8Array() };
  }

  #tagOf(coding: ContentCoding): string {
    return `"${this.#hash}-${coding}"`;
  }
}

/**
 * Whether `If-None-Match` names the tag, in its quotes, which no tag contains. A proxy may have marked it as weak, which
 * does not count here: RFC 9110, section 13.1.2.
 */
function namesTag(ifNoneMatch: string, tag: string): boolean {
  return ifNoneMatch.trim() === "*" || ifNoneMatch.includes(tag);
}

/** Both run on threads of the runtime, and do not delay the chat. */
function compressWithZlib(coding: "br" | "gzip", bytes: Uint8Array): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const done = (error: Error | null, packed: Uint8Array) => error === null ? resolve(packed) : reject(error);
  if (coding === "br") {
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    };
    brotliCompress(bytes, { params }, done);
  } else {
    gzip(bytes, { level: 9 }, done);
  }
  return promise;
}

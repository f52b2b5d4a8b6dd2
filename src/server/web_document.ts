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
  readonly #ready = new Set<ContentCoding>();

  constructor({ html, policy }: StaticPage, compress: Compress = compressWithZlib) {
    this.#body = new TextEncoder().encode(html);
    this.#headers = {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policy,
      "Cache-Control": "no-cache",
      "Vary": "Accept-Encoding",
    };
    this.#hash = createHash("sha256").update(policy).update("\n").update(this.#body).digest("base64url").slice(0, 22);
    this.#compress = compress;
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
    const form = await this.#formFor(accepted);
    return method === "HEAD" ? form.head : form.whole;
  }

  /** Resolves when no form is in the making. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#forms.values());
  }

  /** Brotli takes as long as a second: until it is done, clients get gzip if they accept it. */
  async #formFor(accepted: readonly ContentCoding[]): Promise<EncodedForm> {
    const best = accepted[0]!;
    const form = this.#form(best);
    if (best !== "br" || this.#ready.has(best) || !accepted.includes("gzip")) return await form;
    form.catch(() => {});
    return await this.#form("gzip");
  }

  #form(coding: ContentCoding): Promise<EncodedForm> {
    const known = this.#forms.get(coding);
    if (known !== undefined) return known;
    const making = this.#make(coding);
    this.#forms.set(coding, making);
    making.then(() => this.#ready.add(coding), () => this.#forms.delete(coding));
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
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    brotliCompress(bytes, { params }, done);
  } else {
    gzip(bytes, { level: 9 }, done);
  }
  return promise;
}

import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_PROXY_LINE_BYTES } from "../../protocol/limits.ts";
import { detectDialect } from "../dialect.ts";
import {
  FIXED_BYTES,
  headerError,
  lengthOfBinaryHeader,
  parseBinaryHeader,
  parseTextHeader,
  type ProxyHeader,
} from "./proxy_header.ts";

/** The first bytes of a header: of version 1, which is a line of text, and of version 2. */
const TEXT_SIGNATURE = new TextEncoder().encode("PROXY ");
const BINARY_SIGNATURE = new TextEncoder().encode("\r\n\r\n\0\r\nQUIT\n");
const LF = 0x0a;
const LATIN1 = new TextDecoder("latin1");

/** The first bytes of a connection, taken apart. */
export interface Begun {
  /** Absent if the connection begins without a header. */
  readonly header?: ProxyHeader;
  /** The bytes after the header. Nothing follows a header that is not valid. */
  readonly rest: Uint8Array;
}

/** Takes a header off the first bytes of a connection. It keeps at most `MAX_PROXY_HEADER_BYTES`. */
export class ProxyHeaderDecoder {
  #kept = new Uint8Array(0);
  #failed = false;

  /** The first byte that has arrived, if the bytes so far may be a part of a header. */
  get firstByte(): number | undefined {
    return this.#kept[0];
  }

  /** Returns `undefined` until the header is complete, or known to be absent. Must not be called after that, except after an error. */
  push(chunk: Uint8Array): Begun | undefined {
    if (this.#failed) return undefined;
    const bytes = new Uint8Array(this.#kept.length + chunk.length);
    bytes.set(this.#kept);
    bytes.set(chunk, this.#kept.length);
    try {
      const begun = begin(bytes);
      if (begun === undefined) this.#kept = bytes;
      return begun;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#failed = true;
      return { header: { type: "proxied", source: error }, rest: new Uint8Array(0) };
    }
  }
}

function begin(bytes: Uint8Array): Begun | undefined {
  if (agree(bytes, TEXT_SIGNATURE)) return beginText(bytes);
  if (agree(bytes, BINARY_SIGNATURE)) return beginBinary(bytes);
  return { rest: bytes };
}

/** Whether the bytes begin as the signature does, as far as both go. */
function agree(bytes: Uint8Array, signature: Uint8Array): boolean {
  return signature.every((byte, index) => index >= bytes.length || bytes[index] === byte);
}

function beginText(bytes: Uint8Array): Begun | undefined {
  const end = bytes.subarray(0, MAX_PROXY_LINE_BYTES).indexOf(LF);
  if (end < 0) {
    if (bytes.length >= MAX_PROXY_LINE_BYTES) {
      throw headerError(`its line is longer than ${MAX_PROXY_LINE_BYTES} bytes`);
    }
    return undefined;
  }
  const line = LATIN1.decode(bytes.subarray(0, end));
  // A client can have an HTTP proxy send this method.
  if (detectDialect(line) === "http") return { rest: bytes };
  if (!line.endsWith("\r")) throw headerError("its line does not end with CRLF");
  return { header: { type: "proxied", source: parseTextHeader(line.slice(0, -1)) }, rest: bytes.subarray(end + 1) };
}

function beginBinary(bytes: Uint8Array): Begun | undefined {
  if (bytes.length < FIXED_BYTES) return undefined;
  const length = lengthOfBinaryHeader(bytes);
  if (bytes.length < length) return undefined;
  const source = parseBinaryHeader(bytes.subarray(0, length));
  return { header: { type: "proxied", source }, rest: bytes.subarray(length) };
}

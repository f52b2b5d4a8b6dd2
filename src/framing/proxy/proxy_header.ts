/** The header of the PROXY protocol: sections 2.1 and 2.2 of HAProxy's `proxy-protocol.txt`. */

import type { Endpoint } from "../../protocol/address/endpoint.ts";
import { canonicalAddress } from "../../protocol/address/network.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_PROXY_HEADER_BYTES } from "../../protocol/limits.ts";

/** The client whose connection a proxy passes on. */
export interface ProxyHeader {
  readonly type: "proxied";
  /**
   * The client of the proxy; `undefined` for a connection of the proxy itself (LOCAL), or of a client whose address
   * it does not know or that has none. A `ProtocolError` if the header is not valid: it is the last frame.
   */
  readonly source: Endpoint | undefined | ProtocolError;
}

/** Bytes before the addresses of a header of version 2: the signature, the command, the family and the length. */
export const FIXED_BYTES = 16;

/** Parses a header of version 1, without its CRLF. Throws `ProtocolError`. */
export function parseTextHeader(line: string): Endpoint | undefined {
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return undefined;
  const [, family, source, target, sourcePort, targetPort] = TEXT_HEADER.exec(line) ?? [];
  if (family === undefined) throw headerError("its line is malformed");
  const [host] = [source!, target!].map((text) => addressOf(text, family === "6"));
  const [port] = [sourcePort!, targetPort!].map(portOf);
  return { host: host!, port: port! };
}

const TEXT_HEADER = /^PROXY TCP([46]) ([\da-f.:]+) ([\da-f.:]+) (\d{1,5}) (\d{1,5})$/i;

/** The address in its shortest form. An IPv4 address mapped to IPv6 becomes IPv4. */
function addressOf(text: string, isV6: boolean): string {
  const address = canonicalAddress(text);
  if (address === undefined || text.includes(":") !== isV6) throw headerError("an address is not of the named family");
  return address;
}

function portOf(digits: string): number {
  const port = Number(digits);
  if (port > 65_535) throw headerError("a port is above 65535");
  return port;
}

/** The length of the whole header from its first `FIXED_BYTES`. Throws `ProtocolError`. */
export function lengthOfBinaryHeader(fixed: Uint8Array): number {
  if (fixed[VERSION_AT]! >> 4 !== 2) throw headerError("its version is unknown");
  const length = FIXED_BYTES + (fixed[LENGTH_AT]! << 8 | fixed[LENGTH_AT + 1]!);
  if (length > MAX_PROXY_HEADER_BYTES) throw headerError(`it is longer than ${MAX_PROXY_HEADER_BYTES} bytes`);
  return length;
}

const VERSION_AT = 12;
const FAMILY_AT = 13;
const LENGTH_AT = 14;

/** Parses a whole header of version 2. Its further fields (TLV) are ignored. Throws `ProtocolError`. */
export function parseBinaryHeader(bytes: Uint8Array): Endpoint | undefined {
  const command = bytes[VERSION_AT]! & 0x0f;
  if (command === LOCAL) return undefined;
  if (command !== PROXY) throw headerError("its command is unknown");
  switch (bytes[FAMILY_AT]) {
    case UNSPECIFIED:
    case UNIX_STREAM:
      return undefined;
    case TCP_OVER_IPV4:
      return endpointIn(bytes, 4);
    case TCP_OVER_IPV6:
      return endpointIn(bytes, 16);
    default:
      throw headerError("its family is neither TCP nor a Unix socket");
  }
}

const LOCAL = 0;
const PROXY = 1;
const UNSPECIFIED = 0x00;
const TCP_OVER_IPV4 = 0x11;
const TCP_OVER_IPV6 = 0x21;
const UNIX_STREAM = 0x31;

/** Two addresses of `size` bytes, the client's first, and then their two ports. */
function endpointIn(bytes: Uint8Array, size: number): Endpoint {
  const portAt = FIXED_BYTES + 2 * size;
  if (bytes.length < portAt + 4) throw headerError("it ends before its addresses do");
  const address = bytes.subarray(FIXED_BYTES, FIXED_BYTES + size);
  const text = size === 4 ? address.join(".") : groupsOf(address).join(":");
  return { host: canonicalAddress(text)!, port: bytes[portAt]! << 8 | bytes[portAt + 1]! };
}

function groupsOf(address: Uint8Array): string[] {
  return Array.from({ length: 8 }, (_, at) => (address[2 * at]! << 8 | address[2 * at + 1]!).toString(16));
}

export function headerError(reason: string): ProtocolError {
  return new ProtocolError("bad_frame", `The header of the PROXY protocol is not valid: ${reason}`);
}

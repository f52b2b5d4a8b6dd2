/**
 * The PROXY protocol, versions 1 and 2 (HAProxy's `proxy-protocol.txt`): the header by which a proxy says whose connection it
 * passes on. `proxy_header.ts` parses a whole header, `proxy_header_decoder.ts` collects its bytes. Whether a header is
 * believed is for the caller to decide.
 * @module
 */

export { parseBinaryHeader, parseTextHeader } from "./proxy_header.ts";
export { ProxyHeaderDecoder } from "./proxy_header_decoder.ts";

/**
 * HTTP/1.1 as far as the server needs it (RFC 9112): `request_decoder.ts` reads the heads of requests and the parts of
 * their bodies, which end as `body_length.ts` says. `http_request.ts` parses a head, `http_response.ts` encodes responses.
 * `content_codings.ts` chooses the coding of a body, `range.ts` the part that is asked for, and `content_disposition.ts` names a
 * file. `http_reply.ts` is the client's side: it parses responses. The folder knows no paths and no pages.
 * @module
 */

export { type HttpRequest, parseRequest } from "./http_request.ts";
export { encodeResponse, type HttpResponse } from "./http_response.ts";

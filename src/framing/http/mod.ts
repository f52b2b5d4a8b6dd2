/**
 * HTTP/1.1 as far as the server needs it (RFC 9112): `request_decoder.ts` reads the head of a request and the parts of its
 * body, `http_request.ts` parses the head, `http_response.ts` encodes responses, `content_codings.ts`
 * chooses the coding of a body. It knows no paths and no pages.
 * @module
 */

export { type HttpRequest, parseRequest } from "./http_request.ts";
export { encodeResponse, type HttpResponse } from "./http_response.ts";

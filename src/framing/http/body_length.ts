/** The length of a request's body, and whether another request may follow it: RFC 9112, sections 6.3 and 9.3. */

import { hasToken, type HttpRequest } from "./http_request.ts";

/**
 * Why the end of a body is unknown. Nothing after such a head can be taken for another request.
 * - `malformed`: the headers contradict each other or are no numbers, which could make two readers see different requests.
 * - `coded`: the body has a transfer coding, of which the server knows none.
 * - `missing`: the request may have a body, but names no length.
 */
export type BodyFault = "malformed" | "coded" | "missing";

/** Methods whose requests have no body unless they name its length. */
const WITHOUT_BODY: readonly string[] = ["GET", "HEAD", "DELETE"];
/** The digits that a safe integer has at most. */
const LENGTH = /^\d{1,15}$/;

/** The bytes of the body, or why they are unknown. */
export function bodyLengthOf({ method, headers }: HttpRequest): number | BodyFault {
  const length = headers.get("content-length");
  if (headers.has("transfer-encoding")) return length === undefined ? "coded" : "malformed";
  if (length === undefined) return WITHOUT_BODY.includes(method) ? 0 : "missing";
  // A repeated header is a list here, and so refused, even if its members are equal.
  return LENGTH.test(length) ? Number(length) : "malformed";
}

/** Whether the client wants to send another request after the body of this one. */
export function keepsConnection(request: HttpRequest): boolean {
  return request.version === "1.1" && !hasToken(request, "connection", "close");
}

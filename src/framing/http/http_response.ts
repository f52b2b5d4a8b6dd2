/** HTTP responses: RFC 9112. The connection ends after each of them, unless its headers say otherwise. */

/** A page in one document. */
export interface StaticPage {
  readonly html: string;
  /** Its `Content-Security-Policy`. */
  readonly policy: string;
  /** Scripts that the page may load later, by their path below `SCRIPTS_PATH`, which changes with their text. */
  readonly scripts?: ReadonlyMap<string, string>;
}

export interface HttpResponse {
  readonly status: keyof typeof REASONS;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const REASONS = {
  200: "OK",
  201: "Created",
  204: "No Content",
  206: "Partial Content",
  304: "Not Modified",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  411: "Length Required",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  423: "Locked",
  426: "Upgrade Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
} as const;

/** Headers of every response: unless it says so, browsers do not cache it, nor guess its type, nor tell its address to other sites. */
const ALWAYS = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Connection": "close",
};

const ENCODER = new TextEncoder();

export function textResponse(
  status: HttpResponse["status"],
  text: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8", ...headers },
    body: ENCODER.encode(`${text}\n`),
  };
}

/** Encodes a response, without its body for a `HEAD` request. A 304 has neither a body nor its length. */
export function encodeResponse({ status, headers, body }: HttpResponse, withBody: boolean): Uint8Array {
  const head = encodeHead(status, headers, WITHOUT_BODY.has(status) ? undefined : body.length);
  if (!withBody) return head;
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 304]);

/** Encodes the head of a response whose body of `length` bytes follows, if it has one. */
export function encodeHead(
  status: HttpResponse["status"],
  headers: HttpResponse["headers"],
  length?: number,
): Uint8Array {
  const fields: Record<string, string> = { ...ALWAYS, ...headers };
  if (length !== undefined) fields["Content-Length"] = String(length);
  return headOf(`${status} ${REASONS[status]}`, fields);
}

/** Lets a client send the body that it holds back: RFC 9110, section 10.1.1. */
export function encodeContinue(): Uint8Array {
  return headOf("100 Continue", {});
}

/** The version of the IETF's draft on resumable uploads whose clients are told that an upload can go on after a break. */
export const UPLOAD_INTEROP_VERSION = "8";

/**
 * Tells a client, before its upload has ended, where it may go on after a break, and the bytes of the whole file:
 * draft-ietf-httpbis-resumable-upload, "Upload Creation". `location` may be relative to the path of the request.
 */
export function encodeResumable(location: string, size: number): Uint8Array {
  return headOf("104 Upload Resumption Supported", {
    "Location": location,
    "Upload-Draft-Interop-Version": UPLOAD_INTEROP_VERSION,
    "Upload-Limit": `max-size=${size}`,
  });
}

/** Encodes the response that makes the connection a WebSocket: RFC 6455, section 4.2.2. */
export function encodeUpgrade(accept: string): Uint8Array {
  return headOf("101 Switching Protocols", {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Accept": accept,
  });
}

function headOf(status: string, fields: Readonly<Record<string, string>>): Uint8Array {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return ENCODER.encode([`HTTP/1.1 ${status}`, ...lines, "", ""].join("\r\n"));
}

/** The head of an HTTP request: RFC 9112. */

import { withoutMark } from "../dialect.ts";

export interface HttpRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** With its question mark; `""` without a query. */
  readonly query: string;
  /** Such as `1.1`. It may be one that the server does not support. */
  readonly version: string;
  /** Values by names in lower case. Values of a repeated header are joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
}

/** A token, a target and a version: RFC 9112, section 3. Later versions may leave out the minor number. */
const REQUEST_LINE = /^([\w!#$%&'*+.^`|~-]+) (\S+) HTTP\/(\d+(?:\.\d+)?)$/;
const HEADER = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*)$/;

/** Parses the head of a request; `undefined` if it is malformed. */
export function parseRequest(head: string): HttpRequest | undefined {
  const [first, ...lines] = withoutMark(head).trimStart().split("\n").map((line) => line.trimEnd());
  const [, method, target, version] = REQUEST_LINE.exec(first!) ?? [];
  if (method === undefined) return undefined;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    const earlier = headers.get(key);
    headers.set(key, earlier === undefined ? value! : `${earlier}, ${value}`);
  }
  const [path] = target!.split("?", 1) as [string];
  return { method, path, query: target!.slice(path.length), version: version!, headers };
}

/** Whether the request asks for a WebSocket: RFC 6455, section 4.1. Frames follow its head if the response agrees. */
export function asksForWebSocket(request: HttpRequest): boolean {
  return hasToken(request, "upgrade", "websocket") && hasToken(request, "connection", "upgrade");
}

/** Whether the list in the header `name` contains the token, ignoring case. */
export function hasToken({ headers }: Pick<HttpRequest, "headers">, name: string, token: string): boolean {
  return (headers.get(name) ?? "").toLowerCase().split(",").some((word) => word.trim() === token);
}

/** Requests whose `Host` or `Origin` is not the server's own: the response, and what the operator can do. */

import { type HttpResponse, textResponse } from "../framing/http/http_response.ts";
import { parseEndpoint } from "../protocol/address/endpoint.ts";

/** A host or an origin that is not the server's own, for the log. */
export interface RefusedName {
  readonly event: "host refused" | "origin refused";
  readonly host: string;
  readonly origin?: string;
  readonly hint: string;
}

export interface NameRefusal {
  readonly response: HttpResponse;
  readonly refused: RefusedName;
}

export function refuseHost(host: string): NameRefusal {
  const name = nameIn(host);
  const [subject, option] = name === undefined
    ? ["this host name", "--origin"]
    : [`the host name ${name}`, `--origin ${name}`];
  const text = `The server does not know ${subject}: open it by its IP address, ` +
    `or ask the operator to start it with ${option}`;
  const hint = `if this name is the server's, allow it with ${option}`;
  return { response: textResponse(403, text), refused: { event: "host refused", host, hint } };
}

/** The origin of a WebSocket's page differs from the host that its request names. */
export function refuseOrigin(origin: string, host: string): NameRefusal {
  const name = nameIn(origin.replace(/^https?:\/\//i, ""));
  const option = name === undefined ? "--origin" : `--origin ${name}`;
  const text = "The server does not take this page for its own, since Origin and Host name different hosts: ask the " +
    `operator to let the proxy pass the Host header on, and to start the server with ${option}`;
  const hint = `if the page is the server's behind a proxy, let the proxy pass the Host header on, and use ${option}`;
  return { response: textResponse(403, text), refused: { event: "origin refused", origin, host, hint } };
}

/** The name without a port, if it is one that is safe to repeat: letters, digits, dots and hyphens. */
function nameIn(host: string): string | undefined {
  try {
    const name = parseEndpoint(host).host.toLowerCase();
    return /^[a-z\d_][a-z\d_.-]*$/.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

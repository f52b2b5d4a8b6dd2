import type { HttpRequest } from "../framing/http/http_request.ts";
import { type HttpResponse, textResponse } from "../framing/http/http_response.ts";
import { type OwnHosts, ownHosts } from "../protocol/address/own_hosts.ts";
import { type NameRefusal, refuseHost } from "./refused_name.ts";

const VERSIONS: readonly string[] = ["1.0", "1.1"];
/** The methods of RFC 9110 (section 9) and RFC 5789, which are case-sensitive. */
const METHODS: readonly string[] = "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH".split(" ");

/** Checks what requests for all paths must have. */
export class RequestGuard {
  readonly #isOwnHost: OwnHosts;

  /** `webHosts`: host names of the server beside its IP addresses, without a port. */
  constructor(webHosts: readonly string[] = []) {
    this.#isOwnHost = ownHosts(webHosts);
  }

  /** Checks version, method and host. Returns the response that refuses the request; `undefined` if it is valid. */
  refusalOf({ method, version, headers }: HttpRequest): HttpResponse | NameRefusal | undefined {
    if (!VERSIONS.includes(version)) return textResponse(505, `HTTP ${version} is not supported: use HTTP 1.1`);
    if (!METHODS.includes(method)) return textResponse(501, "This method is not supported: use GET");
    const host = headers.get("host");
    if (host === undefined) return textResponse(400, "The request has no Host header: send the host of the address");
    return this.#isOwnHost(host) ? undefined : refuseHost(host);
  }
}

/** Whether a page of this server asks: RFC 6454, section 6.2. The request has a `Host`. */
export function isSameOrigin(headers: HttpRequest["headers"]): boolean {
  const [, origin] = /^https?:\/\/([^/]+)$/i.exec(headers.get("origin") ?? "") ?? [];
  return origin?.toLowerCase() === headers.get("host")!.toLowerCase();
}

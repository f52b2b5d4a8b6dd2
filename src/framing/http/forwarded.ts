/** The client of an HTTP request that came through proxies: `Forwarded` (RFC 7239) and `X-Forwarded-For`. */

import { canonicalAddress } from "../../protocol/address/network.ts";
import type { HttpRequest } from "./http_request.ts";

/** The address of a hop, without its port; `undefined` if it is hidden, unknown or no address. */
type Hop = string | undefined;

/** The client that the headers name. */
export interface ForwardedClient {
  /** The last untrusted address from the right; `undefined` if the headers name none. */
  readonly address?: string;
  /** Why the headers cannot be believed: a proxy adds to one of them, and passes on the other as a client sent it. */
  readonly error?: string;
}

const FORWARDED = "forwarded";
const FOR = "x-forwarded-for";

/** Whether the request has a header that proxies add. */
export function isForwarded({ headers }: Pick<HttpRequest, "headers">): boolean {
  return headers.has(FORWARDED) || headers.has(FOR);
}

/**
 * Finds the client in the headers of a request from a trusted proxy. Each proxy adds the address that it was connected
 * from on the right, so the addresses on the left of the first untrusted one may be invented.
 */
export function forwardedClient(
  { headers }: Pick<HttpRequest, "headers">,
  isProxy: (address: string) => boolean,
): ForwardedClient {
  const [elements, list] = [headers.get(FORWARDED) ?? "", headers.get(FOR) ?? ""];
  const hops = hopsOfElements(elements);
  if (hops === undefined) return { error: "Forwarded is malformed" };
  const found = [...hops.length > 0 ? [hops] : [], ...list.trim() === "" ? [] : [list.split(",").map(addressOf)]]
    .map((hops) => clientOf(hops, isProxy));
  if (found.length === 2 && found[0] !== found[1]) {
    return { error: "Forwarded and X-Forwarded-For name different clients" };
  }
  return { address: found[0] };
}

/** The last proxy counts as the client if it does not know the address that it was connected from. */
function clientOf(hops: readonly Hop[], isProxy: (address: string) => boolean): string | undefined {
  let client: string | undefined;
  for (let index = hops.length - 1; index >= 0; index--) {
    const hop = hops[index];
    if (hop === undefined) break;
    client = hop;
    if (!isProxy(hop)) break;
  }
  return client;
}

/** A token: RFC 9110, section 5.6.2. */
const TOKEN = String.raw`[\w!#$%&'*+.^\x60|~-]+`;
/** A quoted string: RFC 9110, section 5.6.4. */
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
/** A pair, or nothing, and what ends it: RFC 7239, section 4. */
const PAIR = new RegExp(String.raw`[ \t]*(?:(${TOKEN})=(${TOKEN}|${QUOTED})[ \t]*)?([;,]|$)`, "y");

/** The hops of the elements; `undefined` if the header is malformed. */
function hopsOfElements(text: string): Hop[] | undefined {
  const hops: Hop[] = [];
  let hop: { readonly address: Hop } | undefined;
  let isEmpty = true;
  PAIR.lastIndex = 0;
  for (let end: string | undefined = ";"; end !== "";) {
    const [, name, value, ending] = PAIR.exec(text) ?? [];
    if (ending === undefined) return undefined;
    end = ending;
    if (name !== undefined) isEmpty = false;
    if (name?.toLowerCase() === "for") {
      if (hop !== undefined) return undefined;
      hop = { address: addressOf(unquoted(value!)) };
    }
    if (end === ";") continue;
    if (!isEmpty) hops.push(hop?.address);
    [hop, isEmpty] = [undefined, true];
  }
  return hops;
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
}

/** The address of a node, with or without a port, and IPv6 with or without brackets: RFC 7239, section 6. */
function addressOf(node: string): Hop {
  const text = node.trim();
  const [, bracketed] = /^\[([^\]]*)\](?::[\w.-]+)?$/.exec(text) ?? [];
  if (bracketed !== undefined) return canonicalAddress(bracketed);
  const [, bare] = /^([^:]*):[\w.-]+$/.exec(text) ?? [];
  return canonicalAddress(bare ?? text);
}

import { type Endpoint, formatEndpoint } from "../../protocol/address/endpoint.ts";
import { isWithinReach } from "../../protocol/address/reach.ts";
import { parseServers } from "../../protocol/address/server_list.ts";
import { MAX_SERVERS_KNOWN } from "../../protocol/limits.ts";
import type { Connection } from "../../transports/connection.ts";
import { TlsFault } from "../../transports/tls.ts";
import { EXIT } from "../args/exit_codes.ts";
import { type Certificate, trusted } from "../hosting/certificate.ts";
import { explain } from "../platform/system_errors.ts";
import { type Check, type Finding, note, ok, warning } from "./check_result.ts";
import { converse, type Welcome } from "./server_answer.ts";
import type { ServerTools } from "./server_tools.ts";

/** The server that lists the others. */
export interface ListingServer {
  readonly welcome: Welcome;
  /** The address at which it was reached; absent if it has none. */
  readonly remoteAddress: string | undefined;
  /** Absent without TLS. */
  readonly certificate: Certificate | undefined;
}

/** A check for each other server of the chat, as far as a client would use them. None if the chat has one server. */
export function checksOfOthers(listing: ListingServer, tools: ServerTools): Check[] {
  const { servers } = listing.welcome;
  // The first one is the server itself.
  return parseServers(servers.slice(1)).slice(0, MAX_SERVERS_KNOWN).map((server) => ({
    name: "Other server",
    code: EXIT.cannotConnect,
    run: (signal) => examineOther(server, listing, tools, signal),
  }));
}

async function examineOther(
  server: Endpoint,
  listing: ListingServer,
  tools: ServerTools,
  signal: AbortSignal,
): Promise<Finding> {
  const where = formatEndpoint(server);
  if (!isWithinReach(server.host, listing.remoteAddress)) {
    return note(`${where} is not used: a server farther away has listed it`);
  }
  const next = "Clients go on there when their server is lost: ask the operator";
  try {
    using connection = await open(server, listing, tools, signal);
    const answer = await converse(connection.link, tools, signal);
    if (answer.kind !== "welcome") return warning(`${where} does not answer as a server of the chat`, next);
    if (answer.chat !== listing.welcome.chat) return warning(`${where} has another chat`, next);
    return ok(`${where} has the same chat`);
  } catch (error) {
    const why = error instanceof TlsFault && error.kind === "certificate"
      ? "it has another certificate"
      : explain(error);
    return warning(`${where} cannot be used: ${why}`, next);
  }
}

/** All servers of a chat have the same certificate, or an authority vouches for each. */
async function open(
  { host, port }: Endpoint,
  { certificate }: ListingServer,
  tools: ServerTools,
  signal: AbortSignal,
): Promise<Disposable & { readonly link: Connection }> {
  const link = certificate === undefined
    ? await tools.dial({ kind: "tcp", host, port }, signal)
    : await tools.dialTls(host, port, { trusted: trusted(certificate), signal });
  return { link, [Symbol.dispose]: () => link.close() };
}

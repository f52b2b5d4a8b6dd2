import { discoverRights } from "./command_rights.ts";
import type { NearbyChat } from "../../nearby/nearby_chats.ts";
import { formatEndpoint } from "../../protocol/address/endpoint.ts";
import { NEARBY_WAIT_MS } from "../../protocol/limits.ts";
import type { Arguments } from "../args/arguments.ts";
import { formatFingerprint } from "../hosting/certificate.ts";
import type { CommandSpec } from "../args/arguments.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { complain } from "../platform/standard_io.ts";

const MAX_SECONDS = 3_600;

export const DISCOVER: CommandSpec = {
  name: "discover",
  operands: "",
  maxOperands: 0,
  summary: "Lists the chats on this network",
  options: [
    { name: "seconds", value: "N", default: String(NEARBY_WAIT_MS / 1_000), help: "How long to search" },
    { name: "json", help: "Prints each chat as one line of JSON" },
  ],
  examples: [
    { line: "discover", what: "lists the shared chats on this network" },
    { line: "discover --seconds 10 --json", what: "searches longer, for programs" },
  ],
  rights: discoverRights,
  run: discover,
};

async function discover(args: Arguments): Promise<ExitCode> {
  const seconds = args.number("seconds", 1, MAX_SECONDS);
  // Loaded here because few commands need it.
  const { listNearby } = await import("../../nearby/discovery.ts");
  const { chatsOf } = await import("../../nearby/nearby_chats.ts");
  const errors: string[] = [];
  const onError = (error: unknown) => errors.push(explain(error));
  const servers = await listNearby(seconds === undefined ? NEARBY_WAIT_MS : seconds * 1_000, { onError });
  const chats = chatsOf(servers);
  for (const line of args.flag("json") ? chats.map(chatJson) : chatTable(chats)) console.log(line);
  for (const error of errors) complain(`Part of the network could not be searched: ${error}`);
  if (servers.length > 0) return EXIT.fine;
  throw new Failure(EXIT.cannotConnect, NOTHING_FOUND);
}

/** Possible causes, most likely first. */
export const NOTHING_FOUND = [
  "No chat was found on this network. Start it with --share, and check that both machines are on the same network:",
  "guest networks often separate machines, and firewalls must allow UDP port 5353.",
  "You can still join with an address or an invite: connect ADDRESS",
].join("\n");

/** One line of JSON. A chat with several servers has them all in `servers`, and the first one in `address`. */
export function chatJson({ title, servers }: NearbyChat): string {
  const [first] = servers;
  const { tls, fingerprint, chat } = first;
  const several = servers.length > 1 ? { chat, servers: servers.map(formatEndpoint) } : {};
  return JSON.stringify({ title, address: formatEndpoint(first), tls, fingerprint, ...several });
}

/** One line per chat, in columns, and one for each further server. The title comes last because it may be long. */
export function chatTable(chats: readonly NearbyChat[]): string[] {
  const rows = chats.flatMap(({ title, servers: [first, ...others] }) => [
    [
      formatEndpoint(first),
      first.tls ? "TLS" : "not encrypted",
      first.fingerprint === undefined ? "" : formatFingerprint(first.fingerprint),
      title,
    ],
    ...others.map((other) => [`or ${formatEndpoint(other)}`, "", "", ""]),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

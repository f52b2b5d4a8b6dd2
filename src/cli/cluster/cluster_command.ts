/** The command `cluster`: the key of a cluster, and what operators see and do at one of its servers. */

import { askRemoval, askStatus, dialAsNewcomer } from "../../cluster/link/mod.ts";
import type { ReplicaStatus } from "../../cluster/replica/mod.ts";
import { DEFAULT_PORT, formatEndpoint, parseEndpoint } from "../../protocol/address/endpoint.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Arguments } from "../args/arguments.ts";
import { parseClusterName } from "../args/cluster_options.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { complain } from "../platform/standard_io.ts";
import { explain } from "../platform/system_errors.ts";
import { createKeyFile, readKeyFile } from "./cluster_key_file.ts";
import { linkParts } from "./cluster_parts.ts";
import { dialOtherServer } from "./server_dialer.ts";

type Link = Awaited<ReturnType<typeof dialAsNewcomer>>;

/** Runs the command. Rejects with a failure. */
export async function runCluster(args: Arguments): Promise<ExitCode> {
  const [action, ...rest] = args.operands;
  switch (action) {
    case "key":
      return makeKey(rest);
    case "status":
      return await showStatus(args, rest);
    case "remove":
      return await removeServer(args, rest);
    default:
      throw usage(`Say what to do: key, status or remove: see cluster --help`);
  }
}

function makeKey([path, more]: readonly string[]): ExitCode {
  if (path === undefined || more !== undefined) throw usage("Name one file for the key: cluster key FILE");
  createKeyFile(path);
  console.log(`The key is in ${path}. Copy it to all servers of the chat, and let nobody else read it.`);
  return EXIT.fine;
}

async function showStatus(args: Arguments, [address, more]: readonly string[]): Promise<ExitCode> {
  if (more !== undefined) throw usage("Name one server: cluster status [ADDRESS]");
  const status = await ask(args, address, askStatus) as ReplicaStatus;
  if (args.flag("json")) console.log(JSON.stringify(status));
  else for (const line of statusLines(status)) console.log(sanitizeLine(line));
  return EXIT.fine;
}

async function removeServer(args: Arguments, [number, address]: readonly string[]): Promise<ExitCode> {
  if (number === undefined || !/^[1-9]\d{0,6}$/.test(number)) {
    throw usage("Name the server by its number in cluster status: cluster remove NUMBER [ADDRESS]");
  }
  await ask(args, address, (link) => askRemoval(link, Number(number)));
  console.log(`Server ${number} is removed. It comes back only when it is started again.`);
  return EXIT.fine;
}

/** Opens a link to a server as an operator, and closes it after the question. Rejects with a failure. */
async function ask<T>(args: Arguments, address: string | undefined, question: (link: Link) => Promise<T>): Promise<T> {
  const path = args.text("cluster-key-file");
  if (path === undefined) throw usage("Name the cluster's key with --cluster-key-file FILE");
  const secret = { key: readKeyFile(path, complain), cluster: parseClusterName(args) };
  const server = formatEndpoint(parseServer(address));
  try {
    const link = await dialAsNewcomer(linkParts(secret), server, dialOtherServer, new AbortController().signal);
    try {
      return await question(link);
    } finally {
      link.close();
    }
  } catch (error) {
    const next = "is it a server of this cluster, with the same key and --cluster-name?";
    throw new Failure(EXIT.cannotConnect, `No answer from ${server}: ${explain(error)}; ${next}`, { cause: error });
  }
}

function parseServer(address: string | undefined) {
  if (address === undefined) return { host: "127.0.0.1", port: DEFAULT_PORT };
  try {
    return parseEndpoint(address);
  } catch (error) {
    throw usage(`${JSON.stringify(address)} is no address of a server: ${explain(error)}`);
  }
}

/** A line for each server, and one for the log. */
export function statusLines(status: ReplicaStatus): string[] {
  const { servers, position, kept, index, isStalled, clockDifference } = status;
  const table = servers.map((server) => {
    const marks = [...server.isSelf ? ["asked"] : [], ...server.trims ? ["trims the log"] : []];
    const address = server.addresses[0] ?? "no address";
    const figures = `${server.lag} entries behind, ${Math.round(server.delay)} ms to apply, clock ${
      signed(server.ahead)
    } ms`;
    const about = `${server.incarnation}  ${address}  ${server.name}  ${server.version}  ${figures}`;
    return marks.length === 0 ? about : `${about}  (${marks.join(", ")})`;
  });
  return [
    ...table,
    `Entry ${index} at position ${position} of the log; the last checkpoint is at ${kept}`,
    ...isStalled ? ["This server waits: the log does not go on"] : [],
    ...clockDifference === 0 ? [] : [
      `The clock of this server is wrong by ${signed(clockDifference)} ms: it writes nothing until that is set right`,
    ],
  ];
}

function signed(ms: number): string {
  return ms > 0 ? `+${Math.round(ms)}` : String(Math.round(ms));
}

function usage(text: string): Failure {
  return new Failure(EXIT.usage, text);
}

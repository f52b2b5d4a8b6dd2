/** The command `cluster`: makes the key of a cluster, asks a server for the state of the cluster, and removes a server. */

import { askRemoval, askStatus, dialAsNewcomer } from "../../cluster/link/mod.ts";
import type { ReplicaStatus } from "../../cluster/replica/mod.ts";
import { DEFAULT_PORT, type Endpoint, formatEndpoint, parseEndpoint } from "../../protocol/address/endpoint.ts";
import { quote } from "../../protocol/text/names.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Arguments } from "../args/arguments.ts";
import { parseClusterName } from "../args/cluster_options.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { complain } from "../platform/standard_io.ts";
import { explain, isUnknownHost } from "../platform/system_errors.ts";
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
    case undefined:
      throw usage("Say what to do: key, status or remove");
    default:
      throw usage(`Unknown action ${quote(action)}: use key, status or remove`);
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
  await ask(args, address, (link) => removeFrom(link, Number(number)));
  console.log(`Server ${number} is removed. It comes back only when it is started again.`);
  return EXIT.fine;
}

async function removeFrom(link: Link, number: number): Promise<void> {
  const { servers } = await askStatus(link) as ReplicaStatus;
  const numbers = servers.map(({ incarnation }) => incarnation);
  if (!numbers.includes(number)) throw usage(`The chat has no server ${number}: choose one of ${numbers.join(", ")}`);
  await askRemoval(link, number);
}

/** Opens a link to a server as an operator, and closes it after the question. Rejects with a failure. */
async function ask<T>(args: Arguments, address: string | undefined, question: (link: Link) => Promise<T>): Promise<T> {
  const path = args.text("cluster-key-file");
  if (path === undefined) throw usage("Option --cluster-key-file is missing: give the file that the servers have, too");
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
    if (error instanceof Failure) throw error;
    const isFound = !(error instanceof Deno.errors.ConnectionRefused || isUnknownHost(error));
    const next = isFound ? "; is it a server of this cluster, with the same key and --cluster-name?" : "";
    throw new Failure(EXIT.cannotConnect, `No answer from ${server}: ${explain(error)}${next}`, { cause: error });
  }
}

function parseServer(address: string | undefined): Endpoint {
  if (address === undefined) return { host: "127.0.0.1", port: DEFAULT_PORT };
  try {
    return parseEndpoint(address);
  } catch (error) {
    throw usage(`Invalid address ${quote(address)}: ${explain(error)}`);
  }
}

/** A line for each server, one for the log, and one for each fault. */
export function statusLines(status: ReplicaStatus): string[] {
  const { servers, position, kept, index, isStalled, clockDifference } = status;
  return [
    ...servers.map(serverLine),
    `Entry ${index} at position ${position} of the log; the last checkpoint is at ${kept}`,
    ...isStalled ? ["This server waits: the log does not go on"] : [],
    ...clockDifference === 0 ? [] : [
      `The clock of this server is wrong by ${signed(clockDifference)} ms: it writes nothing until that is set right`,
    ],
  ];
}

function serverLine(server: ReplicaStatus["servers"][number]): string {
  const { incarnation, addresses: [address = "no address"], name, version, lag, delay, ahead } = server;
  const marks = [...server.isSelf ? ["asked"] : [], ...server.trims ? ["trims the log"] : []];
  const figures = [
    lag === 1 ? "1 entry behind" : `${lag} entries behind`,
    `${Math.round(delay)} ms to apply`,
    clockOf(ahead),
  ];
  const about = [incarnation, address, name, version, figures.join(", ")].join("  ");
  return marks.length === 0 ? about : `${about}  (${marks.join(", ")})`;
}

/** Servers tell their clocks once a second: less than two cannot be told from the age of that. */
const CLOCK_ERROR_MS = 2_000;

function clockOf(ahead: number): string {
  if (Math.abs(ahead) < CLOCK_ERROR_MS) return "clock right";
  return `clock ${Math.round(Math.abs(ahead) / 1_000)} s ${ahead < 0 ? "behind" : "ahead"}`;
}

function signed(ms: number): string {
  return ms > 0 ? `+${Math.round(ms)}` : String(Math.round(ms));
}

function usage(text: string): Failure {
  return new Failure(EXIT.usage, text);
}

import { resolve } from "node:path";
import type { Status } from "../../client/client_event.ts";
import type { ClientMemory } from "../../client/client_memory.ts";
import { formatEndpoint } from "../../protocol/address/endpoint.ts";
import { parseName, quote } from "../../protocol/text/names.ts";
import { type Dial, Untrusted } from "../../client/link/dial.ts";
import type { TypedLines } from "../../terminal/input/input_line.ts";
import { dialTcp } from "../../transports/tcp.ts";
import { dialUnix } from "../../transports/unix.ts";
import { type Address, formatAddress } from "../args/address.ts";
import type { Arguments } from "../args/arguments.ts";
import { mayUse, openClientState, stateFolder } from "./client_storage.ts";
import type { OptionSpec } from "../args/command_spec.ts";
import type { Destination } from "./destination.ts";
import { readVariable } from "../platform/environment.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { explain, isUnknownHost } from "../platform/system_errors.ts";
import { KnownServers } from "./known_servers.ts";
import type { Reach } from "../invites/share.ts";
import { openTypedHistory } from "./typed_lines.ts";
import { dialTrusted, serverName, type TlsTrust } from "./tls_dialer.ts";

/** Opens connections to an address, with TLS if `tls` is given. Rejects with a sentence for the user. */
export function dialer(address: Address, tls?: TlsTrust): Dial {
  if (tls !== undefined && address.kind === "unix") {
    throw new Failure(EXIT.usage, "Option --tls does not work with a Unix socket: leave it out");
  }
  return async (signal) => {
    try {
      if (address.kind === "unix") return await dialUnix(address.path);
      if (tls === undefined) return await dialTcp(address.host, address.port, signal);
      return await dialTrusted({ ...address, ...tls }, signal);
    } catch (error) {
      if (error instanceof Untrusted) throw error;
      throw new Error(connectError(address, error), { cause: error });
    }
  };
}

function connectError(address: Address, error: unknown): string {
  const where = formatAddress(address);
  if (error instanceof Deno.errors.ConnectionRefused) {
    return `Connection refused by ${where}: check the address and that the server is running`;
  }
  if (address.kind === "tcp" && isUnknownHost(error)) return `Unknown host ${quote(address.host)}: check the spelling`;
  return `Cannot connect to ${where}: ${explain(error)}`;
}

export const TLS_OPTION: OptionSpec = { name: "tls", help: "Encrypts with TLS and remembers the server's certificate" };

/**
 * How `dialer` is to trust, where an option, an invite or an earlier meeting asks for TLS: a server that once spoke it must go on.
 * `tell` takes a line for people at the first meeting.
 */
export function chooseTls(args: Arguments, tell: (line: string) => void, to: Destination): TlsTrust | undefined {
  const servers = knownServers(args.flag("no-state"));
  if (!to.tls && !args.flag("tls") && !isKnown(to.address, servers)) return undefined;
  return { servers, tell, fingerprint: to.fingerprint, announced: to.announced };
}

/** Whether the server was met by TLS. Its line in the file may be damaged, which is told when it is dialed. */
function isKnown(address: Address, servers: KnownServers): boolean {
  try {
    return address.kind === "tcp" && servers.find(serverName(address)) !== undefined;
  } catch {
    return true;
  }
}

/** What this user's clients remember of servers; with `forget`, nothing is read or kept. */
export function knownServers(forget = false): KnownServers {
  const folder = forget ? undefined : stateFolder(readVariable);
  return new KnownServers(folder !== undefined && mayUse(folder) ? folder : undefined);
}

/** How others come to the server that is dialed so, once it was; undefined where they would have to be on this machine. */
export function reachOf(address: Address, tls: TlsTrust | undefined): Reach | undefined {
  if (address.kind === "unix") return undefined;
  const fingerprint = tls?.fingerprint ?? tls?.servers.find(serverName(address))?.certificate.fingerprint;
  return { addresses: [formatEndpoint(address)], tls: tls !== undefined, fingerprint };
}

export interface ChosenName {
  readonly name: string;
  /** Whether the person asked for this very name. */
  readonly chosen: boolean;
}

/** The name asked for, or the system user's. Throws a usage failure for one that cannot be. */
export function chooseName(args: Arguments, env: (variable: string) => string | undefined): ChosenName {
  const asked = args.text("name");
  if (asked !== undefined) return { name: checked(asked), chosen: true };
  const user = env("USER") ?? env("LOGNAME") ?? env("USERNAME") ?? "";
  try {
    return { name: parseName(user.trim().replace(/\s+/g, "_")), chosen: false };
  } catch {
    return { name: "guest", chosen: false };
  }
}

function checked(name: string): string {
  try {
    return parseName(name);
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message);
  }
}

export const NO_STATE_OPTION: OptionSpec = {
  name: "no-state",
  help: "Remembers nothing between runs: who you are, what is read or unsent",
};

/** What this person's client remembers of this address, unless that is not wished or not possible. */
export function openMemory(
  args: Arguments,
  address: Address,
  name: string,
  warn: (line: string) => void,
): ClientMemory | undefined {
  const folder = args.flag("no-state") ? undefined : stateFolder(readVariable);
  return folder === undefined ? undefined : openClientState({ folder, address: lasting(address), name, warn });
}

/** What was typed at earlier starts; undefined where nothing is to be kept. */
export function openTyped(args: Arguments, warn: (line: string) => void): TypedLines | undefined {
  const folder = args.flag("no-state") ? undefined : stateFolder(readVariable);
  return folder === undefined ? undefined : openTypedHistory(folder, warn);
}

/** The address as it is the same from every folder and however it is typed. */
function lasting(address: Address): string {
  if (address.kind === "tcp") return formatAddress({ ...address, host: address.host.toLowerCase() });
  return formatAddress({ ...address, path: resolve(address.path) });
}

type Closed = Extract<Status, { kind: "closed" }>;

/** What the program ends with when its client has closed. */
export function exitCodeOf(closed: Closed): ExitCode {
  switch (closed.cause) {
    case "left":
      return EXIT.fine;
    case "unreachable":
      return EXIT.cannotConnect;
    case "refused":
      return EXIT.refused;
    case "lost":
      return EXIT.lost;
    case "untrusted":
      return EXIT.untrusted;
    default:
      return closed.cause satisfies never;
  }
}

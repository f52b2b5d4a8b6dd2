/**
 * Resolves the arguments of the client commands into plans, before anything is dialed or opened.
 * Everything that a plan depends on, besides the arguments, comes from a `PlanContext`.
 */

import type { Endpoint } from "../../protocol/address/endpoint.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import { parseName, parseRoom } from "../../protocol/text/names.ts";
import type { Settings } from "../../terminal/model/settings.ts";
import type { Address } from "../args/address.ts";
import type { Arguments, Environment } from "../args/arguments.ts";
import { type DeviceChoices, deviceChoices } from "../args/call_options.ts";
import type { OptionSpec } from "../args/command_spec.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import type { Config } from "../config/config_file.ts";
import { stateFolder } from "./client_storage.ts";
import type { Destination } from "./destination.ts";
import type { KnownChats } from "./known_chats.ts";
import type { KnownServers } from "./known_servers.ts";
import { serverName } from "./tls_dialer.ts";

export const NAME_OPTION: OptionSpec = {
  name: "name",
  value: "NAME",
  default: "your system user name",
  help: "Your name in the chat",
};

export const TLS_OPTION: OptionSpec = { name: "tls", help: "Encrypts with TLS and remembers the server's certificate" };

export const NO_STATE_OPTION: OptionSpec = {
  name: "no-state",
  help: "Remembers nothing between runs: who you are, what is read or unsent",
};

/** Inputs of a plan besides the arguments. */
export interface PlanContext {
  readonly env: Environment;
  /** The servers that the state folder remembers; without a folder, none. */
  readonly knownServers: (folder: string | undefined) => Pick<KnownServers, "find">;
  /** The chats with several servers that the state folder remembers; without a folder, none. */
  readonly knownChats: (folder: string | undefined) => Pick<KnownChats, "find">;
  /** The password that the options give, read from its file if need be. Throws a usage failure. */
  readonly givenPassword: (args: Arguments) => string | undefined;
}

/** How to reach one server. */
export interface ServerPlan {
  readonly address: Address;
  /** Further servers of the chat, which an invite names. */
  readonly others?: readonly Endpoint[];
  /** Absent if the connection does not use TLS. */
  readonly tls?: TlsPlan;
  /** The folder for known servers, client memory and typed lines; `undefined` if nothing is to be kept. */
  readonly stateFolder: string | undefined;
}

export interface TlsPlan {
  /** Fingerprint of the only certificate to accept, from an invite. */
  readonly fingerprint?: string;
  /** The key of a shared chat: each certificate is accepted, and the host proves that it is its own. */
  readonly chatKey?: string;
  /** Fingerprint to expect at the first connection, as announced on the network. */
  readonly announced?: string;
}

export interface NamePlan {
  readonly name: string;
  /** True if the user asked for this very name. */
  readonly nameChosen: boolean;
}

/** Everything that `connect` needs to know before it runs. */
export interface ConnectPlan extends ServerPlan, NamePlan {
  /** The rooms to join; the first one is current. */
  readonly rooms: readonly [string, ...string[]];
  readonly password: string | undefined;
  /** The code of another device that admits this one. */
  readonly linkCode: string | undefined;
  /** Whether the client memory is used. */
  readonly remembers: boolean;
  /** Whether the server may choose a similar name if this one is taken. */
  readonly acceptSuggestion: boolean;
  readonly output: OutputPlan;
  /** Problems that do not prevent the chat, a sentence each. */
  readonly warnings: readonly string[];
}

export type OutputPlan =
  | { readonly kind: "pipe"; readonly json: boolean }
  | {
    readonly kind: "terminal";
    readonly plain: boolean;
    readonly settings: Partial<Settings>;
    readonly devices: DeviceChoices;
  };

/** How the streams of the program are used, and what the user has configured. */
export interface ConnectSurroundings {
  /** Whether input and output are for programs, not for a user at a terminal. */
  readonly piped: boolean;
  /** Ignored by pipes: the file must not change what a script does. */
  readonly config: Config;
}

/** Resolves how to reach a server. A server that used TLS before must keep using it. Throws a usage failure. */
export function planServer(args: Arguments, destination: Destination, context: PlanContext): ServerPlan {
  const folder = args.flag("no-state") ? undefined : stateFolder(context.env);
  const { fingerprint, announced, chatKey } = destination;
  const servers = homeFirst(destination, () => context.knownChats(folder));
  const { address } = servers;
  if (!destination.tls && !args.flag("tls") && !isKnown(address, context.knownServers(folder))) {
    return { ...servers, stateFolder: folder };
  }
  if (address.kind === "unix") {
    throw new Failure(EXIT.usage, "Option --tls does not work with a Unix socket: leave it out");
  }
  return { ...servers, tls: { fingerprint, announced, ...chatKey && { chatKey } }, stateFolder: folder };
}

/**
 * Of several addresses the one by which the user has joined the chat before comes first: who they are is remembered by it. An invite
 * begins with the server that has made it.
 */
function homeFirst(
  { address, others }: Destination,
  knownChats: () => Pick<KnownChats, "find">,
): Pick<ServerPlan, "address" | "others"> {
  if (address.kind === "unix" || others === undefined) return { address };
  const chats = knownChats();
  const all = [address, ...others].map(({ host, port }) => ({ host, port }));
  const home = all.find((server) => chats.find(serverName(server)) !== undefined) ?? all[0]!;
  return { address: { kind: "tcp", ...home }, others: all.filter((server) => server !== home) };
}

/** True also if the server's line is damaged: the error is shown when the server is dialed. */
function isKnown(address: Address, servers: Pick<KnownServers, "find">): boolean {
  try {
    return address.kind === "tcp" && servers.find(serverName(address)) !== undefined;
  } catch {
    return true;
  }
}

/**
 * Resolves `connect`. The command line and the environment win over the configuration file. Throws
 * a usage failure.
 */
export function planConnect(
  given: Arguments,
  destination: Destination,
  { piped, config }: ConnectSurroundings,
  context: PlanContext,
): ConnectPlan {
  const args = piped ? given : given.orElse(config.options);
  const naming = chooseName(args, context.env);
  return {
    ...planServer(args, destination, context),
    ...naming,
    // The room of an invite wins over the rooms of the configuration file.
    rooms: parseRooms(destination.room === undefined ? args : given, destination.room),
    password: destination.secret ?? context.givenPassword(args),
    linkCode: args.text("link"),
    // A pipe without a chosen name never comes back as the same member.
    remembers: !piped || naming.nameChosen,
    acceptSuggestion: !piped || !naming.nameChosen,
    output: piped ? { kind: "pipe", json: args.flag("json") } : planTerminal(args, given, config),
    warnings: piped ? [] : config.errors,
  };
}

function planTerminal(args: Arguments, given: Arguments, { settings }: Config): OutputPlan {
  const utc = given.text("utc") === undefined ? {} : { utc: given.flag("utc") };
  return {
    kind: "terminal",
    plain: args.flag("plain"),
    settings: { ...settings, ...utc },
    devices: deviceChoices(args),
  };
}

/** The requested name, or the system user's. Throws a usage failure if the requested name is invalid. */
export function chooseName(args: Arguments, env: Environment): NamePlan {
  const requested = args.text("name");
  if (requested !== undefined) return { name: parseOption(requested, parseName), nameChosen: true };
  const user = env("USER") ?? env("LOGNAME") ?? env("USERNAME") ?? "";
  try {
    return { name: parseName(user.trim().replace(/\s+/g, "_")), nameChosen: false };
  } catch {
    return { name: "guest", nameChosen: false };
  }
}

/** The rooms of the options, or else the room of the invite. */
function parseRooms(args: Arguments, invited: string | undefined): [string, ...string[]] {
  const [first, ...others] = new Set(args.list("room").map((room) => parseOption(room, parseRoom)));
  return first === undefined ? [invited ?? DEFAULT_ROOM] : [first, ...others];
}

/** Parses the value of an option. Throws a usage failure. */
export function parseOption(text: string, parse: (text: string) => string): string {
  try {
    return parse(text);
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message.replace("Field room", "Option --room"));
  }
}

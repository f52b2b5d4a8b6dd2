import { Client } from "../../client/client.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import type { ClientMemory } from "../../client/client_memory.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import { parseName, parseRoom } from "../../protocol/text/names.ts";
import { type Address, DEFAULT_HOST } from "../args/address.ts";
import type { Arguments } from "../args/arguments.ts";
import { chatHere, Complaints } from "../joining/chat_here.ts";
import { chooseDestination } from "../wizard/server_choice.ts";
import type { CommandSpec, OptionSpec } from "../args/command_spec.ts";
import { NO_CONFIG, readConfig } from "../config/config_file.ts";
import { keepInConfig } from "../config/config_writer.ts";
import { reachBeside } from "../hosting/control_socket.ts";
import {
  chooseName,
  chooseTls,
  dialer,
  NO_STATE_OPTION,
  openMemory,
  openTyped,
  reachOf,
  TLS_OPTION,
} from "../joining/dialer.ts";
import { type Destination, parseDestination } from "../joining/destination.ts";
import { readVariable } from "../platform/environment.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { withHint } from "../joining/open_client.ts";
import { givenPassword, passwordOptions } from "../args/password_options.ts";
import { runPipe } from "../joining/pipe.ts";
import type { Reach } from "../invites/share.ts";
import type { TlsTrust } from "../joining/tls_dialer.ts";
import { isAtTerminal } from "../platform/prompt.ts";

export const NAME_OPTION: OptionSpec = {
  name: "name",
  value: "NAME",
  default: "the system user's",
  help: "What others call you",
};

export const CONNECT: CommandSpec = {
  name: "connect",
  operands: "[ADDRESS]",
  // The words of a spoken invite stand apart; how many there should be, its reader says.
  maxOperands: Infinity,
  summary: "Joins a chat",
  options: [
    NAME_OPTION,
    {
      name: "room",
      value: "ROOM",
      default: DEFAULT_ROOM,
      repeatable: true,
      help: "Room to join; the first is current",
    },
    { name: "json", help: "Prints events as they come, one JSON object a line" },
    { name: "plain", help: "Only ever appends lines: for screen readers and simple terminals" },
    { name: "utc", help: "Shows times in UTC" },
    ...passwordOptions("Password of the chat"),
    TLS_OPTION,
    NO_STATE_OPTION,
  ],
  examples: [
    { line: "connect", what: "joins a chat on this machine or nearby" },
    { line: "connect 192.168.1.26 --name ada --room ops", what: "joins a room elsewhere" },
    { line: "connect unix:/tmp/confab.sock", what: "joins by a Unix socket" },
    { line: "connect --json < lines.txt", what: "sends each line, prints what happens" },
  ],
  startsPrograms: true,
  run: connect,
};

async function connect(args: Arguments): Promise<ExitCode> {
  // What is wrong with a name is told before anything is asked.
  chooseName(args, readVariable);
  const destination = args.operands.length === 0 && !isPiped(args)
    ? await chooseDestination(args.flag("tls"))
    : parseDestination(args.operands.length === 0 ? [DEFAULT_HOST] : args.operands);
  return await runConnect(args, destination);
}

function isPiped(args: Arguments): boolean {
  return !isAtTerminal() || args.flag("json");
}

/** Joins there as these arguments of `connect` ask, and resolves when the chat is over. Rejects with a failure. */
export async function runConnect(given: Arguments, destination: Destination): Promise<ExitCode> {
  const piped = isPiped(given);
  // The file says how a person chats; what a script does is not to change with it.
  const config = piped ? NO_CONFIG : readConfig(readVariable);
  const args = given.orElse(config.options);
  const { name: asked, chosen } = chooseName(args, readVariable);
  // An invite knows better than the file where to go.
  const rooms = parseRooms(destination.room === undefined ? args : given, destination.room);
  const [room] = rooms as [string];
  const complaints = new Complaints();
  const warn = (line: string) => complaints.add(line);
  for (const fault of config.faults) warn(fault);
  const tls = chooseTls(args, warn, destination);
  const dial = dialer(destination.address, tls);
  const makeClient = (password: string | undefined) => (onEvent: ClientListener) => {
    // A pipe without a name is nobody who could come back.
    const memory = piped && !chosen ? undefined : openMemory(args, destination.address, asked, warn);
    const name = chosen ? asked : lastName(memory) ?? asked;
    return new Client({ dial, name, acceptSuggestion: !piped || !chosen, rooms, password, onEvent, memory });
  };
  const password = destination.secret ?? givenPassword(args);
  if (piped) return await runPipe({ client: withHint(makeClient(password)), room, json: args.flag("json") });
  return await chatHere({
    makeClient,
    password,
    room,
    plain: args.flag("plain"),
    settings: given.text("utc") === undefined ? config.settings : { ...config.settings, utc: given.flag("utc") },
    keepSetting: keepInConfig,
    reach: () => reachFrom(destination.address, tls),
    complaints,
    typed: openTyped(args, warn),
    themes: config.themes,
    bindings: config.bindings,
  });
}

/** By its control socket one learns from the server itself how others come to it. */
function reachFrom(address: Address, tls: TlsTrust | undefined): Reach | undefined {
  return address.kind === "unix" ? reachBeside(address.path) : reachOf(address, tls);
}

/** Somebody who was renamed stays it, unless another name was asked for. */
function lastName(memory: ClientMemory | undefined): string | undefined {
  const name = memory?.load()?.name;
  try {
    return name === undefined ? undefined : parseName(name);
  } catch {
    return undefined;
  }
}

/** Those that were asked for, or else the invite's. */
function parseRooms(args: Arguments, invited: string | undefined): string[] {
  const rooms = args.list("room");
  if (rooms.length === 0) return [invited ?? DEFAULT_ROOM];
  try {
    return [...new Set(rooms.map(parseRoom))];
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message.replace("Field room", "Option --room"));
  }
}

import { createVerifier } from "../../identity/key_choice.ts";
import { connectRights } from "./command_rights.ts";
import { Client } from "../../client/client.ts";
import type { ClientMemory } from "../../client/client_memory.ts";
import { KeptUploads } from "../../client/delivery/kept_uploads.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import { parseName } from "../../protocol/text/names.ts";
import { DEFAULT_HOST } from "../args/address.ts";
import type { Arguments } from "../args/arguments.ts";
import { CAMERA_OPTION, MICROPHONE_OPTION, SPEAKER_OPTION } from "../args/call_options.ts";
import type { CommandSpec } from "../args/arguments.ts";
import type { ExitCode } from "../args/exit_codes.ts";
import { passwordOptions } from "../args/password_options.ts";
import { type Config, NO_CONFIG, readConfig } from "../config/config_file.ts";
import { keepInConfig } from "../config/config_writer.ts";
import { KeyAdmission, openClientKey } from "../joining/client_key.ts";
import { openMemory, stateFolder } from "../joining/client_storage.ts";
import { type KnownChats, openKnownChats } from "../joining/known_chats.ts";
import {
  chooseName,
  type ConnectPlan,
  NAME_OPTION,
  NO_STATE_OPTION,
  planConnect,
  TLS_OPTION,
} from "../joining/connect_plan.ts";
import { type Destination, parseDestination } from "../joining/destination.ts";
import { createDialer, PLAN_CONTEXT } from "../joining/dialer.ts";
import { withHint } from "../joining/open_client.ts";
import { openTypedHistory } from "../joining/typed_lines.ts";
import { readVariable } from "../platform/program.ts";
import { Complaints } from "../platform/standard_io.ts";
import { isAtTerminal } from "../platform/user_terminal.ts";
import { chooseDestination } from "../joining/server_choice.ts";

const SYSTEMS: Readonly<Record<string, string>> = { linux: "Linux", darwin: "macOS", windows: "Windows" };

export const CONNECT: CommandSpec = {
  name: "connect",
  operands: "[ADDRESS]",
  // The words of a spoken invite are separate arguments; `parseDestination` checks their number.
  maxOperands: Infinity,
  summary: "Joins a chat",
  options: [
    NAME_OPTION,
    {
      name: "room",
      value: "ROOM",
      default: DEFAULT_ROOM,
      repeatable: true,
      help: "Room to join; the first one is shown",
    },
    { name: "json", help: "Prints each event as one line of JSON" },
    { name: "plain", help: "Only appends lines, for screen readers and simple terminals" },
    { name: "utc", help: "Shows times in UTC" },
    { name: "link", value: "CODE", help: "Becomes the member whose device shows this code: /link there" },
    ...passwordOptions("Password of the chat"),
    TLS_OPTION,
    NO_STATE_OPTION,
    CAMERA_OPTION,
    MICROPHONE_OPTION,
    SPEAKER_OPTION,
  ],
  examples: [
    { line: "connect", what: "joins a chat on this machine or this network" },
    { line: "connect 192.168.1.26 --name ada --room ops", what: "joins a room on another machine" },
    { line: "connect unix:/tmp/confab.sock", what: "joins over a Unix socket" },
    { line: 'connect HOST --link "otter lamp crane"', what: "makes this a further device of yours" },
    { line: "connect --json < lines.txt", what: "sends each line and prints the events" },
  ],
  rights: connectRights,
  startsPrograms: true,
  run: connect,
};

async function connect(args: Arguments): Promise<ExitCode> {
  // An invalid name is reported before any question is asked.
  chooseName(args, readVariable);
  const destination = args.operands.length === 0 && !isPiped(args)
    ? await chooseDestination(args.flag("tls"), (chat) => knownChats(args).homeOf(chat))
    : parseDestination(args.operands.length === 0 ? [DEFAULT_HOST] : args.operands);
  return await runConnect(args, destination);
}

function knownChats(args: Arguments): KnownChats {
  return openKnownChats(args.flag("no-state") ? undefined : stateFolder(readVariable));
}

function isPiped(args: Arguments): boolean {
  return !isAtTerminal() || args.flag("json");
}

/** Runs `connect` with these arguments, and resolves when the chat is over. Rejects with a failure. */
export async function runConnect(args: Arguments, destination: Destination): Promise<ExitCode> {
  const piped = isPiped(args);
  const config = piped ? NO_CONFIG : readConfig(readVariable);
  return await runPlan(planConnect(args, destination, { piped, config }, PLAN_CONTEXT), config);
}

async function runPlan(plan: ConnectPlan, { themes, bindings }: Config): Promise<ExitCode> {
  const complaints = new Complaints();
  const warn = (line: string) => complaints.add(line);
  for (const warning of plan.warnings) warn(warning);
  const { dial, chatServers, openLink, reach, dialedHost, seenCertificate } = createDialer(plan, warn);
  const { address, stateFolder, password, rooms, acceptSuggestion, output } = plan;
  const [room] = rooms;
  const makeClient = (password: string | undefined) => (onEvent: ClientListener) => {
    const memory = plan.remembers ? openMemory(stateFolder, address, plan.name, warn) : undefined;
    const name = plan.nameChosen ? plan.name : rememberedName(memory) ?? plan.name;
    const isRead = output.kind === "terminal";
    const folder = plan.remembers ? stateFolder : undefined;
    const linkCode = plan.linkCode === undefined ? undefined : { code: plan.linkCode, ...THIS_DEVICE };
    // The key of a pipe owns its name. One whose first run is its last, as in a container, would keep the name from the next.
    const mayOwnName = output.kind === "terminal" || linkCode !== undefined || memory?.load() !== undefined;
    const admission = linkCode && new KeyAdmission();
    const keyOptions = { folder, address, name: plan.name, dialedHost, seenCertificate, admission };
    const identity = mayOwnName ? openClientKey(keyOptions) : undefined;
    const verify = createVerifier();
    return new Client({
      dial,
      ...chatServers(),
      name,
      acceptSuggestion,
      rooms,
      followRooms: isRead,
      fromMark: isRead,
      password,
      onEvent: (event, ...states) => {
        if (event.type === "linkClaim") admission?.receive(event.claim);
        onEvent(event, ...states);
      },
      memory,
      uploads: new KeptUploads(),
      identity,
      verify,
      linkCode,
      device: THIS_DEVICE,
    });
  };
  // The outputs are loaded here because other commands draw nothing.
  switch (output.kind) {
    case "pipe": {
      const { runPipe } = await import("../joining/pipe.ts");
      return await runPipe({ client: withHint(makeClient(password)), room, json: output.json });
    }
    case "terminal": {
      const { plain, settings } = output;
      const typed = stateFolder === undefined ? undefined : openTypedHistory(stateFolder, warn);
      const { chatHere } = await import("../joining/chat_here.ts");
      const { fileSetup } = await import("../files/file_setup.ts");
      const { callSetup } = await import("../calls/terminal_calls.ts");
      const files = fileSetup(openLink);
      const calls = callSetup(openLink, output.devices);
      const looks = { plain, settings, themes, bindings, keepSetting: keepInConfig, files, calls };
      return await chatHere({ makeClient, password, room, reach, complaints, typed, ...looks });
    }
    default:
      return output satisfies never;
  }
}

/** Describes this device to the member's other one. */
const THIS_DEVICE = { kind: "terminal", name: `Terminal on ${SYSTEMS[Deno.build.os] ?? Deno.build.os}` };

/** The name under which the client was last known; a member who was renamed keeps the new name. */
function rememberedName(memory: ClientMemory | undefined): string | undefined {
  const name = memory?.load()?.name;
  try {
    return name === undefined ? undefined : parseName(name);
  } catch {
    return undefined;
  }
}

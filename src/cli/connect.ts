import { Client } from "../client/client.ts";
import type { ClientEvent } from "../client/client_event.ts";
import type { ClientMemory } from "../client/client_memory.ts";
import { DEFAULT_ROOM } from "../protocol/messages.ts";
import { parseName, parseRoom } from "../protocol/names.ts";
import { type CloseStatus, runTerminal, type TerminalOptions } from "../terminal/app.ts";
import { DenoTerminal } from "../terminal/deno_terminal.ts";
import { runPlain } from "../terminal/plain_app.ts";
import { hideInput } from "../terminal/raw_mode.ts";
import { DEFAULT_HOST } from "./address.ts";
import type { Arguments } from "./arguments.ts";
import type { CommandSpec, OptionSpec } from "./command.ts";
import {
  chooseName,
  chooseTls,
  dialer,
  exitCodeOf,
  NO_STATE_OPTION,
  openMemory,
  reachOf,
  TLS_OPTION,
} from "./dialing.ts";
import { parseDestination } from "./destination.ts";
import { readVariable } from "./environment.ts";
import { EXIT, type ExitCode, Failure } from "./exit_codes.ts";
import { type MakeClient, openClient, withHint } from "./opening.ts";
import { givenPassword, passwordOptions } from "./password.ts";
import { runPipe } from "./pipe.ts";
import { qrCodeHere } from "./qr_code.ts";
import { invitation, pageAddress } from "./share.ts";
import { complain, Output } from "./standard_io.ts";

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
    ...passwordOptions("Password of the chat"),
    TLS_OPTION,
    NO_STATE_OPTION,
  ],
  examples: [
    { line: "connect", what: "joins the chat on this machine" },
    { line: "connect 192.168.1.26 --name ada --room ops", what: "joins a room elsewhere" },
    { line: "connect unix:/tmp/confab.sock", what: "joins by a Unix socket" },
    { line: "connect --json < lines.txt", what: "sends each line, prints what happens" },
  ],
  run: connect,
};

async function connect(args: Arguments): Promise<ExitCode> {
  const destination = parseDestination(args.operands.length === 0 ? [DEFAULT_HOST] : args.operands);
  const rooms = parseRooms(args, destination.room);
  const { name: asked, chosen } = chooseName(args, readVariable);
  const [room] = rooms as [string];
  const piped = !Deno.stdin.isTerminal() || !Deno.stdout.isTerminal() || args.flag("json");
  const complaints = new Complaints();
  const warn = (line: string) => complaints.add(line);
  const tls = chooseTls(args, warn, destination);
  const dial = dialer(destination.address, tls);
  const makeClient = (password: string | undefined) => (onEvent: (event: ClientEvent) => void) => {
    // A pipe without a name is nobody who could come back.
    const memory = piped && !chosen ? undefined : openMemory(args, destination.address, asked, warn);
    const name = chosen ? asked : lastName(memory) ?? asked;
    return new Client({ dial, name, acceptSuggestion: !piped || !chosen, rooms, password, onEvent, memory });
  };
  const password = destination.secret ?? givenPassword(args);
  if (piped) return await runPipe({ client: withHint(makeClient(password)), room, json: args.flag("json") });
  // The server's password is asked for before a view takes the terminal, and then the client is let in already.
  const opened = await openClient(makeClient, password);
  if ("closed" in opened) return opened.told ? exitCodeOf(opened.closed) : finish(opened.closed);
  complaints.hold();
  const plain = args.flag("plain") || readVariable("TERM") === "dumb";
  const reach = () => reachOf(destination.address, tls);
  const inviting: Inviting = {
    invitation: (event) => invitation(reach(), event),
    qrCode: (event) => qrCodeHere(pageAddress(reach(), event)),
  };
  const closed = await (plain ? plainTerminal : liveTerminal)(opened.show, room, inviting);
  complaints.tell();
  return finish(closed);
}

/** Lines for standard error, kept while the terminal is drawn on. */
class Complaints {
  #held: string[] | undefined;

  add(line: string): void {
    if (this.#held === undefined) complain(line);
    else this.#held.push(line);
  }

  hold(): void {
    this.#held = [];
  }

  tell(): void {
    for (const line of this.#held ?? []) complain(line);
  }
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

/** How others come in by an invite. */
type Inviting = Pick<TerminalOptions, "invitation" | "qrCode">;

async function liveTerminal(makeClient: MakeClient, room: string, inviting: Inviting): Promise<CloseStatus> {
  return await runTerminal({ makeClient, room, ...inviting, color: (readVariable("NO_COLOR") ?? "") === "" });
}

async function plainTerminal(makeClient: MakeClient, room: string, { invitation }: Inviting): Promise<CloseStatus> {
  const output = new Output(() => {});
  const closed = await runPlain({
    makeClient,
    room,
    invitation,
    input: new DenoTerminal().input,
    hide: hideInput,
    write: (text) => output.write(text),
    now: Date.now,
  });
  await output.flushed();
  return closed;
}

/** The view has said already why it ended, unless there never was a chat. */
function finish(closed: CloseStatus): ExitCode {
  if (closed.cause !== "left") complain(closed.reason);
  return exitCodeOf(closed);
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

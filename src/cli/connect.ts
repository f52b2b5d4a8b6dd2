import { Client } from "../client/client.ts";
import type { ClientEvent } from "../client/client_event.ts";
import type { ClientMemory } from "../client/client_memory.ts";
import { DEFAULT_ROOM } from "../protocol/messages.ts";
import { parseName, parseRoom } from "../protocol/names.ts";
import { type CloseStatus, runTerminal } from "../terminal/app.ts";
import { runPlain } from "../terminal/plain_app.ts";
import { DEFAULT_HOST, parseAddress } from "./address.ts";
import type { Arguments } from "./arguments.ts";
import type { CommandSpec, OptionSpec } from "./command.ts";
import { chooseName, dialer, exitCodeOf, NO_STATE_OPTION, openMemory } from "./dialing.ts";
import { readVariable } from "./environment.ts";
import { EXIT, type ExitCode, Failure } from "./exit_codes.ts";
import { runPipe } from "./pipe.ts";
import { complain, inputLines, Output } from "./standard_io.ts";

export const NAME_OPTION: OptionSpec = {
  name: "name",
  value: "NAME",
  default: "the system user's",
  help: "What others call you",
};

export const CONNECT: CommandSpec = {
  name: "connect",
  operands: "[ADDRESS]",
  maxOperands: 1,
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
  const address = parseAddress(args.operands[0] ?? DEFAULT_HOST);
  const rooms = parseRooms(args);
  const { name: asked, chosen } = chooseName(args, readVariable);
  const [room] = rooms as [string];
  const piped = !Deno.stdin.isTerminal() || !Deno.stdout.isTerminal() || args.flag("json");
  const complaints = new Complaints();
  // A pipe without a name is nobody who could come back.
  const memory = piped && !chosen ? undefined : openMemory(args, address, asked, (line) => complaints.add(line));
  const name = chosen ? asked : lastName(memory) ?? asked;
  const makeClient = (acceptSuggestion: boolean) => (onEvent: (event: ClientEvent) => void) =>
    new Client({ dial: dialer(address), name, acceptSuggestion, rooms, onEvent, memory });
  if (piped) return await runPipe({ client: makeClient(!chosen), room, json: args.flag("json") });
  const plain = args.flag("plain") || readVariable("TERM") === "dumb";
  complaints.hold();
  const closed = plain ? await plainTerminal(makeClient(true), room) : await liveTerminal(makeClient(true), room);
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

type MakeClient = (onEvent: (event: ClientEvent) => void) => Client;

async function liveTerminal(makeClient: MakeClient, room: string): Promise<CloseStatus> {
  return await runTerminal({ makeClient, room, color: (readVariable("NO_COLOR") ?? "") === "" });
}

async function plainTerminal(makeClient: MakeClient, room: string): Promise<CloseStatus> {
  const output = new Output(() => {});
  const closed = await runPlain({
    makeClient,
    room,
    input: typedLines(),
    write: (text) => output.write(text),
    now: Date.now,
  });
  await output.flushed();
  return closed;
}

async function* typedLines(): AsyncIterable<string> {
  for await (const line of inputLines()) {
    if (line === undefined) console.error("The line is no valid UTF-8 and was not sent");
    else yield line;
  }
}

/** The view has said already why it ended, unless there never was a chat. */
function finish(closed: CloseStatus): ExitCode {
  if (closed.cause !== "left") complain(closed.reason);
  return exitCodeOf(closed);
}

function parseRooms(args: Arguments): string[] {
  const rooms = args.list("room");
  if (rooms.length === 0) return [DEFAULT_ROOM];
  try {
    return [...new Set(rooms.map(parseRoom))];
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message.replace("Field room", "Option --room"));
  }
}

import { toText } from "@std/streams/to-text";
import { Client } from "../../client/client.ts";
import type { ClientEvent, Target } from "../../client/client_event.ts";
import { MAX_TEXT_BYTES, MAX_WRONG_PASSWORDS } from "../../protocol/limits.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type { PasswordKind } from "../../protocol/errors.ts";
import { parseName, parseRoom } from "../../protocol/text/names.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";
import type { Arguments } from "../args/arguments.ts";
import type { CommandSpec } from "../args/command_spec.ts";
import { NAME_OPTION } from "./connect.ts";
import { chooseName, chooseTls, dialer, exitCodeOf, TLS_OPTION } from "../joining/dialer.ts";
import { parseDestination } from "../joining/destination.ts";
import { readVariable } from "../platform/environment.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { missingPassword, PASSWORD_HINT } from "../joining/open_client.ts";
import { givenPassword, passwordOptions, promptPassword } from "../args/password_options.ts";
import { complain } from "../platform/standard_io.ts";

/** How long the acknowledgement may take, reconnects included. */
const SEND_TIMEOUT_MS = 30_000;

export const SEND: CommandSpec = {
  name: "send",
  operands: "ADDRESS TEXT...",
  maxOperands: Infinity,
  summary: "Sends one message and waits until it is acknowledged",
  options: [
    NAME_OPTION,
    { name: "room", value: "ROOM", default: DEFAULT_ROOM, help: "Room to send to" },
    { name: "to", value: "NAME", help: "Sends to one person instead" },
    ...passwordOptions("Password of the chat"),
    TLS_OPTION,
  ],
  examples: [
    { line: "send 127.0.0.1 build 42 is done", what: "a message to the lobby" },
    { line: "send 127.0.0.1 --to ada lunch", what: "a message to ada" },
    { line: "send 127.0.0.1 --room ops - < report.txt", what: "the text from standard input" },
  ],
  run: send,
};

async function send(args: Arguments): Promise<ExitCode> {
  const [to, ...words] = args.operands;
  if (to === undefined || words.length === 0) {
    throw new Failure(EXIT.usage, "An address and a text are needed: see send --help");
  }
  const destination = parseDestination([to]);
  const target = parseTarget(args, destination.room);
  const dial = dialer(destination.address, chooseTls(args, complain, destination));
  const given = destination.secret ?? givenPassword(args);
  const text = checkText(words.length === 1 && words[0] === "-" ? await readText() : words.join(" "));
  const { name, chosen } = chooseName(args, readVariable);
  const room = "room" in target ? target.room : destination.room ?? DEFAULT_ROOM;
  return await withPassword(given, async (password, onEvent) => {
    let refusal: string | undefined;
    const tell = (event: ClientEvent) => {
      onEvent(event);
      if (event.type === "failed") refusal = event.error.message;
      if (event.type === "acknowledged" && event.ack.waiting) {
        console.log(`${args.text("to")} is away: it waits for them`);
      }
    };
    const client = new Client({ dial, name, acceptSuggestion: !chosen, rooms: [room], password, onEvent: tell });
    return await deliver(client, target, text, () => refusal);
  });
}

/** Tries with another password while the one there is is wrong and somebody at the terminal has a better one. */
async function withPassword(
  given: string | undefined,
  attempt: (password: string | undefined, onEvent: (event: ClientEvent) => void) => Promise<ExitCode>,
): Promise<ExitCode> {
  let password = given;
  for (let attempts = 1;; attempts++) {
    let missing: PasswordKind | undefined;
    try {
      return await attempt(password, (event) => missing ??= missingPassword(event));
    } catch (error) {
      if (missing === undefined || !(error instanceof Failure)) throw error;
      complain(error.message);
      password = attempts < MAX_WRONG_PASSWORDS ? await promptPassword("Password:") : undefined;
      if (password === undefined) throw new Failure(error.code, PASSWORD_HINT);
    }
  }
}

async function deliver(
  client: Client,
  target: Target,
  text: string,
  refusal: () => string | undefined,
): Promise<ExitCode> {
  const timer = setTimeout(() => void client.close(), SEND_TIMEOUT_MS);
  client.start();
  client.send(target, text);
  await client.drained();
  const unsent = client.pending.length > 0;
  await client.close();
  clearTimeout(timer);
  const closed = await client.closed;
  const reason = refusal();
  if (reason !== undefined) throw new Failure(EXIT.refused, `Not sent: ${reason}`);
  if (!unsent) return EXIT.fine;
  if (closed.cause !== "left") throw new Failure(exitCodeOf(closed), closed.reason);
  throw new Failure(EXIT.lost, "Perhaps not sent: the server did not acknowledge it in time");
}

function parseTarget(args: Arguments, invited: string | undefined): Target {
  const room = args.text("room");
  const to = args.text("to");
  if (room !== undefined && to !== undefined) {
    throw new Failure(EXIT.usage, "Options --room and --to exclude each other: give one of them");
  }
  try {
    return to === undefined ? { room: parseRoom(room ?? invited ?? DEFAULT_ROOM) } : { to: parseName(to) };
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message);
  }
}

async function readText(): Promise<string> {
  try {
    const text = await toText(Deno.stdin.readable.pipeThrough(new TextDecoderStream("utf-8", { fatal: true })));
    return text.replace(/\r?\n$/, "");
  } catch (error) {
    const why = error instanceof TypeError ? "it is no valid UTF-8" : explain(error);
    throw new Failure(EXIT.usage, `Cannot read standard input: ${why}`, { cause: error });
  }
}

function checkText(text: string): string {
  const bytes = utf8Length(text);
  if (bytes >= 1 && bytes <= MAX_TEXT_BYTES) return text;
  throw new Failure(EXIT.usage, `The text has ${bytes} bytes: a message has 1 to ${MAX_TEXT_BYTES}`);
}

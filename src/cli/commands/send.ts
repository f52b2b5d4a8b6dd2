import { joinRights } from "./command_rights.ts";
import { toText } from "@std/streams/to-text";
import { Client } from "../../client/client.ts";
import type { ClientEvent } from "../../client/client_event.ts";
import type { OpenFileLink } from "../../client/files/file_ports.ts";
import { checkMessage, type Target } from "../../client/delivery/message_intent.ts";
import { MAX_WRONG_PASSWORDS } from "../../protocol/limits.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type { PasswordKind } from "../../protocol/errors.ts";
import { parseName, parseRoom } from "../../protocol/text/names.ts";
import type { Arguments } from "../args/arguments.ts";
import type { CommandSpec } from "../args/arguments.ts";
import {
  chooseName,
  NAME_OPTION,
  type NamePlan,
  NO_STATE_OPTION,
  parseOption,
  type PlanContext,
  planServer,
  type ServerPlan,
  TLS_OPTION,
} from "../joining/connect_plan.ts";
import { openClientKey } from "../joining/client_key.ts";
import { openSharedMemory } from "../joining/client_storage.ts";
import type { FileDelivery, FileDeliveryPlan } from "../joining/file_delivery.ts";
import { createDialer, exitCodeOf, PLAN_CONTEXT } from "../joining/dialer.ts";
import { parseDestination } from "../joining/destination.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { missingPassword, PASSWORD_HINT } from "../joining/open_client.ts";
import { passwordOptions, promptPassword } from "../args/password_options.ts";
import { onSignals } from "../platform/process_signals.ts";
import { complain, standardInput } from "../platform/standard_io.ts";

/** How long the acknowledgement may take, including reconnects. */
const SEND_TIMEOUT_MS = 30_000;

export const SEND: CommandSpec = {
  name: "send",
  operands: "ADDRESS [TEXT...]",
  maxOperands: Infinity,
  summary: "Sends a message or files, and waits for the acknowledgement",
  options: [
    NAME_OPTION,
    { name: "room", value: "ROOM", default: DEFAULT_ROOM, help: "Room to send to" },
    { name: "to", value: "NAME", help: "Sends to this member instead" },
    { name: "file", value: "FILE", repeatable: true, help: "Sends this file; TEXT goes with the first one" },
    ...passwordOptions("Password of the chat"),
    TLS_OPTION,
    NO_STATE_OPTION,
  ],
  examples: [
    { line: "send 127.0.0.1 build 42 is done", what: "sends a message to the lobby" },
    { line: "send 127.0.0.1 --to ada lunch", what: "sends a direct message to ada" },
    { line: "send 127.0.0.1 --file report.pdf as promised", what: "sends a file with a text" },
    { line: "send 127.0.0.1 --room ops - < report.txt", what: "reads the text from standard input" },
  ],
  rights: joinRights,
  run: send,
};

/** Everything that `send` needs to know before it runs. */
export interface SendPlan extends ServerPlan, NamePlan {
  readonly target: Target;
  /** The room to join in order to send. */
  readonly room: string;
  /** `undefined` reads the text from standard input. Empty only with files. */
  readonly text: string | undefined;
  /** Paths of files to send. */
  readonly files: readonly string[];
  readonly password: string | undefined;
}

/** Resolves `send`. Throws a usage failure. */
export function planSend(args: Arguments, context: PlanContext): SendPlan {
  const [to, ...words] = args.operands;
  const files = args.list("file");
  if (to === undefined || (words.length === 0 && files.length === 0)) {
    throw new Failure(EXIT.usage, "Missing ADDRESS or TEXT: see send --help");
  }
  const destination = parseDestination([to]);
  const target = parseTarget(args, destination.room);
  return {
    ...planServer(args, destination, context),
    ...chooseName(args, context.env),
    target,
    room: "room" in target ? target.room : destination.room ?? DEFAULT_ROOM,
    text: words.length === 1 && words[0] === "-" ? undefined : checkText(target, words.join(" "), files),
    files,
    password: destination.secret ?? context.givenPassword(args),
  };
}

async function send(args: Arguments): Promise<ExitCode> {
  const { name, nameChosen, target, room, ...plan } = planSend(args, PLAN_CONTEXT);
  const { dial, chatServers, openLink, dialedHost, seenCertificate } = createDialer(plan, complain);
  const { address, stateFolder: folder, files } = plan;
  // The user's other client may be connected: this is a further session of the same member. Without such a client nothing is kept.
  const memory = nameChosen ? openSharedMemory(folder, address, name) : undefined;
  const identity = memory && openClientKey({ folder, address, name, dialedHost, seenCertificate });
  const text = plan.text ?? checkText(target, await readText(), files);
  const content = { target, text, files };
  return await withPassword(plan.password, async (password, onEvent) => {
    let refusal: string | undefined;
    const listener = (event: ClientEvent) => {
      onEvent(event);
      if (event.type === "failed") refusal = event.error.message;
      if (event.type === "acknowledged" && event.ack.waiting && "to" in target) {
        console.log(`${target.to} is not connected: the message waits for them`);
      }
    };
    const delivery = files.length === 0 ? undefined : await openDelivery(content, openLink);
    const client = new Client({
      dial,
      ...chatServers(),
      name,
      acceptSuggestion: !nameChosen,
      rooms: [room],
      password,
      onEvent: delivery?.following(listener) ?? listener,
      memory,
      identity,
    });
    const post = delivery === undefined ? () => void client.send(target, text) : () => delivery.run(client);
    return await deliver(client, post, () => refusal);
  });
}

/** Repeats the attempt with a password from the terminal while the current one is wrong. */
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

/** Only a delivery of files loads what that needs. */
async function openDelivery(plan: FileDeliveryPlan, openLink: OpenFileLink): Promise<FileDelivery> {
  const { FileDelivery, showProgressRow } = await import("../joining/file_delivery.ts");
  const delivery = new FileDelivery(plan, openLink, showProgressRow);
  onSignals((count) => count > 1 ? Deno.exit(EXIT.lost) : delivery.cancel());
  return delivery;
}

/** `post` queues the messages. */
async function deliver(
  client: Client,
  post: () => void | Promise<void>,
  refusal: () => string | undefined,
): Promise<ExitCode> {
  client.start();
  try {
    await post();
  } catch (error) {
    await client.close();
    throw error;
  }
  const timer = setTimeout(() => void client.close(), SEND_TIMEOUT_MS);
  await client.drained();
  const unsent = client.pending.length > 0;
  await client.close();
  clearTimeout(timer);
  const closed = await client.closed;
  const reason = refusal();
  if (reason !== undefined) throw new Failure(EXIT.refused, `Not sent: ${reason}`);
  if (!unsent) return EXIT.fine;
  if (closed.cause !== "left") throw new Failure(exitCodeOf(closed), closed.reason);
  throw new Failure(EXIT.lost, "Perhaps not sent: the server did not acknowledge the message in time");
}

function parseTarget(args: Arguments, invited: string | undefined): Target {
  const room = args.text("room");
  const to = args.text("to");
  if (room !== undefined && to !== undefined) {
    throw new Failure(EXIT.usage, "Options --room and --to cannot be combined: use only one of them");
  }
  return to === undefined
    ? { room: parseOption(room ?? invited ?? DEFAULT_ROOM, parseRoom) }
    : { to: parseOption(to, parseName) };
}

async function readText(): Promise<string> {
  try {
    const text = await toText(standardInput().pipeThrough(new TextDecoderStream("utf-8", { fatal: true })));
    return text.replace(/\r?\n$/, "");
  } catch (error) {
    const why = error instanceof TypeError ? "it is not valid UTF-8" : explain(error);
    throw new Failure(EXIT.usage, `Cannot read standard input: ${why}`, { cause: error });
  }
}

/** Throws a usage error if the text cannot be a message. */
function checkText(target: Target, text: string, files: readonly string[]): string {
  if (text === "" && files.length > 0) return text;
  try {
    checkMessage({ ref: "", target, text });
    return text;
  } catch (error) {
    throw new Failure(EXIT.usage, explain(error), { cause: error });
  }
}

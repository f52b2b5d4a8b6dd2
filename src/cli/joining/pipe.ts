import type { Client } from "../../client/client.ts";
import type { ClientEvent } from "../../client/client_event.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import { roomOfJoinRef } from "../../client/join_ref.ts";
import { MAX_PENDING_MESSAGES, MAX_TEXT_BYTES } from "../../protocol/limits.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";
import { sanitizeJson } from "../../protocol/text/sanitize.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";
import { createPlainOutput } from "../../terminal/plain/plain_output.ts";
import { exitCodeOf } from "./dialer.ts";
import { EXIT, type ExitCode } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { onSignals } from "../platform/program.ts";
import { complain, inputLines, Output } from "../platform/standard_io.ts";

export interface PipeOptions {
  readonly client: (onEvent: ClientListener) => Client;
  /** Where the lines go. */
  readonly room: string;
  /** Events as they came, instead of lines for people. */
  readonly json: boolean;
}

/** Standard input becomes messages, a line each, and events become standard output. Complaints go to standard error. */
export async function runPipe({ client: makeClient, room, json }: PipeOptions): Promise<ExitCode> {
  let failed = false;
  const online = Promise.withResolvers<void>();
  const output = new Output(() => void client.close());
  const show = json ? jsonOutput() : plainOutput(room);
  const complaintOf = complaints();
  const client = makeClient((event, state, before) => {
    output.write(show(event, state, before));
    const complaint = complaintOf(event);
    if (complaint !== undefined) complain(complaint);
    failed ||= event.type === "failed";
    if (event.type === "status" && event.status.kind === "online") online.resolve();
  });
  onSignals((count) => count > 1 ? Deno.exit(EXIT.lost) : void client.close());
  client.start();
  const unfit = (why: string) => {
    failed = true;
    complain(why);
  };
  sendAll(client, room, online.promise, unfit).catch((error) => {
    unfit(`Cannot read standard input: ${explain(error)}`);
    void client.close();
  });
  const closed = await client.closed;
  await output.flushed();
  if (client.pending.length > 0) {
    const { length } = client.pending;
    const what = length === 1 ? "1 message was" : `${length} messages were`;
    const next = client.remembers ? ": run again with the same name to send the rest" : "";
    console.error(`${what} not acknowledged${next}`);
    return closed.cause === "left" ? EXIT.lost : exitCodeOf(closed);
  }
  if (closed.cause !== "left") return exitCodeOf(closed);
  return failed ? EXIT.refused : EXIT.fine;
}

/** Resolves at the end of input, when all is acknowledged and we have left. `unfit` is told of what cannot be sent. */
async function sendAll(
  client: Client,
  room: string,
  online: Promise<void>,
  unfit: (why: string) => void,
): Promise<void> {
  let number = 0;
  for await (const line of inputLines()) {
    number++;
    if (line === "") continue;
    if (client.pending.length >= MAX_PENDING_MESSAGES) await client.drained();
    if (client.status.kind === "closed") break;
    const fault = faultOf(line);
    if (line === undefined || fault !== undefined) unfit(`Line ${number} ${fault}`);
    else client.send({ room }, line);
  }
  // Even without a word to say, whether the server can be reached is worth an exit code.
  await Promise.race([online, client.closed]);
  await client.drained();
  await client.close();
}

/** Why a line of input can be no message. */
function faultOf(line: string | undefined): string | undefined {
  if (line === undefined) return "is not valid UTF-8 and was not sent";
  const bytes = utf8Length(line);
  if (bytes <= MAX_TEXT_BYTES) return undefined;
  return `has ${bytes} bytes and was not sent: a message may have ${MAX_TEXT_BYTES}`;
}

function jsonOutput(): (event: ClientEvent) => string {
  return (event) => event.type === "received" ? sanitizeJson(event.line) + "\n" : "";
}

function plainOutput(room: string): (...args: Parameters<ClientListener>) => string {
  const lines = createPlainOutput({ room, now: new Date().toISOString() });
  return (event, ...states) => isComplaint(event) ? "" : lines(event, ...states).map((line) => `${line}\n`).join("");
}

/** What goes wrong does not belong into the output. */
function isComplaint(event: ClientEvent): boolean {
  return event.type === "status" || event.type === "failed" ||
    (event.type === "received" && event.event?.type === "error");
}

/** Messages and rooms that are refused; one line when the connection is lost, one when it is back. */
function complaints(): (event: ClientEvent) => string | undefined {
  let lost = false;
  let chatting = false;
  return (event) => {
    if (event.type === "failed") return `Not sent: ${event.error.message}`;
    if (event.type === "received") return chatting ? refusedRoom(event.event) : undefined;
    if (event.type !== "status") return undefined;
    const { status } = event;
    chatting ||= status.kind === "online";
    const wasLost = lost;
    if (status.kind !== "connecting") lost = status.kind === "waiting";
    if (status.kind === "waiting" && !wasLost) return `${status.reason}; reconnecting`;
    if (status.kind === "online" && wasLost) return "Reconnected";
    return status.kind === "closed" && status.cause !== "left" ? status.reason : undefined;
  };
}

/** A first join that is refused ends the client, which says why itself. */
function refusedRoom(event: ServerEvent | undefined): string | undefined {
  if (event?.type !== "error" || event.ref === undefined) return undefined;
  const room = roomOfJoinRef(event.ref);
  return room === undefined ? undefined : `Cannot join #${room}: ${event.message}`;
}

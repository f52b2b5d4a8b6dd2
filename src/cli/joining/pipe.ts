import type { Client } from "../../client/client.ts";
import type { ClientEvent } from "../../client/client_event.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import { roomOfJoinRef } from "../../client/join/join_requests.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";
import { sanitizeJson } from "../../protocol/text/sanitize.ts";
import { createPlainOutput, plainLine } from "../../terminal/plain/plain_output.ts";
import { exitCodeOf } from "./dialer.ts";
import { EXIT, type ExitCode } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { onSignals } from "../platform/process_signals.ts";
import { complain, inputLines, Output } from "../platform/standard_io.ts";

export interface PipeOptions {
  readonly client: (onEvent: ClientListener) => Client;
  /** The room that the lines are sent to. */
  readonly room: string;
  /** Whether events are printed as received JSON instead of text. */
  readonly json: boolean;
}

/** Sends each line of standard input as a message and prints the events. Errors go to standard error. */
export async function runPipe({ client: makeClient, room, json }: PipeOptions): Promise<ExitCode> {
  let failed = false;
  const online = Promise.withResolvers<void>();
  const output = new Output(() => void client.close());
  const show = json ? jsonOutput() : plainOutput(room);
  const problemOfEvent = problems();
  const client = makeClient((event, state, before) => {
    output.write(show(event, state, before));
    const problem = problemOfEvent(event);
    if (problem !== undefined) complain(problem);
    failed ||= event.type === "failed";
    if (event.type === "status" && event.status.kind === "online") online.resolve();
  });
  onSignals((count) => count > 1 ? Deno.exit(EXIT.lost) : void client.close());
  client.start();
  const reject = (why: string) => {
    failed = true;
    complain(why);
  };
  sendAll(client, room, online.promise, reject).catch((error) => {
    reject(`Cannot read standard input: ${explain(error)}`);
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

/**
 * Resolves at the end of input, once all is acknowledged and the client has left. `reject` gets the
 * reason of each unsent line.
 */
async function sendAll(
  client: Client,
  room: string,
  online: Promise<void>,
  reject: (why: string) => void,
): Promise<void> {
  let number = 0;
  for await (const line of inputLines()) {
    number++;
    if (line === "") continue;
    if (client.isFull) await client.drained();
    if (client.status.kind === "closed") break;
    const error = line === undefined ? "it is not valid UTF-8" : trySend(client, room, line);
    if (error !== undefined) reject(`Line ${number} was not sent: ${error}`);
  }
  // Even without input the exit code must tell whether the server can be reached.
  await Promise.race([online, client.closed]);
  await client.drained();
  await client.close();
}

/** Queues a line. Returns the reason if it cannot be a message. */
function trySend(client: Client, room: string, line: string): string | undefined {
  try {
    client.send({ room }, line);
    return undefined;
  } catch (error) {
    return explain(error);
  }
}

function jsonOutput(): (event: ClientEvent) => string {
  return (event) => event.type === "received" ? sanitizeJson(event.line) + "\n" : "";
}

function plainOutput(room: string): (...args: Parameters<ClientListener>) => string {
  const lines = createPlainOutput({ room, now: new Date().toISOString() });
  return (event, ...states) => isProblem(event) ? "" : lines(event, ...states).map((line) => `${line}\n`).join("");
}

/** Errors and status changes go to standard error, not into the output. */
function isProblem(event: ClientEvent): boolean {
  return event.type === "status" || event.type === "failed" || event.type === "falseSignature" ||
    (event.type === "received" && event.event?.type === "error");
}

/** Reports refused messages and rooms, a lost connection, and its return, each once. */
function problems(): (event: ClientEvent) => string | undefined {
  let lost = false;
  let chatting = false;
  return (event) => {
    if (event.type === "failed") return `Not sent: ${event.error.message}`;
    if (event.type === "falseSignature") return plainLine(event).join(" ");
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

/** Reports a refused room. A refused first join instead closes the client, which reports it. */
function refusedRoom(event: ServerEvent | undefined): string | undefined {
  if (event?.type !== "error" || event.ref === undefined) return undefined;
  const room = roomOfJoinRef(event.ref);
  return room === undefined ? undefined : `Cannot join #${room}: ${event.message}`;
}

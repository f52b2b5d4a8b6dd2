import type { Client } from "../client/client.ts";
import type { ClientEvent } from "../client/client_event.ts";
import { MAX_PENDING_MESSAGES, MAX_TEXT_BYTES } from "../protocol/limits.ts";
import { utf8Length } from "../protocol/text.ts";
import { createPlainOutput } from "../terminal/plain_output.ts";
import { exitCodeOf } from "./dialing.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { onSignals } from "./signals.ts";
import { inputLines, Output } from "./standard_io.ts";

export interface PipeOptions {
  readonly client: (onEvent: (event: ClientEvent) => void) => Client;
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
  const client = makeClient((event) => {
    output.write(show(event));
    const complaint = complaintOf(event);
    if (complaint !== undefined) console.error(complaint);
    failed ||= event.type === "failed";
    if (event.type === "status" && event.status.kind === "online") online.resolve();
  });
  onSignals((count) => count > 1 ? Deno.exit(EXIT.lost) : void client.close());
  client.start();
  const refused = sendAll(client, room, online.promise);
  const closed = await client.closed;
  await output.flushed();
  if (client.pending.length > 0) {
    const next = client.remembers ? ": they go at the next start under this name" : "";
    console.error(`${client.pending.length} messages were never acknowledged${next}`);
    return closed.cause === "left" ? EXIT.lost : exitCodeOf(closed);
  }
  if (closed.cause !== "left") return exitCodeOf(closed);
  return failed || await Promise.race([refused, false]) ? EXIT.refused : EXIT.fine;
}

/** Resolves at the end of input, when all is acknowledged and we have left, with whether something was not fit to be sent. */
async function sendAll(client: Client, room: string, online: Promise<void>): Promise<boolean> {
  let unfit = false;
  let number = 0;
  for await (const line of inputLines()) {
    number++;
    if (line === "") continue;
    if (client.pending.length >= MAX_PENDING_MESSAGES) await client.drained();
    if (client.status.kind === "closed") break;
    unfit = !sendLine(client, room, line, number) || unfit;
  }
  // Even without a word to say, whether the server can be reached is worth an exit code.
  await Promise.race([online, client.closed]);
  await client.drained();
  await client.close();
  return unfit;
}

function sendLine(client: Client, room: string, line: string, number: number): boolean {
  const bytes = utf8Length(line);
  if (bytes > MAX_TEXT_BYTES) {
    console.error(`Line ${number} has ${bytes} bytes and was not sent: a message may have ${MAX_TEXT_BYTES}`);
    return false;
  }
  client.send({ room }, line);
  return true;
}

function jsonOutput(): (event: ClientEvent) => string {
  return (event) => event.type === "received" ? event.line + "\n" : "";
}

function plainOutput(room: string): (event: ClientEvent) => string {
  const lines = createPlainOutput({ room, now: new Date().toISOString() });
  return (event) => event.type === "status" ? "" : lines(event).map((line) => `${line}\n`).join("");
}

/** What goes wrong with the connection does not belong into the output. */
function complaintOf(event: ClientEvent): string | undefined {
  if (event.type === "failed") return `Not sent: ${event.error.message}`;
  if (event.type !== "status") return undefined;
  const { status } = event;
  if (status.kind === "waiting") return `${status.reason}; trying again`;
  return status.kind === "closed" && status.cause !== "left" ? status.reason : undefined;
}

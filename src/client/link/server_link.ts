/** One connection to a server: reads and writes its lines, and ends it when it is dead. Knows nothing of rooms. */

import { ProtocolError } from "../../protocol/errors.ts";
import { CONNECT_TIMEOUT_MS, LINGER_MS, WRITE_JOIN_BYTES } from "../../protocol/limits.ts";
import type { ClientCommand, ServerEvent } from "../../protocol/messages/messages.ts";
import { parseEvent } from "../../protocol/messages/validate.ts";
import type { Connection, Frame } from "../../transports/connection.ts";
import type { Clock } from "../clock.ts";
import { type LinkEnd, lost } from "./link_end.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { GatedLink, LineGate, OpenGate } from "./line_gate.ts";
import { LineWriter } from "./line_writer.ts";

/** The content type of a TLS alert record, here: the client does not speak TLS. RFC 8446, section 5.1. */
const TLS_ALERT = 0x15;

export interface ServerLinkOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  /** Each line in order, from `welcome` on; not called after the link has ended. */
  readonly onLine: (line: string, event: ServerEvent | undefined) => void;
  /** Called before each write. Must not throw. */
  readonly beforeWrite?: () => void;
  /** Has the server prove something before its `welcome` counts. Default: it counts at once. */
  readonly openGate?: OpenGate | undefined;
  /** Whether this is not the server at the address that the user gave, but another one of the chat. Default: false. */
  readonly isOther?: boolean;
  /** How long `welcome` may take, `CONNECT_TIMEOUT_MS` by default. */
  readonly patienceMs?: number;
  /** Whether a silent server is given up after `REPLACEABLE_CHECK_MS`, because there are others. */
  readonly isReplaceable?: () => boolean;
}

export class ServerLink implements GatedLink {
  readonly #connection: Connection;
  readonly #onLine: ServerLinkOptions["onLine"];
  readonly #writer: LineWriter;
  readonly #heartbeat: Heartbeat;
  readonly #life = new AbortController();
  readonly #ended = Promise.withResolvers<LinkEnd>();
  readonly isOther: boolean;
  readonly #patienceMs: number;
  readonly #gate: LineGate | undefined;
  #greeted = false;

  constructor(options: ServerLinkOptions) {
    const { connection, clock, onLine, beforeWrite, isReplaceable, openGate, patienceMs = CONNECT_TIMEOUT_MS } =
      options;
    this.isOther = options.isOther ?? false;
    this.#patienceMs = patienceMs;
    this.#connection = connection;
    this.#onLine = onLine;
    const onError = (error: unknown) => this.#endUnread(lost(lossOf(error)), clock);
    this.#writer = new LineWriter(connection, onError, beforeWrite);
    this.#heartbeat = new Heartbeat({
      clock,
      signal: this.signal,
      isReplaceable,
      ping: () => this.send({ type: "ping" }),
      onDead: (silentMs) => this.end(lost(`No data from the server for ${silentMs / 1_000} s`)),
    });
    this.#gate = openGate?.(this);
    clock.after(patienceMs, () => this.#giveUpGreeting(), this.signal);
  }

  /** Aborted when the link ends. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** Resolves with how the link ended; never rejects. */
  get ended(): Promise<LinkEnd> {
    return this.#ended.promise;
  }

  /** Whether `welcome` has arrived, and counts. */
  get greeted(): boolean {
    return this.#greeted;
  }

  /** Identifies this end as a JSON client and reads until the end. Call it once. */
  open(): void {
    this.send({ type: "ping" });
    void this.#read();
  }

  /** Does nothing once the link has ended. */
  send(command: ClientCommand): void {
    this.#writer.write(commandLine(command));
    // A command with a ref gets a reply.
    if (command.ref !== undefined && command.type !== "pong") this.#heartbeat.sent();
  }

  /** Pings the server, and ends the link unless data arrives within `LINK_CHECK_MS`. Before `welcome` it does nothing. */
  check(): void {
    if (this.#greeted) this.#heartbeat.check();
  }

  /** Closes the connection. Only the first call counts. */
  end(ending: LinkEnd): void {
    if (this.signal.aborted) return;
    this.#life.abort();
    this.#writer.stop();
    this.#connection.close();
    this.#ended.resolve(ending);
  }

  /** After a failed write: the server's reason for closing may still be unread, so reading goes on for `LINGER_MS`. */
  #endUnread(ending: LinkEnd, clock: Clock): void {
    clock.after(LINGER_MS, () => this.end(ending), this.signal);
  }

  async #read(): Promise<void> {
    const reader = this.#connection.frames.getReader();
    this.signal.addEventListener("abort", () => reader.cancel().catch(() => {}), { once: true });
    while (!this.signal.aborted) {
      const batch = await reader.read().then(({ value }) => value, (error: unknown) => lost(lossOf(error)));
      if (batch === undefined) this.end(lost(this.#endOfStream()));
      else if ("kind" in batch) this.end(batch);
      else this.#take(batch);
    }
  }

  #take(batch: readonly Frame[]): void {
    this.#heartbeat.received();
    for (const frame of batch) {
      if (this.signal.aborted) return;
      if (typeof frame === "string") this.#takeLine(frame);
      else if (frame instanceof ProtocolError) this.end(lost(`Cannot read the server: ${frame.message}`));
    }
  }

  #takeLine(raw: string): void {
    const line = this.#greeted ? raw : withoutPrompt(raw);
    if (line === undefined) return;
    const event = eventOfLine(line);
    if (this.#greeted || this.#gate === undefined) this.pass(line, event);
    else this.#gate.receive(line, event);
    if (event?.type === "ping") this.#pong(event.ref);
  }

  /** Passes a line to the client: for a gate, which must not pass any after `welcome`. */
  pass(line: string, event: ServerEvent | undefined): void {
    if (this.signal.aborted) return;
    if (event?.type === "welcome") this.#greeted = true;
    this.#onLine(line, event);
  }

  /**
   * The server may take the pong as the receipt of all earlier lines, and they have all been handled.
   * A server that pings faster than it reads gets no more pongs than fit in one write.
   */
  #pong(ref: string | undefined): void {
    if (this.#writer.queuedChars < WRITE_JOIN_BYTES) this.send({ type: "pong", ref });
  }

  #giveUpGreeting(): void {
    if (this.#greeted) return;
    const what = this.#gate === undefined ? "welcome" : "proof of a host";
    this.end(lost(`No ${what} within ${this.#patienceMs / 1_000} s: is it a Confab server?`));
  }

  #endOfStream(): string {
    if (this.#greeted) return "The server closed the connection";
    if (this.#connection.firstByte === TLS_ALERT) {
      return "This server speaks TLS: connect with --tls, or with its invite";
    }
    return "Closed without a welcome: is it a Confab server?";
  }
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function lossOf(error: unknown): string {
  return `Connection lost: ${errorMessage(error)}`;
}

/** The line of a command, with its terminator. */
export function commandLine(command: ClientCommand): string {
  return JSON.stringify(command) + "\n";
}

/** The event of a line; `undefined` if the line is not JSON, has an unknown type, or has an invalid field. */
export function eventOfLine(line: string): ServerEvent | undefined {
  try {
    return parseEvent(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ProtocolError) return undefined;
    throw error;
  }
}

const WELCOME = '{"type":"welcome"';

/**
 * Removes a prompt from a line that arrives before `welcome`. A server that took the client for a person on nc may have
 * written one, and its last line has no terminator, so `welcome` follows on the same line. Returns `undefined` if the line
 * holds no JSON.
 */
export function withoutPrompt(line: string): string | undefined {
  if (line.startsWith("{")) return line;
  const start = line.indexOf(WELCOME);
  return start < 0 ? undefined : line.slice(start);
}

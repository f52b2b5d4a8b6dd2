import { eventOfLine, withoutPrompt } from "../../client/link/server_link.ts";
import { MAX_DOCTOR_LINES } from "../../protocol/limits.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";
import type { Connection } from "../../transports/connection.ts";

/** The answer of a program to the first lines of a client. The texts are not sanitized. */
export type Answer =
  | Welcome
  /** A Confab server that admits no connection now. */
  | { readonly kind: "refused"; readonly text: string }
  /** Another program, with its first line. */
  | { readonly kind: "foreign"; readonly line: string }
  /** `began`: it sent something, but no line. */
  | { readonly kind: "silent"; readonly began: boolean };

export interface Welcome {
  readonly kind: "welcome";
  readonly title: string;
  readonly version: string;
  readonly protocol: number;
  /** The id of the chat. */
  readonly chat: string;
  /** The addresses of the servers of the chat, this one first; empty if it is the only one. */
  readonly servers: readonly string[];
  /** The time of the fastest of `PINGS`; `undefined` if the server did not answer in time. */
  readonly roundTripMs?: number;
  /** How far the server's clock is ahead of this machine's; `undefined` if the server does not tell its time. */
  readonly aheadMs?: number;
}

/** The clocks of this machine, both in milliseconds. */
export interface Clocks {
  /** Since the epoch. */
  readonly now: () => number;
  /** Monotonic. */
  readonly stopwatch: () => number;
}

/** The first answer includes the opening of the session, so it is not measured. */
const PINGS = 3;

/**
 * Asks a server who it is, without joining. Reads at most `MAX_DOCTOR_LINES` lines, each within the protocol's limit.
 * Ends with what has arrived when the signal aborts. The caller closes the connection.
 */
export async function converse(connection: Connection, clocks: Clocks, signal: AbortSignal): Promise<Answer> {
  const conversation = new Conversation(connection, clocks);
  const stop = () => connection.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await conversation.run();
  } catch {
    // The link is lost: what has arrived is the answer.
  } finally {
    signal.removeEventListener("abort", stop);
  }
  return conversation.answer;
}

class Conversation {
  readonly #connection: Connection;
  readonly #clocks: Clocks;
  #welcome: Welcome | undefined;
  #refusal: string | undefined;
  #foreign: string | undefined;
  #sentAt = 0;
  #pings = 0;

  constructor(connection: Connection, clocks: Clocks) {
    this.#connection = connection;
    this.#clocks = clocks;
  }

  get answer(): Answer {
    if (this.#welcome !== undefined) return this.#welcome;
    if (this.#refusal !== undefined) return { kind: "refused", text: this.#refusal };
    if (this.#foreign !== undefined) return { kind: "foreign", line: this.#foreign };
    return { kind: "silent", began: this.#connection.firstByte !== undefined };
  }

  /** Resolves when everything is known, or the server has sent too much. */
  async run(): Promise<void> {
    await this.#ping();
    let lines = 0;
    for await (const frames of this.#connection.frames) {
      for (const frame of frames) {
        if (++lines > MAX_DOCTOR_LINES) return;
        if (typeof frame !== "string") return;
        if (await this.#take(frame)) return;
      }
    }
  }

  /** Returns true after the last line that is of interest. */
  async #take(raw: string): Promise<boolean> {
    const line = this.#welcome === undefined ? withoutPrompt(raw) : raw;
    const event = line === undefined ? undefined : eventOfLine(line);
    if (event === undefined) {
      this.#foreign ??= raw;
      return false;
    }
    return await this.#takeEvent(event);
  }

  async #takeEvent(event: ServerEvent): Promise<boolean> {
    if (event.type === "welcome") {
      const { protocol, server: { id, name, version }, servers = [] } = event;
      this.#welcome = { kind: "welcome", title: name, version, protocol, chat: id, servers };
    } else if (event.type === "error") {
      this.#refusal = event.message;
      return true;
    } else if (event.type === "pong" && this.#welcome !== undefined && event.ref === String(this.#pings)) {
      this.#measure(this.#welcome, event.at);
      if (this.#pings === PINGS) return true;
      await this.#ping();
    }
    return event.type === "goodbye";
  }

  /** The server read its clock about half a round trip ago, so the fastest answer tells its time best (Cristian's algorithm). */
  #measure(welcome: Welcome, at: string | undefined): void {
    const roundTripMs = this.#clocks.stopwatch() - this.#sentAt;
    if (this.#pings === 1 || roundTripMs >= (welcome.roundTripMs ?? Infinity)) return;
    const serverMs = Date.parse(at ?? "");
    const aheadMs = Number.isNaN(serverMs) ? undefined : serverMs - (this.#clocks.now() - roundTripMs / 2);
    this.#welcome = { ...welcome, roundTripMs, aheadMs };
  }

  async #ping(): Promise<void> {
    this.#pings++;
    this.#sentAt = this.#clocks.stopwatch();
    await this.#connection.write(new TextEncoder().encode(`{"type":"ping","ref":"${this.#pings}"}\n`));
  }
}

/** Keeps a link to a server of the chat: dials, waits after each loss and dials again, until there is a reason to stop. */

import { MAX_QUICK_LOSSES, RECONNECT_FIRST_MS, RECONNECT_MAX_MS, STEADY_LINK_MS } from "../../protocol/limits.ts";
import type { CloseCause, Status } from "../client_event.ts";
import type { Clock } from "../clock.ts";
import type { ClientSession } from "../client_session.ts";
import { type Dial, dialInTime, Untrusted } from "./dial.ts";
import type { OpenGate } from "./line_gate.ts";
import { LEAVE_WAIT_MS, LEFT, type LinkEnd, lost, untrusted } from "./link_end.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";
import { errorMessage, ServerLink } from "./server_link.ts";
import type { ServerRoute } from "./server_route.ts";

export type Closed = Extract<Status, { kind: "closed" }>;

export interface ReconnectorOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retryFirst: boolean;
  readonly session: ClientSession;
  /** Absent for clients that stay with one address. */
  readonly route: ServerRoute | undefined;
  /** Has each server prove something before its `welcome` counts. */
  readonly openGate: OpenGate | undefined;
  readonly onStatus: (status: Status) => void;
  /** Called before each write to a link. Must not throw. */
  readonly beforeWrite: () => void;
}

export class Reconnector {
  readonly #options: ReconnectorOptions;
  readonly #stop = new AbortController();
  #link: ServerLink | undefined;
  #endSleep: (() => void) | undefined;
  /** Whether the current wait is only ours: the server did not ask for it. */
  #mayHurry = false;
  #closing = false;
  /** Links in a row that were lost within `STEADY_LINK_MS`, without those that never were online. */
  #quickLosses = 0;

  constructor(options: ReconnectorOptions) {
    this.#options = options;
  }

  /** Resolves with the closed status, which `onStatus` does not receive. Never rejects. Call it once. */
  async run(): Promise<Closed> {
    const { clock, session, onStatus, random, route } = this.#options;
    let attempt = 0;
    let waits = 0;
    for (;;) {
      attempt++;
      onStatus({ kind: "connecting", attempt });
      const since = clock.now();
      const end = await this.#useLink();
      const wasUseful = this.#wasUseful(clock.now() - since);
      if (session.online) attempt = 0;
      if (wasUseful || end.kind === "again") attempt = waits = 0;
      session.linkLost();
      if (end.kind === "again" && !this.#closing) continue;
      let ms = this.#closing ? undefined : route?.next(end, wasUseful);
      this.#mayHurry = true;
      if (ms === undefined) {
        const cause = this.#stopCause(end);
        if (cause !== undefined) return { kind: "closed", cause, reason: end.reason, ...this.#verdict(end) };
        waits++;
        const askedMs = route?.nextRound() ?? (end.kind === "lost" ? end.retryAfterMs : 0);
        ms = askedMs + reconnectDelay(waits, random);
        this.#mayHurry = askedMs === 0;
      }
      onStatus({ kind: "waiting", retryAt: clock.now() + ms, reason: end.reason });
      await this.#sleep(ms);
      if (this.#closing) return LEFT;
    }
  }

  /**
   * Checks the link now; without one, ends the wait for the next attempt, unless the server asked for the wait.
   * An attempt that is under way goes on.
   */
  checkLink(): void {
    if (this.#closing) return;
    if (this.#link !== undefined) this.#link.check();
    else if (this.#mayHurry) this.#endSleep?.();
  }

  /** Sends `leave`, waits up to 2 s for the server to close, and ends. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    const link = this.#link;
    if (link?.greeted === true) {
      this.#options.session.sendLeave();
      this.#options.clock.after(LEAVE_WAIT_MS, () => link.end(LEFT), link.signal);
    } else {
      this.#stop.abort();
      this.#endSleep?.();
      link?.end(LEFT);
    }
  }

  /** Whether the link was online, and not one of many that were lost at once: after such a link the waits must go on growing. */
  #wasUseful(lastedMs: number): boolean {
    if (!this.#options.session.online) return false;
    this.#quickLosses = lastedMs < STEADY_LINK_MS ? this.#quickLosses + 1 : 0;
    return this.#quickLosses <= MAX_QUICK_LOSSES;
  }

  #stopCause(end: LinkEnd): CloseCause | undefined {
    if (this.#closing) return "left";
    const { retryFirst, session, route } = this.#options;
    const mayRetry = retryFirst || session.mayReturn || route?.isHasty;
    return end.kind === "lost" && mayRetry ? undefined : end.cause;
  }

  /** The cause and the reason to show when no server of the chat could be used. */
  #verdict(end: LinkEnd): Pick<Closed, "cause" | "reason"> | undefined {
    return end.kind === "lost" && !this.#closing ? this.#options.route?.verdict(end) : undefined;
  }

  /** Dials one link and resolves with how it ended. */
  async #useLink(): Promise<LinkEnd> {
    const { dial, clock, session, beforeWrite, route, openGate } = this.#options;
    const server = route?.server;
    const patienceMs = route?.patienceMs;
    route?.dialing();
    try {
      const connection = await dialInTime((signal) => dial(signal, server), clock, this.#stop.signal, patienceMs);
      route?.connected(connection.remoteAddress);
      const link: ServerLink = this.#link = new ServerLink({
        ...{ connection, clock, beforeWrite, patienceMs, openGate, isOther: server !== undefined },
        isReplaceable: () => session.hasOtherServers,
        onLine: (line, event) => this.#receive(line, event, link),
      });
    } catch (error) {
      if (this.#closing) return LEFT;
      return error instanceof Untrusted ? untrusted(error.message) : lost(errorMessage(error));
    }
    session.linkOpened(this.#link);
    if (this.#closing) this.#link.end(LEFT);
    else this.#link.open();
    const end = await this.#link.ended;
    this.#link = undefined;
    return this.#closing ? LEFT : end;
  }

  #receive(line: string, event: ServerEvent | undefined, link: ServerLink): void {
    const { session, route } = this.#options;
    session.receive(line, event);
    if (link.signal.aborted) return;
    if (event?.type === "welcome") route?.learn(event.servers ?? [], event.server.id);
    else if (event?.type === "servers") route?.learn(event.servers);
  }

  /** Cut short by `close` and `checkLink`. */
  #sleep(ms: number): Promise<void> {
    if (this.#closing) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = new AbortController();
    this.#endSleep = () => {
      timer.abort();
      this.#endSleep = undefined;
      resolve();
    };
    this.#options.clock.after(ms, this.#endSleep, timer.signal);
    return promise;
  }
}

/**
 * Milliseconds to wait after failure `attempt`, counted from 1: exponential backoff from 0.5 s to 30 s, of which half is random
 * ("equal jitter"), so that the clients of a restarted server do not all return at once. `random` returns 0 to below 1.
 */
export function reconnectDelay(attempt: number, random: () => number): number {
  const longest = Math.min(RECONNECT_MAX_MS, RECONNECT_FIRST_MS * 2 ** (attempt - 1));
  return Math.round(longest / 2 + random() * longest / 2);
}

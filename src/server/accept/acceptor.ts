import { setTimeout as setTimer } from "node:timers";
import type { ProtocolError } from "../../protocol/errors.ts";
import { ACCEPT_PAUSE_MS, ACCEPTS_AT_ONCE, LINGER_MS } from "../../protocol/limits.ts";
import { type Connection, DescriptorShortage, type Listener } from "../../transports/connection.ts";
import { Admission, type AdmissionOptions } from "./admission.ts";
import type { Log } from "../monitor/log_events.ts";
import type { AcceptedConnection } from "../connection/accepted_connection.ts";
import { ThrottledLog } from "../monitor/throttled_log.ts";

export interface AcceptorOptions extends AdmissionOptions {
  readonly log: Log;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  readonly accept: (connection: Connection) => void;
}

/** Accepts connections from all listeners and admits or refuses each. It goes on after errors of a listener. */
export class Acceptor {
  readonly #options: AcceptorOptions;
  readonly #admission: Admission;
  readonly #log: ThrottledLog;
  readonly #listeners: Listener[] = [];
  readonly #accepting: Promise<void>[] = [];

  constructor(options: AcceptorOptions) {
    this.#options = options;
    this.#admission = new Admission(options);
    this.#log = new ThrottledLog(options.log);
    this.tick();
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
    this.#accepting.push(this.#acceptAll(listener));
  }

  /** Admits a connection, or refuses it with an error and closes it. */
  admit(connection: AcceptedConnection): void {
    const refusal = this.#admission.refusalOf(connection, this.#options.monotonic());
    if (refusal !== undefined || connection.sourceIsFinal) this.#report(connection, refusal);
    if (refusal === undefined) return;
    connection.sendRefusal(refusal);
    connection.finish(LINGER_MS);
  }

  /** Counts an admitted connection for its source, which is final from now on. Returns the error if it is refused. */
  identify(connection: AcceptedConnection): ProtocolError | undefined {
    connection.sourceIsFinal = true;
    const refusal = this.#admission.identify(connection, this.#options.monotonic());
    this.#report(connection, refusal);
    return refusal;
  }

  #report({ source: { peer } }: AcceptedConnection, refusal: ProtocolError | undefined): void {
    const { log, monotonic } = this.#options;
    if (refusal === undefined) log("info", "connected", { peer, connections: this.#admission.admitted });
    else this.#log.log(monotonic(), "warn", "refused", { peer, reason: refusal.code });
  }

  /** Takes back the attempt that the connection has cost its address. */
  pardon(connection: AcceptedConnection): void {
    this.#admission.pardon(connection);
  }

  /** Forgets a closed connection. */
  release(connection: AcceptedConnection): void {
    if (!this.#admission.release(connection)) return;
    const { leaveReason: reason, source: { peer } } = connection;
    if (reason === "slow") this.#options.log("warn", "slow consumer", { peer });
    this.#options.log("info", "disconnected", { peer, reason });
  }

  /** Called once a second. */
  tick(): void {
    const now = this.#options.monotonic();
    const bytes = this.#admission.tick(now);
    const hint = "new connections are refused until memory use falls; raise the limit with --max-memory";
    if (bytes !== undefined) this.#log.log(now, "warn", "memory limit", { bytes, hint });
    this.#log.tick(now);
  }

  /** Closes the listeners. Resolves when no connection is accepted any more. */
  async close(): Promise<void> {
    for (const listener of this.#listeners) listener.close();
    await Promise.all(this.#accepting);
    this.#admission.close();
    this.#log.flush();
  }

  async #acceptAll(listener: Listener): Promise<void> {
    for (let accepted = 1;; accepted++) {
      try {
        const connection = await listener.accept();
        if (connection === undefined) return;
        this.#options.accept(connection);
        if (this.#admission.crowded) await this.#waitForRefused();
        else if (accepted % ACCEPTS_AT_ONCE === 0) await yieldToSockets();
      } catch (error) {
        if (!this.#recover(error, listener)) await pause();
      }
    }
  }

  async #waitForRefused(): Promise<void> {
    await pause();
    this.#admission.abortRefused();
  }

  /** Logs a failed `accept`. Returns false if the caller must pause before the next one. */
  #recover(error: unknown, { address }: Listener): boolean {
    const now = this.#options.monotonic();
    if (error instanceof DescriptorShortage && this.#admission.runOut()) {
      const hint = "raise the limit with ulimit -n, or set --max-connections below it";
      this.#log.log(now, "warn", "descriptor limit", { connections: this.#admission.admitted, hint });
      return true;
    }
    this.#log.log(now, "warn", "accept failed", { address, error: String(error) });
    return false;
  }
}

/** Yields by a timer: Deno polls its sockets only when no immediate task waits, and `setImmediate` is one. */
function yieldToSockets(): Promise<void> {
  return new Promise((resolve) => setTimer(resolve, 0));
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE_MS));
}

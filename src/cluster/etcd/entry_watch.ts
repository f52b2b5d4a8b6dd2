import type { PlacedEntry } from "../command_log.ts";
import { entryOf } from "./entry_pages.ts";
import { AnswerMalformed, asList, asNumber, asObject, asText, headerOf, keyValueOf } from "./etcd_answer.ts";
import { type EtcdClient, wellFormed } from "./etcd_client.ts";
import { EtcdFault, faultOfAnswer, faultOfConnection, malformedFault, slowFault } from "./etcd_fault.ts";
import type { EtcdGateway } from "./etcd_gateway.ts";
import type { EtcdKeys } from "./etcd_keys.ts";
import { LineTooLong } from "./line_stream.ts";

/** etcd sends at most 2 MiB in one line, which is Base64. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;

/**
 * One watch of the log at one endpoint. It ends with an `EtcdFault` when it breaks, is silent, or lags: the caller then
 * reads what it may have missed, and opens another one.
 */
export class EntryWatch {
  readonly #client: EtcdClient;
  readonly #gateway: EtcdGateway;
  readonly #keys: EtcdKeys;
  readonly #end = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Position of the last entry that it has shown, and of the last one that it must show. */
  #shown = 0;
  #confirmed = 0;
  #isOpen = false;

  /** Begins at the current endpoint. */
  constructor(client: EtcdClient, keys: EtcdKeys) {
    this.#client = client;
    this.#gateway = client.current;
    this.#keys = keys;
  }

  get gateway(): EtcdGateway {
    return this.#gateway;
  }

  /** Whether etcd has accepted the watch. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** etcd has confirmed an entry at this position. If the watch does not show it soon, it ends. */
  expect(position: number): void {
    const wasLagging = this.#isLagging;
    this.#confirmed = Math.max(this.#confirmed, position);
    // Further entries do not begin the time again: a server that writes all the time would wait for ever.
    if (this.#timer !== undefined && this.#isLagging && !wasLagging) this.#arm();
  }

  /** Entries from this revision on, as they come; at first none, when the watch is open. Returns when the signal aborts; otherwise ends with an `EtcdFault`. */
  async *entries(fromRevision: number, signal: AbortSignal): AsyncGenerator<readonly PlacedEntry[], void> {
    const abort = () => this.#end.abort(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      yield* this.#lines(fromRevision);
    } catch (error) {
      if (!signal.aborted) throw this.#faultOf(error);
    } finally {
      signal.removeEventListener("abort", abort);
      this.#disarm();
      this.#end.abort(new Error("The watch has ended"));
    }
  }

  async *#lines(fromRevision: number): AsyncGenerator<readonly PlacedEntry[], void> {
    this.#shown = fromRevision - 1;
    const create_request = {
      ...this.#keys.log,
      start_revision: String(fromRevision),
      filters: ["NODELETE"],
      fragment: true,
    };
    const open = (token: string | undefined) =>
      this.#gateway.stream({ path: "/v3/watch", body: { create_request }, token }, MAX_LINE_BYTES, this.#end.signal);
    this.#arm();
    const lines = await this.#client.authorized(this.#gateway, this.#end.signal, open);
    try {
      for (;;) {
        const line = await lines.next();
        this.#disarm();
        if (line === undefined) {
          throw new EtcdFault("unreachable", `etcd at ${this.#gateway.endpoint.name} ended the watch`);
        }
        yield wellFormed(this.#gateway, () => this.#read(line));
        this.#arm();
      }
    } finally {
      await lines.cancel();
    }
  }

  #read(line: string): PlacedEntry[] {
    const { result, error } = asObject(parse(line));
    const { name } = this.#gateway.endpoint;
    if (error !== undefined) throw faultOfAnswer(name, 200, { error });
    const answer = asObject(result);
    this.#client.checkCluster(this.#gateway, headerOf(answer));
    const compacted = asNumber(answer.compact_revision);
    if (compacted > 0) {
      throw new EtcdFault("compacted", `etcd at ${name} has compacted its history to revision ${compacted}`);
    }
    if (answer.canceled === true) {
      throw faultOfAnswer(name, 200, { message: asText(answer.cancel_reason) || "the watch was cancelled" });
    }
    this.#isOpen = true;
    const entries = asList(answer.events).map((event) => asObject(event))
      .filter(({ type = "PUT", kv }) => type === "PUT" && asNumber(asObject(kv).version) === 1)
      .flatMap(({ kv }) => entryOf(this.#keys, keyValueOf(kv)));
    for (const { position } of entries) {
      if (position <= this.#shown) throw new AnswerMalformed(`Position ${position} came after ${this.#shown}`);
      this.#shown = position;
    }
    return entries;
  }

  get #isLagging(): boolean {
    return this.#confirmed > this.#shown;
  }

  #arm(): void {
    this.#disarm();
    const { silenceMs, lagMs } = this.#client.timing;
    const ms = this.#isLagging ? Math.min(lagMs, silenceMs) : silenceMs;
    this.#timer = setTimeout(() => this.#end.abort(slowFault(this.#gateway.endpoint.name, ms)), ms);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #faultOf(error: unknown): unknown {
    const { name } = this.#gateway.endpoint;
    if (this.#end.signal.reason instanceof EtcdFault) return this.#end.signal.reason;
    if (error instanceof EtcdFault) return error;
    if (error instanceof LineTooLong) return malformedFault(name, { cause: error });
    return faultOfConnection(name, error);
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new AnswerMalformed("JSON was expected", { cause: error });
  }
}

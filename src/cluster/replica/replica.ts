import type { Effect, SessionId } from "../../core/effect.ts";
import { type HubOp, incarnationOf } from "../../core/hub_op.ts";
import type { OpMachine, OpOrder } from "../../core/op_order.ts";
import { type EntryContent, parseEntry } from "../cluster_op.ts";
import type { PlacedEntry } from "../command_log.ts";
import { EntryForged, SealVersionUnknown } from "../sealed_entry.ts";
import { CheckpointTimer } from "./checkpoint_timer.ts";
import { ClockComparison, clockIn } from "./clock_comparison.ts";
import { ClusterState } from "./cluster_state.ts";
import { EntryApplier, type EntryOutcome } from "./entry_applier.ts";
import { settleOrigin } from "./chat_origin.ts";
import { LogTrimmer } from "./log_trimmer.ts";
import { divergence, failureOf, lowLevel, otherSettings, removedFailure } from "./replica_failure.ts";
import type { ReplicaOptions } from "./replica_options.ts";
import { type ReplicaStatus, serverStatus } from "./replica_status.ts";
import { ReplicaWriter } from "./replica_writer.ts";

/** A server is stalled while an own entry was not applied for this long. */
const STALL_MS = 2_000;
/** A server is stalled while more bytes of ops wait for an entry. */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
/** How long a server that ends waits for the log. */
const CLOSE_MS = 5_000;

/**
 * Brings the ops of this server into the log of the cluster, and applies the ops of all servers in the log's order. It starts
 * by itself, stalls while the log does not go on, and comes back as a new incarnation when the others have given it up.
 */
export class Replica<Local = unknown> implements OpOrder<Local> {
  readonly #machine: OpMachine<Local>;
  readonly #options: ReplicaOptions;
  readonly #state: ClusterState;
  readonly #writer: ReplicaWriter<Local>;
  readonly #applier: EntryApplier<Local>;
  readonly #clocks = new ClockComparison();
  readonly #checkpoints: CheckpointTimer;
  readonly #trimmer: LogTrimmer;
  readonly #ended = new AbortController();
  readonly #running: Promise<void>;
  #position: number;
  #isCaughtUp = false;
  #clockDifference = 0;
  /** When the chat's time has advanced last, by the monotonic clock. */
  #advancedAt = -Infinity;

  /** Begins in a microtask: the machine may be incomplete until then. */
  constructor(machine: OpMachine<Local>, options: ReplicaOptions) {
    const { checkpoint, checkpointMs, chat, newSeed, monotonic, report } = options;
    this.#machine = machine;
    this.#options = options;
    const state = this.#state = checkpoint === undefined
      ? ClusterState.found({ v: 1, chat, nonce: newSeed() })
      : new ClusterState(JSON.parse(checkpoint.state));
    this.#position = checkpoint?.position ?? 0;
    this.#trimmer = new LogTrimmer(options, this.#ended.signal);
    this.#checkpoints = new CheckpointTimer(monotonic, this.#position, checkpointMs);
    this.#writer = new ReplicaWriter(options, {
      state,
      kept: () => this.#checkpoints.position,
      show: (items) => this.#attempt(() => this.#applier.show(items)),
      taken: () => this.#lose("taken"),
      failed: (error) => this.#fail(error),
    });
    this.#applier = new EntryApplier({
      ...{ state, machine, own: this.#writer.own, settings: options.facts.settings },
      fault: (op, error) => report({ type: "fault", op, error }),
    });
    this.#running = Promise.resolve().then(() => this.#run());
  }

  async #run(): Promise<void> {
    const { log, sealer, checkpoint } = this.#options;
    const { signal } = this.#ended;
    try {
      // If the program dies from here on, its data belong to the chat that it has founded, or found again.
      if (checkpoint === undefined) this.#saveCheckpoint();
      await settleOrigin(this.#state.record.origin, log, sealer, signal);
      await log.follow(this.#position, (entry) => this.#take(entry), () => this.#catchUp(), signal);
    } catch (error) {
      this.#fail(error);
    }
  }

  get incarnation(): number {
    return this.#writer.incarnation;
  }

  /** The time by which old messages may be removed: one wrong clock removes nothing. */
  get clockForPruning(): number {
    return this.#state.lowestClock;
  }

  /** The level of the rules that all servers follow. */
  get level(): number {
    return this.#state.record.level;
  }

  get isStalled(): boolean {
    const { isLive, isPaused, own } = this.#writer;
    if (!isLive || isPaused || own.queuedBytes > MAX_QUEUED_BYTES) return true;
    const oldest = own.entries[0];
    return oldest !== undefined && this.#options.monotonic() - oldest.wroteAt > STALL_MS;
  }

  submit(op: HubOp, local?: Local): void {
    if (op.op === "tick" || op.op === "closeAll") throw new Error(`The op ${op.op} follows from the log`);
    if (op.op === "merge") throw new Error("Only the host of a shared chat merges");
    if (this.#ended.signal.aborted) return;
    const { isLive, incarnation, own } = this.#writer;
    // Sessions of an earlier incarnation have ended on all servers.
    if ("session" in op && (!isLive || incarnationOf(op.session) !== incarnation)) return;
    own.add(op, local);
  }

  show(effects: readonly Effect[]): void {
    if (!this.#ended.signal.aborted) this.#writer.own.addEffects(effects);
  }

  endTurn(): void {
    if (!this.#ended.signal.aborted) this.#writer.writeNext();
  }

  settled(): Promise<void> {
    return this.#writer.own.settled();
  }

  isPending(session: SessionId): boolean {
    return this.#writer.own.isPending(session);
  }

  tick(): void {
    if (this.#ended.signal.aborted) return;
    this.#compareClocks();
    this.#writer.noteClock();
    if (this.#writer.isLive) this.#writer.writeNext();
    else if (this.#isCaughtUp) this.#writer.greet();
    if (this.#writer.isLive && this.#state.first === this.incarnation) this.#trimmer.trim(this.#state.keptByAll);
  }

  /** Ends another server at the wish of an operator. It takes part again when it is started again. */
  remove(incarnation: number): void {
    if (!this.#ended.signal.aborted) this.#writer.remove(incarnation);
  }

  status(): ReplicaStatus {
    const { index, skipped, time, level, servers } = this.#state.record;
    const { isLive, delay, own } = this.#writer;
    const incarnation = isLive ? this.incarnation : undefined;
    return {
      ...{ incarnation, isStalled: this.isStalled, clockDifference: this.#clockDifference },
      ...{ index, skipped, time, level, delay, queuedBytes: own.queuedBytes },
      ...{ position: this.#position, kept: this.#checkpoints.position },
      servers: servers.map((server) => serverStatus(this.#state, server, incarnation)),
    };
  }

  /** Writes what waits and leaves, if the log goes on within `CLOSE_MS`, and saves a checkpoint. */
  async close(): Promise<void> {
    const { signal } = this.#ended;
    if (this.#writer.isLive && !signal.aborted) {
      const waiting = new AbortController();
      const timeout = Promise.withResolvers<void>();
      this.#options.after(CLOSE_MS, timeout.resolve, waiting.signal);
      await Promise.race([this.#writer.leave(), timeout.promise]);
      waiting.abort();
    }
    this.#attempt(() => this.#saveCheckpoint());
    this.#end();
    await this.#running;
  }

  #catchUp(): void {
    this.#isCaughtUp = true;
    this.#writer.greet();
  }

  #take(entry: PlacedEntry): void {
    if (this.#ended.signal.aborted) return;
    this.#trimmer.noteEntry(entry.data.length);
    const content = this.#open(entry);
    if (content === undefined) return;
    if (this.#applier.hasOtherSettings(entry, content)) return this.#endForSettings();
    const own = this.#writer.takeOwn(entry);
    const { time, round } = this.#state.record;
    const outcome = this.#applier.apply(entry, content, own?.items ?? []);
    this.#position = entry.position;
    const now = this.#options.monotonic();
    if (this.#state.record.time > time) this.#advancedAt = now;
    if (own !== undefined) this.#clocks.noteOwn(own.wroteAt);
    else if (outcome.skipped === undefined) this.#clocks.noteOther(entry.s, clockIn(content), now);
    if (outcome.isCheck && this.#writer.isLive) {
      this.#writer.check = { index: this.#state.record.index, hash: this.#applier.stateHash() };
    }
    this.#noteOutcome(entry, content, outcome);
    if (this.#state.record.round !== round && this.#state.outvoted.includes(this.incarnation)) this.#fail(divergence());
    if (this.#checkpoints.isDue) this.#attempt(() => this.#saveCheckpoint());
    if (own !== undefined && this.#writer.isLive) this.#writer.writeNext();
  }

  /** With a checkpoint just before the next entry, the program can go on from there when its operator has changed its options. */
  #endForSettings(): void {
    this.#attempt(() => this.#saveCheckpoint());
    this.#fail(otherSettings());
  }

  /** An entry that was not written with this cluster's key counts on no server: who can write to the engine cannot end the chat. */
  #open(entry: PlacedEntry): EntryContent | undefined {
    const { sealer, report } = this.#options;
    try {
      return parseEntry(sealer.open(entry));
    } catch (error) {
      if (!(error instanceof EntryForged || error instanceof SealVersionUnknown)) throw error;
      const { s, n, position } = entry;
      this.#position = position;
      this.#state.record.skipped++;
      report({ type: "skipped", position, s, n, reason: "forged" });
    }
  }

  #noteOutcome({ s, n, position }: PlacedEntry, content: EntryContent, { skipped, ends }: EntryOutcome): void {
    const { report, serversChanged, facts } = this.#options;
    if (skipped !== undefined) report({ type: "skipped", position, s, n, reason: skipped });
    for (const end of ends) {
      this.#clocks.forget(end.s);
      report({ type: "ended", incarnation: end.s, why: end.why });
    }
    const isHello = n === 1 && skipped === undefined;
    if (isHello) report({ type: "joined", incarnation: s, server: this.#state.server(s)!.facts });
    if (isHello || ends.length > 0 || content.ops.some(({ op }) => op === "level")) serversChanged?.();
    if (this.level > facts.level) return this.#fail(lowLevel(facts.level, this.level));
    if (this.#writer.writes(s) && n === 1) this.#noteHello(skipped);
    const own = this.#writer.isLive ? ends.find((end) => end.s === this.incarnation) : undefined;
    if (own?.why === "removed") this.#fail(removedFailure());
    else if (own?.why === "evicted") this.#lose("evicted");
    else if (own?.why === "left") this.#writer.end();
  }

  #noteHello(skipped: EntryOutcome["skipped"]): void {
    if (skipped === undefined) return this.#writer.begin();
    // Repeated: the hello has counted already.
    if (skipped === "repeated") return;
    this.#writer.noteRefusal(skipped);
    if (skipped === "old incarnation") this.#writer.greet();
  }

  /** The incarnation has ended without the will of this server, which comes back as a new one. */
  #lose(why: "evicted" | "taken"): void {
    const { isLive, incarnation } = this.#writer;
    this.#attempt(() => {
      this.#writer.end();
      if (isLive) this.#machine.cutAll();
    });
    if (isLive) this.#options.report({ type: "lost", incarnation, why });
    this.#writer.greet();
  }

  #compareClocks(): void {
    const { now, monotonic, report } = this.#options;
    const chat = { time: this.#state.record.time, takenAt: this.#advancedAt };
    const difference = Math.round(this.#clocks.difference(now(), monotonic(), chat));
    this.#writer.isPaused = difference !== 0;
    if ((difference === 0) !== (this.#clockDifference === 0)) report({ type: "clock", difference });
    this.#clockDifference = difference;
  }

  #saveCheckpoint(): void {
    if (this.#ended.signal.aborted) return;
    const [position, state] = [this.#position, JSON.stringify(this.#state.record)];
    this.#checkpoints.save(position, () => this.#machine.checkpoint({ position, state }));
  }

  /** A failure of the machine ends the replica. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#ended.signal.aborted) return;
    this.#end();
    this.#options.failed(failureOf(error));
  }

  #end(): void {
    this.#ended.abort();
    this.#writer.end();
    this.#writer.own.clear();
  }
}

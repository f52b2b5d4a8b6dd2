import type { Effect, SessionId } from "../../core/effect.ts";
import type { Batch, HistoryStore } from "../../history/store.ts";
import { LINGER_MS } from "../../protocol/limits.ts";
import type { Peer } from "../connection/peer.ts";
import { markAlone } from "../copies/effect_gate.ts";
import type { Statistics } from "../monitor/statistics.ts";
import { Congestion } from "../output/congestion.ts";
import { FlushQueue } from "../output/flush_queue.ts";
import type { Outbox } from "../output/outbox.ts";
import { SignalQueue } from "../output/signal_queue.ts";
import { SharedChunk } from "../output/shared_chunk.ts";
import { RoomSubscribers } from "../output/room_subscribers.ts";
import type { EffectOf as Of, EffectParts } from "./effect_parts.ts";
import { QueryAnswers } from "./queries/query_answers.ts";
import { storeBatch } from "./store_batch.ts";

/** Performs the effects that the core asks for: it first stores all of them, then shows them. `flush` starts to write. */
export class EffectRunner {
  readonly #history: HistoryStore;
  readonly #peers: ReadonlyMap<SessionId, Peer>;
  readonly #statistics: Statistics;
  readonly #parts: EffectParts;
  readonly #answers: QueryAnswers;
  readonly #rooms = new Map<string, RoomSubscribers>();
  /** Rooms with published events that are not in the outboxes yet. */
  readonly #pending = new Set<RoomSubscribers>();
  /** Rooms whose events went into outboxes since the last check of congestion. */
  readonly #delivered = new Set<RoomSubscribers>();
  readonly #flushQueue = new FlushQueue();
  readonly #congestion = new Congestion();
  readonly #signals: SignalQueue;

  constructor(
    history: HistoryStore,
    peers: ReadonlyMap<SessionId, Peer>,
    statistics: Statistics,
    parts: EffectParts,
  ) {
    this.#history = history;
    this.#peers = peers;
    this.#statistics = statistics;
    this.#parts = parts;
    this.#answers = new QueryAnswers({ history, peers, statistics, queries: parts.queries });
    this.#signals = new SignalQueue(peers);
  }

  /** Adds an outbox to the next flush. */
  scheduleFlush(outbox: Outbox): void {
    this.#flushQueue.add(outbox);
  }

  /** Stores the effects, then shows them. If the store throws, throws its error and shows nothing. */
  perform(effects: readonly Effect[]): void {
    const batch = storeBatch(effects);
    if (batch !== undefined) this.#append(batch);
    this.#signals.noteEffects(effects.length);
    const { gate } = this.#parts;
    if (gate === undefined) return this.#showAll(effects);
    gate.pass(batch, (isAlone) => this.#showAll(markAlone(effects, isAlone)));
  }

  #showAll(effects: readonly Effect[]): void {
    for (const effect of effects) this.#perform(effect);
  }

  #append(batch: Batch): void {
    const start = performance.now();
    this.#history.append(batch);
    this.#statistics.appends.observe((performance.now() - start) / 1000);
    this.#statistics.messages += batch.messages.length;
  }

  /** Delivers the published events to the outboxes and starts to write. */
  flush(): void {
    this.#deliver();
    this.#signals.send();
    this.#flushQueue.start();
  }

  /** Resolves when each outbox queued now was flushed. Then holds back the authors of rooms that cannot keep up. */
  async flushed(): Promise<void> {
    await this.#flushQueue.done();
    this.#holdBackAuthors();
  }

  /** Releases all peers that are held back: the server drains. */
  end(): void {
    this.#congestion.end();
  }

  /** Has no receivers in any room any more. What is in outboxes still goes out. */
  clear(): void {
    this.#deliver();
    this.#rooms.clear();
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "append":
      case "keepConversation":
      case "keepBlock":
      case "keepMark":
      case "keepRoom":
      case "removeRoom":
      case "keepMember":
      case "keepRecord":
      case "audit":
        return;
      case "dropUpload":
        return this.#parts.files?.drop(effect);
      case "grant":
        return this.#grant(effect);
      case "admit":
        return this.#admit(effect);
      case "dismiss":
        return this.#parts.calls.dismiss(effect);
      case "hash":
        return this.#hash(effect);
      case "wrongPassword":
        return this.#logWrongPassword(effect);
      case "auditPage":
        return this.#answers.auditPage(effect);
      case "publish":
        return this.#publish(effect);
      case "send":
        return this.#send(effect);
      case "broadcast":
        return this.#broadcast(effect);
      case "signal":
        return this.#signal(effect);
      case "enter":
        return this.#enter(effect);
      case "exit":
        return this.#exit(effect);
      case "replay":
        return this.#answers.replay(effect);
      case "page":
        return this.#answers.page(effect);
      case "conversations":
        return this.#answers.conversations(effect);
      case "search":
        return this.#answers.search(effect);
      case "close":
        return this.#close(effect);
      default:
        return effect satisfies never;
    }
  }

  #grant({ session, ref, ...grant }: Of<"grant">): void {
    const peer = this.#peers.get(session);
    const url = peer && this.#parts.files?.newUrl(grant);
    if (url !== undefined) peer!.send({ type: "url", ref, id: grant.fileId, ...url });
  }

  #admit({ session, ref, ...admission }: Of<"admit">): void {
    const { calls, isOwn } = this.#parts;
    if (!isOwn(session)) return calls.admitElsewhere?.({ session, ...admission });
    const token = calls.admit(admission);
    const { call, stream } = admission;
    this.#peers.get(session)?.send({ type: "media", ref, call, stream, token });
  }

  /** Only the server that got the password has it. */
  #hash({ type: _, ...job }: Of<"hash">): void {
    const password = this.#parts.passwordOf(job.ticket);
    if (password !== undefined) this.#parts.hasher.add({ ...job, password });
  }

  #signal(signal: Of<"signal">): void {
    this.#signals.add(signal);
    this.#parts.passOn?.(signal);
  }

  #logWrongPassword({ session, from, kind, answer }: Of<"wrongPassword">): void {
    if (!this.#parts.isOwn(session)) return;
    this.#parts.log("warn", "wrong password", {
      peer: this.#peers.get(session)?.connection.source.peer ?? from,
      kind,
      answer,
    });
  }

  #send({ session, event }: Of<"send">): void {
    const peer = this.#peers.get(session);
    const { servers, hosts } = this.#parts;
    peer?.send(event.type === "welcome" ? hosts.welcome(servers.welcome(peer, event)) : event);
  }

  #publish({ room, event, author }: Of<"publish">): void {
    const subscribers = this.#rooms.get(room);
    if (subscribers === undefined) return;
    subscribers.publish(event, author);
    if (event.type === "message") this.#signals.dropOf(event.from.id);
    this.#pending.add(subscribers);
    if (event.type === "message") this.#statistics.deliveries += subscribers.size - (this.#isEchoed(author) ? 0 : 1);
  }

  /** Whether the author of a message receives it too. */
  #isEchoed(author: SessionId | undefined): boolean {
    return author === undefined || this.#peers.get(author)?.format.echoes !== false;
  }

  /** Puts the published events into the outboxes, so that later events follow them. */
  #deliver(): void {
    if (this.#pending.size === 0) return;
    for (const subscribers of this.#pending) {
      subscribers.flush();
      this.#delivered.add(subscribers);
    }
    this.#pending.clear();
  }

  /** Called when all outboxes of the turn were flushed: bytes that are still queued exceed the speed of the links. */
  #holdBackAuthors(): void {
    for (const subscribers of this.#delivered) {
      const authors = subscribers.takeAuthors();
      const relieved = this.#congestion.in(subscribers);
      if (relieved === undefined) continue;
      for (const author of authors) this.#peers.get(author)?.holdBack(relieved);
    }
    this.#delivered.clear();
  }

  /** Sends the event after what was published before it, encoded once for all sessions of one format. */
  #broadcast({ sessions, event }: Of<"broadcast">): void {
    this.#deliver();
    const shared = new SharedChunk(event);
    for (const session of sessions) {
      const peer = this.#peers.get(session);
      if (peer === undefined) continue;
      if (event.type === "message") this.#statistics.deliveries++;
      // The text for a user of nc depends on the rooms that they are in.
      if (peer.format.name === "json") peer.sendChunk(shared.in(peer.format));
      else peer.send(event);
    }
  }

  /** Subscribes a session to events that are published from now on. */
  #enter({ session, room }: Of<"enter">): void {
    const peer = this.#peers.get(session);
    if (peer === undefined) return;
    this.#deliver();
    let subscribers = this.#rooms.get(room);
    if (subscribers === undefined) this.#rooms.set(room, subscribers = new RoomSubscribers());
    subscribers.add(peer);
  }

  #exit({ session, room }: Of<"exit">): void {
    const peer = this.#peers.get(session);
    const subscribers = this.#rooms.get(room);
    if (peer === undefined || subscribers === undefined) return;
    this.#deliver();
    subscribers.remove(peer);
    if (subscribers.empty) this.#rooms.delete(room);
  }

  #close({ session, reason }: Of<"close">): void {
    const peer = this.#peers.get(session);
    if (peer === undefined) return;
    this.#deliver();
    peer.send({ type: "goodbye", reason });
    peer.connection.finish(LINGER_MS);
  }
}

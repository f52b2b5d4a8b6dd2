import type { Effect, SessionId } from "../../core/effect.ts";
import type { Batch, HistoryStore, MessagePage } from "../../history/store.ts";
import { LINGER_MS, MAX_LIST_BYTES, MAX_REPLAY_MESSAGES, OUTBOX_LIMIT_BYTES } from "../../protocol/limits.ts";
import type { JoinedEvent, RoomEntry } from "../../protocol/messages/messages.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";
import { RoomSubscribers } from "../output/room_subscribers.ts";
import { storeBatch } from "./store_batch.ts";
import { Congestion } from "../output/congestion.ts";
import { FlushQueue } from "../output/flush_queue.ts";
import type { Outbox } from "../output/outbox.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import type { Log } from "../monitor/log_events.ts";
import type { Peer } from "../connection/peer.ts";
import type { QueryQueue, RunningSearch } from "./query_queue.ts";
import type { Statistics } from "../monitor/statistics.ts";

/** Performs what the core asks for: first all of it is stored, then it is shown, and with `flush` written. */
export class EffectRunner {
  readonly #history: HistoryStore;
  readonly #peers: ReadonlyMap<SessionId, Peer>;
  readonly #statistics: Statistics;
  readonly #audiences = new Map<string, RoomSubscribers>();
  /** Audiences with something published and not handed over. */
  readonly #talking = new Set<RoomSubscribers>();
  /** Audiences to which something was handed over in the round that is under way. */
  readonly #spokenIn = new Set<RoomSubscribers>();
  readonly #flushQueue = new FlushQueue();
  readonly #congestion = new Congestion();

  readonly #hasher: PasswordHasher;
  readonly #queries: QueryQueue;
  readonly #log: Log;

  constructor(
    history: HistoryStore,
    peers: ReadonlyMap<SessionId, Peer>,
    statistics: Statistics,
    { hasher, queries, log }: { readonly hasher: PasswordHasher; readonly queries: QueryQueue; readonly log: Log },
  ) {
    this.#hasher = hasher;
    this.#queries = queries;
    this.#log = log;
    this.#history = history;
    this.#peers = peers;
    this.#statistics = statistics;
  }

  /** The outbox has bytes to write at the next flush. */
  scheduleFlush(outbox: Outbox): void {
    this.#flushQueue.add(outbox);
  }

  /** Throws what the store throws, and then nothing has been shown. */
  perform(effects: readonly Effect[]): void {
    const batch = storeBatch(effects);
    if (batch !== undefined) this.#append(batch);
    for (const effect of effects) this.#perform(effect);
  }

  #append(batch: Batch): void {
    const start = performance.now();
    this.#history.append(batch);
    this.#statistics.appends.observe((performance.now() - start) / 1000);
    this.#statistics.messages += batch.messages.length + batch.directs.length;
  }

  /** Hands over what was published, and starts to write. */
  flush(): void {
    this.#handOver();
    this.#flushQueue.start();
  }

  /** Resolves when what has been handed over is on its way, and those who wrote more than the links take are held back. */
  async flushed(): Promise<void> {
    await this.#flushQueue.done();
    this.#holdBack();
  }

  /** Everybody may be read from again: the server drains. */
  end(): void {
    this.#congestion.end();
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "append":
      case "appendDirect":
      case "confirm":
      case "keepRoom":
      case "removeRoom":
      case "keepMember":
      case "keepRecord":
      case "audit":
        return;
      case "hash":
        return this.#hasher.add(effect);
      case "wrongPassword":
        return this.#logWrongPassword(effect);
      case "auditPage":
        return this.#audit(effect);
      case "publish":
        return this.#publish(effect);
      case "send":
        return this.#send(effect);
      case "broadcast":
        return this.#broadcast(effect);
      case "enter":
        return this.#enter(effect);
      case "exit":
        return this.#exit(effect);
      case "replay":
        return this.#replay(effect);
      case "page":
        return this.#page(effect);
      case "search":
        return this.#search(effect);
      case "close":
        return this.#close(effect);
      default:
        return effect satisfies never;
    }
  }

  #logWrongPassword({ session, from, kind, answer }: Extract<Effect, { type: "wrongPassword" }>): void {
    this.#log("warn", "wrong password", { peer: this.#peers.get(session)?.connection.link.peer ?? from, kind, answer });
  }

  #send({ session, event }: Extract<Effect, { type: "send" }>): void {
    // A direct message comes behind what its sender said in a room before.
    if (event.type === "message") this.#handOver();
    const peer = this.#peers.get(session);
    if (event.type === "message" && peer !== undefined) this.#statistics.deliveries++;
    peer?.send(event);
  }

  #publish({ room, event, author }: Extract<Effect, { type: "publish" }>): void {
    const audience = this.#audiences.get(room);
    if (audience === undefined) return;
    audience.publish(event, author);
    this.#talking.add(audience);
    if (event.type === "message") this.#statistics.deliveries += audience.size - (this.#isEchoed(author) ? 0 : 1);
  }

  /** Whether the author is shown the message, too. */
  #isEchoed(author: SessionId | undefined): boolean {
    return author === undefined || this.#peers.get(author)?.format.echoes !== false;
  }

  #handOver(): void {
    if (this.#talking.size === 0) return;
    for (const audience of this.#talking) {
      audience.flush();
      this.#spokenIn.add(audience);
    }
    this.#talking.clear();
  }

  /** To be called when the round that a turn led to is over: what still waits then is more than the links take. */
  #holdBack(): void {
    for (const audience of this.#spokenIn) {
      const authors = audience.takeAuthors();
      const relieved = this.#congestion.in(audience);
      if (relieved === undefined) continue;
      for (const author of authors) {
        this.#peers.get(author)?.holdBack(relieved);
      }
    }
    this.#spokenIn.clear();
  }

  /** What was published before comes before. */
  #broadcast({ sessions, event }: Extract<Effect, { type: "broadcast" }>): void {
    this.#handOver();
    for (const session of sessions) this.#peers.get(session)?.send(event);
  }

  /** Whoever enters gets what is published from here on, and nothing of what was before. */
  #enter({ session, room }: Extract<Effect, { type: "enter" }>): void {
    this.#handOver();
    const peer = this.#peers.get(session);
    if (peer === undefined) return;
    let audience = this.#audiences.get(room);
    if (audience === undefined) this.#audiences.set(room, audience = new RoomSubscribers());
    audience.add(peer);
  }

  #exit({ session, room }: Extract<Effect, { type: "exit" }>): void {
    this.#handOver();
    const peer = this.#peers.get(session);
    const audience = this.#audiences.get(room);
    if (peer === undefined || audience === undefined) return;
    audience.remove(peer);
    if (audience.empty) this.#audiences.delete(room);
  }

  #replay({ session, joined, after }: Extract<Effect, { type: "replay" }>): void {
    const peer = this.#peers.get(session);
    if (peer === undefined) return;
    const room = joined.room.name;
    const page = { room, after, before: joined.seq + 1, limit: MAX_REPLAY_MESSAGES };
    // Half of what is left in the outbox at most, or a member who missed much would be cut off as slow again and again.
    const maxBytes = (OUTBOX_LIMIT_BYTES - peer.outbox.queuedBytes) / 2;
    const messages = after === joined.seq ? [] : newestFitting((part) => this.#history.entries(part), page, maxBytes);
    const truncated = after + messages.length < joined.seq;
    const event: JoinedEvent = { ...joined, missed: messages.length, ...(truncated ? { truncated } : {}) };
    peer.send(event);
    for (const message of messages) peer.send(message);
    this.#statistics.deliveries += messages.length;
  }

  /** As many of the newest as fit on a line. */
  #page({ session, room, before, limit, changes: all, ref }: Extract<Effect, { type: "page" }>): void {
    const read = (part: MessagePage): RoomEntry[] => all ? this.#history.entries(part) : this.#history.read(part);
    const entries = newestFitting(read, { room, before, limit }, MAX_LIST_BYTES);
    const more = entries.length > 0 && read({ room, before: entries[0]!.seq, limit: 1 }).length > 0;
    const messages = entries.filter((entry) => entry.type === "message");
    const changes = all && entries.filter((entry) => entry.type !== "message");
    this.#peers.get(session)?.send({ type: "history", ref, room, messages, changes, more });
  }

  #search({ session, room, query, parsed, limit, ref }: Extract<Effect, { type: "search" }>): void {
    const peer = this.#peers.get(session);
    if (peer === undefined) return;
    const steps = this.#history.search(room, parsed, limit + 1);
    const done: RunningSearch["done"] = (found, complete) => {
      const messages = fitting(found.slice(0, limit));
      const more = !complete || found.length > messages.length;
      peer.send({ type: "search", ref, room, query, messages, more });
    };
    this.#queries.addSearch(peer, { steps, done });
  }

  #audit({ session, room, before, limit, addresses, ref }: Extract<Effect, { type: "auditPage" }>): void {
    const found = this.#history.audit({ room, before, limit: limit + 1 });
    const shown = found.slice(0, limit).map((entry) => addresses ? entry : { ...entry, address: undefined });
    const entries = fitting(shown);
    this.#peers.get(session)?.send({ type: "audit", ref, room, entries, more: found.length > entries.length });
  }

  #close({ session, reason }: Extract<Effect, { type: "close" }>): void {
    const peer = this.#peers.get(session);
    if (peer === undefined) return;
    this.#handOver();
    peer.send({ type: "goodbye", reason });
    peer.connection.finish(LINGER_MS);
  }
}

/** Entries that are read from the store at a time. */
const READ_AT_ONCE = 50;

/** The newest entries of a page that together stay below `maxBytes`, oldest first; one always fits. Reads little more than these. */
function newestFitting(read: (page: MessagePage) => RoomEntry[], page: MessagePage, maxBytes: number): RoomEntry[] {
  const newestFirst: RoomEntry[] = [];
  for (let bytes = 0, before = page.before; newestFirst.length < page.limit;) {
    const limit = Math.min(READ_AT_ONCE, page.limit - newestFirst.length);
    const found = read({ ...page, before, limit });
    for (const entry of found.toReversed()) {
      bytes += utf8Length(JSON.stringify(entry)) + 1;
      if (bytes > maxBytes && newestFirst.length > 0) return newestFirst.reverse();
      newestFirst.push(entry);
    }
    if (found.length < limit) break;
    before = found[0]!.seq;
  }
  return newestFirst.reverse();
}

/** The first items that together stay below `maxBytes`; one always fits. */
function fitting<T>(messages: readonly T[], maxBytes: number = MAX_LIST_BYTES): T[] {
  let bytes = 0;
  const end = messages.findIndex((message, index) => {
    bytes += utf8Length(JSON.stringify(message)) + 1;
    return bytes > maxBytes && index > 0;
  });
  return end < 0 ? [...messages] : messages.slice(0, end);
}

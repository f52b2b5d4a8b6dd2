import type { Effect, SessionId } from "../../core/effect.ts";
import type { Batch, HistoryStore, MessagePage } from "../../history/store.ts";
import { LINGER_MS, MAX_LIST_BYTES, MAX_REPLAY_MESSAGES, OUTBOX_LIMIT_BYTES } from "../../protocol/limits.ts";
import {
  asDirect,
  type DirectOf,
  type JoinedEvent,
  type Partner,
  type RoomEntry,
  type UrlEvent,
} from "../../protocol/messages/messages.ts";
import { longestPrefix } from "../../protocol/text/utf8_length.ts";
import type { Peer } from "../connection/peer.ts";
import type { Log } from "../monitor/log_events.ts";
import type { Statistics } from "../monitor/statistics.ts";
import { Congestion } from "../output/congestion.ts";
import { FlushQueue } from "../output/flush_queue.ts";
import type { Outbox } from "../output/outbox.ts";
import { SignalQueue } from "../output/signal_queue.ts";
import { SharedChunk } from "../output/shared_chunk.ts";
import { RoomSubscribers } from "../output/room_subscribers.ts";
import { newestFitting } from "./history_pages.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import type { QueryQueue, RunningSearch } from "./query_queue.ts";
import { storeBatch } from "./store_batch.ts";

/** The effect of one type. */
type Of<K extends Effect["type"]> = Extract<Effect, { readonly type: K }>;

/** Parts of the server that carry out some of the effects. */
export interface EffectParts {
  readonly hasher: PasswordHasher;
  readonly queries: QueryQueue;
  readonly log: Log;
  /** The password to hash for the ticket. */
  readonly passwordOf: (ticket: number) => string;
  readonly files: FileEffects | undefined;
}

/** Performs the effects that concern the bytes of files. */
export interface FileEffects {
  drop(upload: Omit<Of<"dropUpload">, "type">): void;
  /** Returns a path that serves the file. */
  newUrl(grant: Omit<Of<"grant">, "type" | "session" | "ref">): Pick<UrlEvent, "path" | "until">;
}

/** Performs the effects that the core asks for: it first stores all of them, then shows them. `flush` starts to write. */
export class EffectRunner {
  readonly #history: HistoryStore;
  readonly #peers: ReadonlyMap<SessionId, Peer>;
  readonly #statistics: Statistics;
  readonly #parts: EffectParts;
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
      case "hash":
        return this.#parts.hasher.add({ ...effect, password: this.#parts.passwordOf(effect.ticket) });
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
      case "signal":
        return this.#signals.add(effect);
      case "enter":
        return this.#enter(effect);
      case "exit":
        return this.#exit(effect);
      case "replay":
        return this.#replay(effect);
      case "page":
        return this.#page(effect);
      case "conversations":
        return this.#conversations(effect);
      case "search":
        return this.#search(effect);
      case "close":
        return this.#close(effect);
      default:
        return effect satisfies never;
    }
  }

  #grant({ session, ref, ...grant }: Of<"grant">): void {
    const url = this.#parts.files?.newUrl(grant);
    if (url !== undefined) this.#peers.get(session)?.send({ type: "url", ref, id: grant.fileId, ...url });
  }

  #logWrongPassword({ session, from, kind, answer }: Of<"wrongPassword">): void {
    this.#parts.log("warn", "wrong password", {
      peer: this.#peers.get(session)?.connection.source.peer ?? from,
      kind,
      answer,
    });
  }

  #send({ session, event }: Of<"send">): void {
    this.#peers.get(session)?.send(event);
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
    this.#deliver();
    const peer = this.#peers.get(session);
    if (peer === undefined) return;
    let subscribers = this.#rooms.get(room);
    if (subscribers === undefined) this.#rooms.set(room, subscribers = new RoomSubscribers());
    subscribers.add(peer);
  }

  #exit({ session, room }: Of<"exit">): void {
    this.#deliver();
    const peer = this.#peers.get(session);
    const subscribers = this.#rooms.get(room);
    if (peer === undefined || subscribers === undefined) return;
    subscribers.remove(peer);
    if (subscribers.empty) this.#rooms.delete(room);
  }

  #replay({ session, joined, after }: Of<"replay">): void {
    const peer = this.#peers.get(session);
    if (peer === undefined) return;
    const room = joined.room.name;
    const page = { room, after, before: joined.seq + 1, limit: MAX_REPLAY_MESSAGES };
    // At most half of the free space in the outbox: otherwise a member who missed much would be cut off as slow each time.
    const maxBytes = (OUTBOX_LIMIT_BYTES - peer.outbox.queuedBytes) / 2;
    const messages = after === joined.seq ? [] : newestFitting((part) => this.#history.entries(part), page, maxBytes);
    const truncated = after + messages.length < joined.seq;
    const event: JoinedEvent = { ...joined, missed: messages.length, ...(truncated ? { truncated } : {}) };
    peer.send(event);
    for (const message of messages) peer.send(message);
    this.#statistics.deliveries += messages.length;
  }

  /** Sends the newest entries of the page that fit on a line. */
  #page({ session, room, with: partner, after, before, limit, changes: all, ref }: Of<"page">): void {
    const read = (part: MessagePage): RoomEntry[] => all ? this.#history.entries(part) : this.#history.read(part);
    const entries = newestFitting(read, { room, after, before, limit }, MAX_LIST_BYTES);
    const more = entries.length > 0 && read({ room, after, before: entries[0]!.seq, limit: 1 }).length > 0;
    const messages = entries.filter((entry) => entry.type === "message").map((entry) => seenBy(entry, partner));
    const changes = all && entries.filter((entry) => entry.type !== "message").map((entry) => seenBy(entry, partner));
    this.#peers.get(session)?.send({ type: "history", ref, ...placeOf(room, partner), messages, changes, more });
  }

  #conversations({ session, memberId, before, limit, unasked, ref }: Of<"conversations">): void {
    const found = this.#history.conversations({ memberId, before, limit: limit + 1 });
    if (unasked && found.length === 0) return;
    const conversations = longestPrefix(found.slice(0, limit), MAX_LIST_BYTES);
    const more = found.length > conversations.length;
    this.#peers.get(session)?.send({ type: "conversations", ref, conversations, more });
  }

  #search({ session, room, with: partner, query, parsed, limit, ref }: Of<"search">): void {
    const peer = this.#peers.get(session);
    if (peer === undefined) return;
    const steps = this.#history.search(room, parsed, limit + 1);
    const done: RunningSearch["done"] = (found, complete) => {
      const messages = longestPrefix(found.slice(0, limit).map((entry) => seenBy(entry, partner)), MAX_LIST_BYTES);
      const more = !complete || found.length > messages.length;
      peer.send({ type: "search", ref, ...placeOf(room, partner), query, messages, more });
    };
    this.#parts.queries.addSearch(peer, { steps, done });
  }

  #audit({ session, room, before, limit, addresses, ref }: Of<"auditPage">): void {
    const found = this.#history.audit({ room, before, limit: limit + 1 });
    const shown = found.slice(0, limit).map((entry) => addresses ? entry : { ...entry, address: undefined });
    const entries = longestPrefix(shown, MAX_LIST_BYTES);
    this.#peers.get(session)?.send({ type: "audit", ref, room, entries, more: found.length > entries.length });
  }

  #close({ session, reason }: Of<"close">): void {
    const peer = this.#peers.get(session);
    if (peer === undefined) return;
    this.#deliver();
    peer.send({ type: "goodbye", reason });
    peer.connection.finish(LINGER_MS);
  }
}

/** Turns the entries of a conversation into those that the member with this partner sees. Entries of a room stay as they are. */
function seenBy<E extends RoomEntry>(entry: E, partner: Partner | undefined): E | DirectOf<E> {
  return partner === undefined ? entry : asDirect(entry, partner);
}

function placeOf(room: string, partner: Partner | undefined): { readonly room: string } | { readonly with: Partner } {
  return partner === undefined ? { room } : { with: partner };
}

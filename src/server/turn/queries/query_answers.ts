import type { Effect, SessionId } from "../../../core/effect.ts";
import type { HistoryStore, MessagePage } from "../../../history/store.ts";
import { MAX_LIST_BYTES, MAX_REPLAY_MESSAGES, OUTBOX_LIMIT_BYTES } from "../../../protocol/limits.ts";
import {
  asDirect,
  type DirectOf,
  type JoinedEvent,
  type Partner,
  type RoomEntry,
} from "../../../protocol/messages/messages.ts";
import { longestPrefix } from "../../../protocol/text/utf8_length.ts";
import type { Peer } from "../../connection/peer.ts";
import type { Statistics } from "../../monitor/statistics.ts";
import { newestFitting } from "./history_pages.ts";
import type { QueryQueue, RunningSearch } from "./query_queue.ts";

type Of<K extends Effect["type"]> = Extract<Effect, { readonly type: K }>;

export interface QueryAnswersOptions {
  readonly history: HistoryStore;
  readonly peers: ReadonlyMap<SessionId, Peer>;
  readonly statistics: Statistics;
  readonly queries: QueryQueue;
}

/**
 * Reads what a session asks for from the store, and sends it. Each answer has as much as fits on a line. Does nothing for a session
 * without a peer here.
 */
export class QueryAnswers {
  readonly #options: QueryAnswersOptions;

  constructor(options: QueryAnswersOptions) {
    this.#options = options;
  }

  /** Sends the entries that a member has missed, after the event that says how many there are. */
  replay({ session, joined, after }: Of<"replay">): void {
    const peer = this.#options.peers.get(session);
    if (peer === undefined) return;
    const room = joined.room.name;
    const page = { room, after, before: joined.seq + 1, limit: MAX_REPLAY_MESSAGES };
    // At most half of the free space in the outbox: otherwise a member who missed much would be cut off as slow each time.
    const maxBytes = (OUTBOX_LIMIT_BYTES - peer.outbox.queuedBytes) / 2;
    const messages = after === joined.seq
      ? []
      : newestFitting((part) => this.#options.history.entries(part), page, maxBytes);
    const truncated = after + messages.length < joined.seq;
    const event: JoinedEvent = { ...joined, missed: messages.length, ...(truncated ? { truncated } : {}) };
    peer.send(event);
    for (const message of messages) peer.send(message);
    this.#options.statistics.deliveries += messages.length;
  }

  /** Sends the newest entries of the page that fit on a line. */
  page({ session, room, with: partner, after, before, limit, changes: all, ref }: Of<"page">): void {
    const peer = this.#options.peers.get(session);
    if (peer === undefined) return;
    const read = (part: MessagePage): RoomEntry[] =>
      all ? this.#options.history.entries(part) : this.#options.history.read(part);
    const entries = newestFitting(read, { room, after, before, limit }, MAX_LIST_BYTES);
    const more = entries.length > 0 && read({ room, after, before: entries[0]!.seq, limit: 1 }).length > 0;
    const messages = entries.filter((entry) => entry.type === "message").map((entry) => seenBy(entry, partner));
    const changes = all && entries.filter((entry) => entry.type !== "message").map((entry) => seenBy(entry, partner));
    peer.send({
      type: "history",
      ref,
      ...placeOf(room, partner),
      messages,
      changes,
      more,
    });
  }

  /** A list that was asked for, or at the start of a session one that is not empty. */
  conversations({ session, memberId, before, limit, unasked, ref }: Of<"conversations">): void {
    const peer = this.#options.peers.get(session);
    if (peer === undefined) return;
    const found = this.#options.history.conversations({ memberId, before, limit: limit + 1 });
    if (unasked && found.length === 0) return;
    const conversations = longestPrefix(found.slice(0, limit), MAX_LIST_BYTES);
    const more = found.length > conversations.length;
    peer.send({ type: "conversations", ref, conversations, more });
  }

  /** Begins a search, whose reply follows later. */
  search({ session, room, with: partner, query, parsed, limit, ref }: Of<"search">): void {
    const peer = this.#options.peers.get(session);
    if (peer === undefined) return;
    const steps = this.#options.history.search(room, parsed, limit + 1);
    const done: RunningSearch["done"] = (found, complete) => {
      const messages = longestPrefix(found.slice(0, limit).map((entry) => seenBy(entry, partner)), MAX_LIST_BYTES);
      const more = !complete || found.length > messages.length;
      peer.send({ type: "search", ref, ...placeOf(room, partner), query, messages, more });
    };
    this.#options.queries.addSearch(peer, { steps, done });
  }

  auditPage({ session, room, before, limit, addresses, ref }: Of<"auditPage">): void {
    const peer = this.#options.peers.get(session);
    if (peer === undefined) return;
    const found = this.#options.history.audit({ room, before, limit: limit + 1 });
    const shown = found.slice(0, limit).map((entry) => addresses ? entry : { ...entry, address: undefined });
    const entries = longestPrefix(shown, MAX_LIST_BYTES);
    peer.send({ type: "audit", ref, room, entries, more: found.length > entries.length });
  }
}

/** Turns the entries of a conversation into those that the member with this partner sees. Entries of a room stay as they are. */
function seenBy<E extends RoomEntry>(entry: E, partner: Partner | undefined): E | DirectOf<E> {
  return partner === undefined ? entry : asDirect(entry, partner);
}

function placeOf(room: string, partner: Partner | undefined): { readonly room: string } | { readonly with: Partner } {
  return partner === undefined ? { room } : { with: partner };
}

import type { SessionId } from "../../core/effect.ts";
import type { Format } from "../../framing/codec.ts";
import { PUSHBACK_BYTES } from "../../protocol/limits.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";
import type { Peer } from "../connection/peer.ts";

interface Published {
  readonly event: ServerEvent;
  readonly author: SessionId | undefined;
}

/**
 * The peers that receive one room's events, grouped by wire format.
 * Events published during a turn are buffered and delivered as one shared chunk per format.
 */
export class RoomSubscribers {
  readonly #receivers = new Map<Format, Set<Peer>>();
  #size = 0;
  #pending: Published[] = [];
  readonly #authors = new Set<SessionId>();

  get empty(): boolean {
    return this.#receivers.size === 0;
  }

  /** The number of peers. */
  get size(): number {
    return this.#size;
  }

  /** Whether more than `PUSHBACK_BYTES` are queued for most peers that still read. A few slow peers do not count. */
  get congested(): boolean {
    let moving = 0;
    let lagging = 0;
    for (const peers of this.#receivers.values()) {
      for (const { outbox } of peers) {
        if (outbox.stuck) continue;
        moving++;
        if (outbox.queuedBytes > PUSHBACK_BYTES) lagging++;
      }
    }
    return 2 * lagging > moving;
  }

  add(peer: Peer): void {
    const format = peer.format;
    let peers = this.#receivers.get(format);
    if (peers === undefined) this.#receivers.set(format, peers = new Set());
    if (peers.has(peer)) return;
    peers.add(peer);
    this.#size++;
  }

  remove(peer: Peer): void {
    const format = peer.format;
    const peers = this.#receivers.get(format);
    if (!peers?.delete(peer)) return;
    this.#size--;
    if (peers.size === 0) this.#receivers.delete(format);
  }

  /** Buffers an event until `flush`. */
  publish(event: ServerEvent, author: SessionId | undefined): void {
    this.#pending.push({ event, author });
  }

  /** Delivers the buffered events to all current peers. */
  flush(): void {
    const published = this.#pending;
    this.#pending = [];
    for (const [format, peers] of this.#receivers) deliver(published, format, peers);
    for (const { author } of published) if (author !== undefined) this.#authors.add(author);
  }

  /** Returns and clears the sessions that authored events since the last call. */
  takeAuthors(): SessionId[] {
    const authors = [...this.#authors];
    this.#authors.clear();
    return authors;
  }
}

function deliver(published: readonly Published[], format: Format, peers: ReadonlySet<Peer>): void {
  const text = encodeAll(published, format, undefined);
  if (text === "") return;
  const chunk = format.pack(text);
  const authors = format.echoes ? NO_AUTHORS : new Set(published.map(({ author }) => author));
  for (const peer of peers) {
    if (authors.has(peer.id)) peer.sendText(encodeAll(published, format, peer.id), format);
    else peer.sendChunk(chunk);
  }
}

const NO_AUTHORS: ReadonlySet<SessionId | undefined> = new Set();

function encodeAll(published: readonly Published[], format: Format, without: SessionId | undefined): string {
  let text = "";
  for (const { event, author } of published) {
    // Plain-text clients already show the line that their user typed, so it is not echoed to them.
    if (without === undefined || author !== without || event.type !== "message") text += format.encode(event);
  }
  return text;
}

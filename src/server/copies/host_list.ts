import type { SessionId } from "../../core/effect.ts";
import type { HostsEvent } from "../../protocol/messages/messages.ts";
import type { Peer } from "../connection/peer.ts";
import { SharedChunk } from "../output/shared_chunk.ts";

export interface HostListOptions {
  readonly peers: ReadonlyMap<SessionId, Peer>;
  readonly hosts: () => HostsEvent;
  /** Whether the session has joined. */
  readonly hasJoined: (session: SessionId) => boolean;
}

/** Tells the members of a shared chat who hosts and who could: after they have joined, and when that changes. People on nc ask. */
export class HostList {
  readonly #options: HostListOptions;
  /** Peers that know the list. */
  #told = new WeakSet<Peer>();
  #list = "";

  constructor(options: HostListOptions) {
    this.#options = options;
  }

  /** Called once a second. */
  tick(): void {
    const { peers, hosts, hasJoined } = this.#options;
    const event = hosts();
    const list = JSON.stringify(event);
    if (list !== this.#list) this.#told = new WeakSet();
    this.#list = list;
    const shared = new SharedChunk(event);
    for (const peer of peers.values()) {
      if (peer.format.name !== "json" || this.#told.has(peer) || !hasJoined(peer.id)) continue;
      this.#told.add(peer);
      peer.sendChunk(shared.in(peer.format));
    }
  }
}

import type { SessionId } from "../../core/effect.ts";
import { MAX_SERVERS_LISTED } from "../../protocol/limits.ts";
import type { WelcomeEvent } from "../../protocol/messages/messages.ts";
import type { Peer } from "../connection/peer.ts";
import { SharedChunk } from "./shared_chunk.ts";

/** Tells clients the addresses of the servers of the chat: in `welcome`, and when they change. People on nc are not told. */
export class ListedServers {
  readonly #peers: ReadonlyMap<SessionId, Peer>;
  readonly #source: () => readonly string[];
  /** Peers that have their `welcome`. */
  readonly #welcomed = new WeakSet<Peer>();
  /** The list that everyone knows. */
  #told: readonly string[];

  constructor(peers: ReadonlyMap<SessionId, Peer>, source: () => readonly string[] = () => []) {
    this.#peers = peers;
    this.#source = source;
    this.#told = this.#list();
  }

  /** The `welcome` of a peer, with the addresses if there are several servers. If they have changed, the others are told, too. */
  welcome(peer: Peer, event: WelcomeEvent): WelcomeEvent {
    this.update();
    this.#welcomed.add(peer);
    return this.#told.length > 1 ? { ...event, servers: [...this.#told] } : event;
  }

  /** Tells all peers of the addresses if they have changed. Called once a second. */
  update(): void {
    const servers = this.#list();
    if (servers.length === this.#told.length && servers.every((server, index) => server === this.#told[index])) return;
    this.#told = servers;
    const shared = new SharedChunk({ type: "servers", servers: [...servers] });
    for (const peer of this.#peers.values()) {
      if (peer.format.name === "json" && this.#welcomed.has(peer)) peer.sendChunk(shared.in(peer.format));
    }
  }

  #list(): readonly string[] {
    return this.#source().slice(0, MAX_SERVERS_LISTED);
  }
}

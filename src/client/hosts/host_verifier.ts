/** Checks that a server hosts a shared chat, and remembers the roster and the term to notice an older host. */

import { isGenuineProof, mergeVerified, type VerifyText } from "../../identity/host_signature.ts";
import { emptyRoster, mayHost, type Roster } from "../../protocol/hosts/roster.ts";
import { judgeTerm } from "../../protocol/hosts/term.ts";
import type { HostingEvent, WelcomeEvent } from "../../protocol/messages/messages.ts";

/** The memory of a client for the hosts of a chat. */
export interface KnownHosts {
  /** All statements that were seen: so a removed host cannot come back with an earlier roster. */
  readonly roster: Roster;
  /** The highest term that was proved. */
  readonly term: number;
  /** The key of the host that proved it. */
  readonly host: string;
}

/** Keeps this for one chat, by its key, also over restarts if it can. */
export interface HostMemory {
  load(): KnownHosts | undefined;
  save(known: KnownHosts): void;
}

/**
 * The certificate on the current connection: its fingerprint, `vouched` if an authority vouches for it, or `plain` without
 * TLS.
 */
export type SeenTls = { readonly fingerprint: string } | "vouched" | "plain";

export interface HostVerifierOptions {
  /** From the invite. */
  readonly chatKey: string;
  readonly verify: VerifyText;
  readonly memory: HostMemory;
  readonly seenTls: () => SeenTls;
}

/** `isOlder`: another host has followed, so other servers may have the chat. */
export interface HostRefusal {
  readonly reason: string;
  readonly isOlder?: true;
}

export class HostVerifier {
  readonly #options: HostVerifierOptions;

  constructor(options: HostVerifierOptions) {
    this.#options = options;
  }

  /** Returns why the server of this `welcome` is not asked for a proof; `undefined` if it is. */
  refusalOf({ hosted, chat, nonce }: WelcomeEvent): HostRefusal | undefined {
    if (hosted === undefined || chat === undefined || nonce === undefined) {
      return { reason: "This server has another chat, which is not shared: it may have the address of a former host" };
    }
    return hosted.key === this.#options.chatKey ? undefined : OTHER_KEY;
  }

  /** Checks the answer to `nonce`. Remembers it and resolves with `undefined` if the server hosts the chat. */
  async check(welcome: WelcomeEvent, hosting: HostingEvent, clientNonce: string): Promise<HostRefusal | undefined> {
    const { verify, memory } = this.#options;
    const known = memory.load();
    const shared = { chat: hosting.chat, chatKey: this.#options.chatKey };
    const isSame = hosting.key === shared.chatKey && hosting.chat === welcome.chat;
    if (!isSame || (known !== undefined && known.roster.chat !== hosting.chat)) return OTHER_KEY;
    const roster = await mergeVerified(known?.roster ?? emptyRoster(shared), hosting.roster, verify);
    const refusal = this.#judge(hosting, roster, known);
    if (refusal !== undefined) return refusal;
    const { term, host: { key }, tls, signature } = hosting;
    const proof = { ...shared, term, key, tls, clientNonce, serverNonce: welcome.nonce! };
    if (!await isGenuineProof(proof, signature, verify)) {
      return { reason: `${INTERCEPTED} its signature does not belong to this connection` };
    }
    memory.save({ roster, term, host: key });
  }

  #judge({ host, term, tls }: HostingEvent, roster: Roster, known: KnownHosts | undefined): HostRefusal | undefined {
    if (roster.owners.length === 0) {
      return { reason: "The server does not know who owns the chat: ask for a new invite" };
    }
    if (!mayHost(roster, host.key)) {
      return { reason: "The server's program may not host this chat, or no more: ask an owner to add it" };
    }
    if (!this.#isSeen(tls)) return { reason: `${INTERCEPTED} its certificate is not the host's` };
    // The term of a host that was removed since says nothing.
    const highest = known !== undefined && mayHost(roster, known.host) ? known.term : undefined;
    const judgement = judgeTerm(highest, term);
    switch (judgement) {
      case "older":
        return { reason: "This is an older host: another member hosts the chat now", isOlder: true };
      case "leap":
        return { reason: `The server claims to be host number ${term} of the chat, too far above the last one` };
      case "accepted":
        return undefined;
      default:
        return judgement satisfies never;
    }
  }

  #isSeen(tls: string | undefined): boolean {
    const seen = this.#options.seenTls();
    return typeof seen === "object" ? tls === seen.fingerprint : seen === "vouched" || tls === undefined;
  }
}

const OTHER_KEY: HostRefusal = {
  reason: "This server has another chat: it may have the address of a former host, or ask for a new invite",
};
const INTERCEPTED = "The connection may be intercepted: the server did not prove that it hosts the chat,";

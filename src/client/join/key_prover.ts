import type { ClientIdentity, ProofFields } from "../../protocol/identity/join_proof.ts";
import type { WelcomeEvent } from "../../protocol/messages/messages.ts";
import type { ServerLink } from "../link/server_link.ts";

/** Proves the client's key to the server, once on each link that asks for it. */
export class KeyProver {
  readonly #identity: ClientIdentity | undefined;
  /** The link on which a key is being proved. */
  #proving: ServerLink | undefined;
  /** The last link whose challenge was signed. */
  #proved: ServerLink | undefined;
  #needsKey = false;

  constructor(identity: ClientIdentity | undefined) {
    this.#identity = identity;
  }

  /** Whether a proof is being made for the current link. Its joins wait for it. */
  get busy(): boolean {
    return this.#proving !== undefined;
  }

  /** The client has become another member: the next proof uses a new key, if `needed`. */
  renewKey(needed: boolean): void {
    this.#needsKey = needed;
  }

  /**
   * Signs the challenge of a welcome. `done` is called unless the link is lost before. Returns false, and does nothing, if there
   * is no key or no challenge, or if this link had one: a second welcome of a hostile server costs no second signature.
   */
  prove({ chat, nonce, tls }: WelcomeEvent, link: ServerLink, done: ProofListener): boolean {
    if (this.#identity === undefined || chat === undefined || nonce === undefined || link === this.#proved) {
      return false;
    }
    this.#proved = this.#proving = link;
    const renew = this.#needsKey;
    this.#needsKey = false;
    void this.#identity.prove({ chat, nonce, tls }, renew).then((proof) => {
      if (this.#proving !== link) return;
      this.#proving = undefined;
      done(chat, proof);
    });
    return true;
  }

  linkLost(): void {
    this.#proving = undefined;
  }
}

/** Gets the id of the chat, and the proof; none if the client has no key for this chat. */
type ProofListener = (chat: string, proof: ProofFields | undefined) => void;

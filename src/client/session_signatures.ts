/** The signatures of a session: signs the messages that it sends, and checks those that it shows. */

import type { ClientIdentity } from "../protocol/identity/join_proof.ts";
import type { Entry, WhoisEvent } from "../protocol/messages/messages.ts";
import type { ClientEvent } from "./client_event.ts";
import type { Clock } from "./clock.ts";
import type { PendingMessage, SignedPart } from "./delivery/message_intent.ts";
import { type Author, MessageSigner } from "./delivery/message_signer.ts";
import { SignatureChecker, type VerifySignature } from "./delivery/signature_checker.ts";
import type { JoinRequests } from "./join/join_requests.ts";
import type { ClientState } from "./state/client_state.ts";
import { memberIdOf } from "./state/member_lookup.ts";

export interface SessionSignaturesOptions {
  readonly clock: Clock;
  readonly requests: JoinRequests;
  /** The client's current state. */
  readonly state: () => ClientState;
  /** Without it, nothing is signed. */
  readonly identity?: ClientIdentity;
  /** Without it, nothing is checked. */
  readonly verify?: VerifySignature;
  readonly emit: (event: ClientEvent) => void;
}

export class SessionSignatures {
  /** The id of the chat, from the last welcome. */
  chat: string | undefined;
  readonly #options: SessionSignaturesOptions;
  readonly #signer: MessageSigner;
  readonly #checker: SignatureChecker | undefined;

  constructor(options: SessionSignaturesOptions) {
    this.#options = options;
    const { clock, verify, emit } = options;
    const onFalse = (entry: Entry) => emit({ type: "falseSignature", entry });
    this.#checker = verify && new SignatureChecker({ clock, verify, onFalse });
    this.#signer = new MessageSigner({
      author: () => this.author,
      sign: async (text) => await options.identity!.sign(text),
      memberId: (to) => memberIdOf(options.state(), to),
      now: () => clock.wall(),
    });
  }

  /** The signer of our messages; `undefined` unless the server knows us by the key that was proved on this link. */
  get author(): Author | undefined {
    const { keyed, confirmed, proof } = this.#options.requests;
    const { you } = this.#options.state();
    if (!keyed || !confirmed || proof === undefined || you === undefined || this.chat === undefined) return undefined;
    return { chat: this.chat, id: you.id, key: proof.key };
  }

  sign(message: PendingMessage): Promise<SignedPart | undefined> | undefined {
    return this.#signer.sign(message);
  }

  /** Checks an entry soon, and emits `falseSignature` if its signature is false. */
  check(entry: Entry): void {
    const { chat } = this;
    if (chat !== undefined) this.#checker?.check(entry, { chat, self: this.#options.state().you?.id });
  }

  /** Emits what the signatures of the member's last messages show. */
  report({ member, keys }: WhoisEvent): void {
    const record = this.#checker?.record(member.id, keys);
    if (record !== undefined) this.#options.emit({ type: "signatures", member, record });
  }

  /** Forgets the members of another server. */
  forget(): void {
    this.#checker?.forget();
  }

  /** Checks nothing more. Resolves when no signature is being checked. */
  async stop(): Promise<void> {
    await this.#checker?.stop();
  }
}

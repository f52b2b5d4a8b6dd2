import type { HistoryStore, MutableBatch } from "../history/store.ts";
import { conversationName } from "../protocol/conventions.ts";
import { ProtocolError } from "../protocol/errors.ts";
import {
  type CopyBatch,
  type FollowerMessage,
  type HostMessage,
  type KeptChannel,
  parseHostMessage,
} from "../protocol/hosts/copy_messages.ts";
import type { JoinChallenge, ProofFields } from "../protocol/identity/join_proof.ts";
import { MAX_COPY_PARTS_BYTES } from "../protocol/limits.ts";
import { copiedBatch, removalOf } from "./copied_batch.ts";
import { givenEntries, offeredIds } from "./offered_entries.ts";

/** The size of the whole copy, which a new follower would get. */
export interface CopySize {
  readonly entries: number;
  readonly channels: number;
}

export interface CopyTakerOptions {
  /** The store of the copy. Its opener closes it, after the connection has ended. */
  readonly history: HistoryStore;
  /** The id of the follower's member. */
  readonly memberId: string;
  /** Proves the follower's key to the host. Rejects if the host is not the one that it should be. */
  readonly prove: (challenge: JoinChallenge) => Promise<ProofFields>;
  /** Whether the follower wants a copy of this size. */
  readonly wants: (size: CopySize) => boolean | Promise<boolean>;
  /** Called after each copy was stored. */
  readonly stored: (term: number) => void;
  readonly send: (json: string) => void;
}

type Of<K extends HostMessage["type"]> = Extract<HostMessage, { readonly type: K }>;

const CONVERSATIONS_AT_ONCE = 200;
/** The length of one `have`, in characters. */
const HAVE_CHARS = 16 * 1024;

/**
 * The follower's end of a copy: says what it has, stores what comes, and confirms it. `take` gets one message after the other. What it
 * throws ends the connection: a `ProtocolError` is the host's fault, a `StoreError` that of this machine.
 */
export class CopyTaker {
  readonly #options: CopyTakerOptions;
  #term: number | undefined;
  #hasBegun = false;
  #parts: CopyBatch[] = [];
  #partChars = 0;
  #n = 0;

  constructor(options: CopyTakerOptions) {
    this.#options = options;
  }

  /** The term of the host that this follows; `undefined` before `following`. */
  get term(): number | undefined {
    return this.#term;
  }

  /** Takes a message. Resolves with false if the follower does not want the copy. */
  async take(json: string): Promise<boolean> {
    const message = parseHostMessage(json);
    switch (message.type) {
      case "challenge":
        return await this.#follow(message);
      case "following":
        return await this.#begin(message);
      case "copy":
        return this.#store(message, json.length);
      case "wanted":
        return this.#answer(offeredIds(this.#history, message.channel, message.before));
      case "give":
        return this.#answer(givenEntries(this.#history, message.channel, message.after));
      case "beat":
        this.#send({ type: "beat" });
        return true;
      default:
        return message satisfies never;
    }
  }

  async #follow({ chat, nonce, tls }: Of<"challenge">): Promise<true> {
    if (chat !== this.#options.history.serverId) {
      throw new ProtocolError("bad_frame", "This address belongs to another chat");
    }
    const proof = await this.#options.prove({ chat, nonce, ...tls !== undefined && { tls } });
    this.#send({ type: "follow", ...proof });
    return true;
  }

  async #begin({ term, entries, channels }: Of<"following">): Promise<boolean> {
    if (this.#term !== undefined) throw outOfPlace();
    this.#term = term;
    if (!await this.#options.wants({ entries, channels })) return false;
    this.#tellKept();
    this.#hasBegun = true;
    return true;
  }

  /** Says what the copy has, in messages of bounded length. */
  #tellKept(): void {
    let page: KeptChannel[] = [];
    let chars = 0;
    for (const channel of this.#kept()) {
      page.push(channel);
      chars += JSON.stringify(channel).length;
      if (chars < HAVE_CHARS) continue;
      this.#send({ type: "have", channels: page, more: true });
      page = [];
      chars = 0;
    }
    this.#send({ type: "have", channels: page });
  }

  *#kept(): Iterable<KeptChannel> {
    const { history, memberId } = this.#options;
    const lastOf = (channel: string) => history.entries({ room: channel, limit: 1 })[0]?.id;
    for (const { id, name, seq } of history.rooms()) yield { id, name, seq, last: lastOf(name) };
    let before: string | undefined;
    for (;;) {
      const page = history.conversations({ memberId, before, limit: CONVERSATIONS_AT_ONCE });
      for (const { with: partner, seq } of page) {
        const name = conversationName(memberId, partner.id);
        yield { id: history.conversation(name)!.id, name, seq, last: lastOf(name) };
      }
      if (page.length < CONVERSATIONS_AT_ONCE) return;
      before = page.at(-1)!.with.id;
    }
  }

  #store({ n, batch, more, reset }: Of<"copy">, chars: number): true {
    if (!this.#hasBegun || n !== this.#n + 1) throw outOfPlace();
    this.#parts.push(batch);
    this.#partChars += chars;
    if (this.#partChars > MAX_COPY_PARTS_BYTES) throw new ProtocolError("bad_frame", "The host's batch is too long");
    if (more) return true;
    const { history } = this.#options;
    const whole = copiedBatch(this.#parts) as MutableBatch;
    if (reset) whole.records.unshift(...removalOf(history.records()));
    this.#parts = [];
    this.#partChars = 0;
    history.append(whole);
    this.#n = n;
    this.#send({ type: "stored", n });
    this.#options.stored(this.#term!);
    return true;
  }

  get #history(): HistoryStore {
    return this.#options.history;
  }

  #answer(message: FollowerMessage): true {
    if (!this.#hasBegun) throw outOfPlace();
    this.#send(message);
    return true;
  }

  #send(message: FollowerMessage): void {
    this.#options.send(JSON.stringify(message));
  }
}

function outOfPlace(): ProtocolError {
  return new ProtocolError("bad_frame", "The host's message about the copy comes out of place");
}

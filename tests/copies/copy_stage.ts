/** A host with followers that keep copies, all in this process. */

import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { setImmediate } from "node:timers";
import { CopyTaker, type CopyTakerOptions } from "../../src/copies/copy_taker.ts";
import { type MessageSocket, openMessageSocket } from "../../src/framing/websocket/message_socket.ts";
import { MemoryHistory } from "../../src/history/memory/memory_history.ts";
import type { HistoryStore } from "../../src/history/store.ts";
import { COPY_PATH } from "../../src/protocol/hosts/copy_messages.ts";
import type { JoinChallenge, ProofFields } from "../../src/protocol/identity/join_proof.ts";
import { joinText } from "../../src/protocol/identity/signed_text.ts";
import type { HostsEvent } from "../../src/protocol/messages/messages.ts";
import { MAX_COPY_BYTES } from "../../src/protocol/limits.ts";
import { MemoryLink } from "../helpers/memory_link.ts";
import { type Guest, Stage, type StageOptions } from "../server/stage.ts";

/** A member with a key. */
export class KeyOwner {
  readonly key: string;
  readonly #secret: KeyObject;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    this.#secret = privateKey;
    this.key = publicKey.export({ format: "jwk" }).x!;
  }

  prove({ chat, nonce }: JoinChallenge): ProofFields {
    const host = "localhost";
    return { key: this.key, signature: this.sign(joinText({ chat, nonce, host, key: this.key })), host };
  }

  sign(text: string): string {
    return sign(null, new TextEncoder().encode(text), this.#secret).toString("base64url");
  }
}

/** A host of a shared chat. A member with a key of `followers` may keep a copy. */
export class HostStage extends Stage {
  declare readonly followers: Set<string>;
  /** Whom the chat was handed over to. */
  declare readonly handedTo: string[];
  declare readonly candidates: HostsEvent["candidates"][number][];

  constructor(options: StageOptions = {}) {
    const followers = new Set<string>();
    const host = new KeyOwner();
    const handedTo: string[] = [];
    const candidates: HostsEvent["candidates"][number][] = [];
    super({
      hosted: {
        ...{ chatKey: new KeyOwner().key, term: 3, host: { key: host.key, name: "ada" } },
        roster: () => [],
        sign: (text) => host.sign(text),
        mayFollow: (key) => followers.has(key),
        candidates: () => candidates,
        handOver: (to) => void handedTo.push(to),
      },
      ...options,
    });
    Object.assign(this, { followers, handedTo, candidates });
  }

  /** Connects a client that joins with its key. */
  async joinWith(owner: KeyOwner, name: string, more: object = {}): Promise<{ guest: Guest; id: string }> {
    const guest = this.dial();
    // The greeting comes after the first line.
    await guest.say({ type: "ping" });
    const { chat, nonce } = await guest.until("welcome");
    await guest.say({ type: "join", name, room: "lobby", ...owner.prove({ chat: chat!, nonce: nonce! }), ...more });
    return { guest, id: (await guest.until("joined")).you.id };
  }

  /** Resolves when as many copies have all that they may have. */
  async current(copies: number): Promise<void> {
    while (this.server.copies !== copies) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Resolves when the store has as many batches with entries. */
  async stored(batches: number): Promise<void> {
    while (this.history.appends.length < batches) await new Promise((resolve) => setImmediate(resolve));
  }

  /** A store for a copy of this chat. */
  newCopy(): MemoryHistory {
    return new MemoryHistory({}, this.history.serverId);
  }

  /** Lets the member keep a copy, and follows. */
  async follow(owner: KeyOwner, memberId: string, more: Partial<CopyTakerOptions> = {}): Promise<TestFollower> {
    this.followers.add(owner.key);
    const follower = await TestFollower.open(this, { history: this.newCopy(), memberId, owner, ...more });
    return follower;
  }
}

interface FollowerChoices extends Partial<CopyTakerOptions> {
  readonly history: HistoryStore;
  readonly memberId: string;
  readonly owner: KeyOwner;
}

/** The program of a member that keeps a copy. */
export class TestFollower {
  readonly history: HistoryStore;
  readonly socket: MessageSocket;
  /** Messages of the host wait while this is true. */
  #isHeld = false;
  #released = Promise.withResolvers<void>();
  readonly ended: Promise<string>;
  readonly #changed = { now: Promise.withResolvers<void>() };

  private constructor(socket: MessageSocket, { owner, ...choices }: FollowerChoices) {
    this.socket = socket;
    this.history = choices.history;
    const taker = new CopyTaker({
      prove: (challenge) => Promise.resolve(owner.prove(challenge)),
      wants: () => true,
      send: (json) => socket.send(json),
      ...choices,
      stored: (term) => {
        choices.stored?.(term);
        this.#changed.now.resolve();
        this.#changed.now = Promise.withResolvers();
      },
    });
    this.ended = this.#run(taker);
  }

  static async open(stage: HostStage, choices: FollowerChoices): Promise<TestFollower> {
    return new TestFollower(await openCopySocket(stage), choices);
  }

  async #run(taker: CopyTaker): Promise<string> {
    try {
      for await (const message of this.socket.messages) {
        while (this.#isHeld) await this.#released.promise;
        if (!await taker.take(message as string)) break;
      }
    } catch (error) {
      this.socket.close();
      return (error as Error).message;
    }
    this.socket.close();
    return this.socket.closeReason;
  }

  /** Takes nothing until `release`. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#released.resolve();
    this.#released = Promise.withResolvers();
  }

  /** Resolves when the copy fits. */
  async until(fits: (copy: HistoryStore) => boolean): Promise<void> {
    while (!fits(this.history)) await this.#changed.now.promise;
  }

  /** Resolves when the copy has as many entries of the channel. */
  has(channel: string, entries: number): Promise<void> {
    return this.until((copy) => copy.entries({ room: channel, limit: 1 }).at(-1)?.seq === entries);
  }

  /** Ends the connection, and resolves when nothing is stored any more. */
  async leave(): Promise<void> {
    this.release();
    this.socket.close();
    await this.ended;
  }
}

/** Opens the WebSocket of a follower. */
export function openCopySocket(stage: Stage): Promise<MessageSocket> {
  const guest = stage.dial();
  const link = new MemoryLink(guest.connection, guest.rest());
  return openMessageSocket(link, {
    path: COPY_PATH,
    random: (bytes) => void crypto.getRandomValues(bytes),
    maxMessageBytes: MAX_COPY_BYTES,
    maxPongQueueBytes: 1_000,
  });
}

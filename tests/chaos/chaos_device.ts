/** One client of a member under chaos: it sends, receives and notes, and may be killed at any moment. */

import { assertEquals } from "@std/assert";
import { Client } from "../../src/client/client.ts";
import type { ClientEvent } from "../../src/client/client_event.ts";
import type { ClientMemory, Remembered } from "../../src/client/client_memory.ts";
import { clientIdentity } from "../../src/identity/client_identity.ts";
import type { SigningKey } from "../../src/identity/identity_keys.ts";
import { createVerifier } from "../../src/identity/key_choice.ts";
import type { ClientIdentity } from "../../src/protocol/identity/join_proof.ts";
import { type Entry, isEntry, isOfRoom, placeKey, type RoomEntry } from "../../src/protocol/messages/messages.ts";
import type { Random } from "../helpers/random.ts";
import type { ChaosDoor } from "./chaos.ts";
import { isRead, ShownConversations, WHISPER, type Whisper } from "./conversations.ts";
import { pause } from "./pace.ts";

export const ROOM = "chaos";
const MAX_PENDING = 40;

/** The prefix of an edit's text. */
export const EDIT = "edit ";

/** The identity of a client that sends nothing more once it is killed, as it would after a signature was made. */
function whileAlive(identity: ClientIdentity, isAlive: () => boolean): ClientIdentity {
  const sign = async (text: string) => {
    const signature = await identity.sign(text);
    return isAlive() ? signature : await new Promise<never>(() => {});
  };
  return { ...identity, sign };
}

export interface DeviceNames {
  readonly name: string;
  readonly partner: string;
}

/** One client of a member, with a client memory that survives it. */
export class ChaosDevice {
  readonly name: string;
  /** The key of the member, which their devices share here. Without it, the member has a token. */
  key: SigningKey | undefined;
  /** Whether it shows one place at a time, as the page does: the room, until `openAll` opens the conversations. */
  showsOnePlace = false;
  readonly received: RoomEntry[] = [];
  readonly shown = new ShownConversations();
  /** The acknowledged direct messages of this device, to the member with the next number. */
  readonly whispers: Whisper[] = [];
  /** The name of that member. */
  readonly partner: string;
  /** The id of the first acknowledged message, which is edited again and again. */
  #draft: string | undefined;
  /** Texts that a killed client had not saved. */
  readonly unsaved: string[] = [];
  sent = 0;
  #whispered = 0;
  readonly #door: ChaosDoor;
  readonly #random: Random;
  readonly #acks: Map<string, { id: string; seq: number }>;
  #memory: Remembered | undefined;
  #client: Client | undefined;
  #gaveUp: string | undefined;
  /** Identity of the running client: events of earlier ones are ignored. */
  #epoch: object | undefined;
  /** Texts typed and not acknowledged. */
  readonly #unanswered = new Set<string>();
  #wake = Promise.withResolvers<void>();
  readonly #joined = Promise.withResolvers<void>();

  constructor(names: DeviceNames, door: ChaosDoor, random: Random, acks: Map<string, { id: string; seq: number }>) {
    this.name = names.name;
    this.partner = names.partner;
    this.#door = door;
    this.#random = random;
    this.#acks = acks;
  }

  /** Resolves when the memory holds a position in the room: a later client returns to it. */
  get joined(): Promise<void> {
    return this.#joined.promise;
  }

  get gaveUp(): string | undefined {
    return this.#gaveUp;
  }

  /** The server that was dialed last. */
  get host(): string {
    return this.#door.host();
  }

  get memberId(): string | undefined {
    return this.#client?.state.you?.id;
  }

  /** Whether this device has shown the conversation up to this seq, and knows that it is read. */
  isRead(key: string, seq: number): boolean {
    return isRead(this.#client, this.shown, key, seq);
  }

  /** The seqs up to which this device has shown the conversation, and knows that it is read. */
  progress(key: string): string {
    const mark = this.#client?.state.conversations.get(key)?.mark?.seq;
    return `shown ${this.shown.newest(key)}, read ${mark}`;
  }

  /** Reads all conversations up to their ends, as a user does who opens each. */
  readAll(): void {
    for (const [key, entries] of this.shown.all) {
      const last = entries.at(-1);
      if (last !== undefined) this.#client?.markRead(key, last);
    }
  }

  /** Opens each conversation, as a user does who reads one after another. */
  openAll(): void {
    for (const key of this.#client?.state.conversations.keys() ?? []) this.#client?.catchUp(key);
  }

  get pending(): number {
    return this.#client?.pending.length ?? 0;
  }

  /** Starts as the same member as the other device, with nothing else of its memory. */
  startBeside({ name, member }: ChaosDevice): void {
    this.#memory = { ...member, name, lastSeqs: [], pending: [] };
    this.start();
  }

  /** The memory that a further device of the member starts with. */
  get member(): Pick<Remembered, "serverId" | "token" | "keyed"> {
    const { serverId, token, keyed } = this.#memory!;
    assertEquals([keyed === true, token !== undefined], [this.key !== undefined, this.key === undefined]);
    return { serverId, token, keyed };
  }

  start(): void {
    const epoch = {};
    this.#epoch = epoch;
    this.#gaveUp = undefined;
    const client = new Client({
      dial: this.#door.dial,
      name: this.name,
      acceptSuggestion: true,
      rooms: [ROOM],
      clock: this.#door.clock,
      random: () => this.#random.next(),
      retryFirst: true,
      memory: this.#memoryOf(epoch),
      identity: this.#identity(() => this.#epoch === epoch),
      verify: createVerifier(),
      ...this.showsOnePlace && { openPlace: () => ROOM },
      onEvent: (event) => this.#epoch === epoch && this.#note(event),
    });
    this.#client = client;
    client.start();
  }

  /** Kills the client at any moment, and starts another with the saved memory. */
  async restart(): Promise<void> {
    const dead = this.#client;
    this.#epoch = undefined;
    this.#forgetUnsaved();
    this.start();
    await dead?.close();
  }

  /** Forgets messages that were typed or shown and not saved: they were never sent, or will be shown again. */
  #forgetUnsaved(): void {
    const saved = new Set(this.#memory?.pending.map(({ text }) => text));
    for (const text of this.#unanswered) {
      if (saved.has(text)) continue;
      this.#unanswered.delete(text);
      if (!text.startsWith(WHISPER)) this.unsaved.push(text);
    }
    this.shown.forgetUnsaved(this.#memory?.lastSeqs ?? []);
    const lastSeq = this.#memory?.lastSeqs.find(([room]) => room === ROOM)?.[1] ?? 0;
    while (this.received.length > 0 && this.received.at(-1)!.seq > lastSeq) this.received.pop();
  }

  #identity(isAlive: () => boolean): ClientIdentity | undefined {
    const { key } = this;
    if (key === undefined) return undefined;
    return whileAlive(clientIdentity({ keyFor: () => Promise.resolve(key), host: this.#door.host }), isAlive);
  }

  async end(): Promise<void> {
    await this.#client?.close();
  }

  async sendUntil(until: number, mustWait: () => boolean): Promise<void> {
    while (Date.now() < until) {
      if (this.pending >= MAX_PENDING || mustWait()) {
        await Promise.race([this.#wake.promise, pause(50)]);
      } else {
        const count = this.#random.between(1, 3);
        for (let index = 0; index < count; index++) this.#sendNext();
        await pause(this.#random.between(10, 100));
      }
    }
  }

  /** Sends a message to the room or to the partner, or now and then an edit of the first one. */
  #sendNext(): void {
    if (this.#random.between(0, 4) === 0) return this.#whisper();
    const { room, of } = { room: ROOM, of: this.#draft };
    const isEdit = of !== undefined && this.#random.between(0, 4) === 0;
    const text = `${isEdit ? EDIT : ""}${this.name}:${this.sent++}`;
    this.#unanswered.add(text);
    if (isEdit) this.#client!.send({ room }, text, { kind: "edit", of });
    else this.#client!.send({ room }, text);
  }

  #whisper(): void {
    const text = `${WHISPER}${this.name}:${this.#whispered++}`;
    this.#unanswered.add(text);
    this.#client!.send({ to: this.partner }, text);
  }

  #note(event: ClientEvent): void {
    if (event.type === "acknowledged") {
      this.#unanswered.delete(event.message.text);
      if (event.message.text.startsWith(WHISPER)) return this.#noteWhisper(event.message.text, event.ack);
      // The client made the id, which is its `ref`, too: the store must have the message under this one.
      const { ack: { seq }, message: { text, ref: id } } = event;
      if (!text.startsWith(EDIT)) this.#draft ??= id;
      this.#acks.set(text, { id, seq: seq! });
      this.#wake.resolve();
      this.#wake = Promise.withResolvers<void>();
    } else if (event.type === "received" && event.event !== undefined && isEntry(event.event)) {
      this.#noteEntry(event.event);
    } else if (event.type === "status" && event.status.kind === "closed") {
      this.#gaveUp = `${this.name}: ${event.status.reason}`;
    } else if (event.type === "falseSignature") {
      throw new Error(`${this.name} got a false signature: ${JSON.stringify(event.entry)}`);
    } else if (event.type === "failed") {
      throw new Error(`${this.name} failed to send ${event.message.text}: ${event.error.message}`);
    }
  }

  #noteWhisper(text: string, { id, seq }: { readonly id: string; readonly seq?: number | undefined }): void {
    this.whispers.push({ text, id, seq: seq! });
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }

  #noteEntry(entry: Entry): void {
    if (isOfRoom(entry)) return void this.received.push(entry);
    this.shown.add(entry);
    this.#client?.markRead(placeKey(entry), entry);
  }

  /** A client memory that ignores what a killed client still saves. */
  #memoryOf(epoch: object): ClientMemory {
    return {
      load: () => structuredClone(this.#memory),
      save: (remembered) => {
        if (this.#epoch !== epoch) return false;
        this.#memory = structuredClone(remembered);
        if (remembered.lastSeqs.some(([room]) => room === ROOM)) this.#joined.resolve();
        return true;
      },
      close: () => {},
    };
  }
}

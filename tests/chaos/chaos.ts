/**
 * Ten members, each with a device that sends and one that receives, a proxy that cuts their connections, and a server that is
 * killed. They write to a room, and each to the next member. Every second member has a key, the others a token. No message
 * may be lost or duplicated, no signature may be false, and what one device has read is read on the other.
 */

import { assertEquals } from "@std/assert";
import { Client } from "../../src/client/client.ts";
import type { ClientEvent } from "../../src/client/client_event.ts";
import type { ClientMemory, Remembered } from "../../src/client/client_memory.ts";
import { clientIdentity } from "../../src/identity/client_identity.ts";
import { createVerifier } from "../../src/identity/key_choice.ts";
import { WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";
import type { ClientIdentity } from "../../src/protocol/identity/join_proof.ts";
import { MAX_REPLAY_MESSAGES } from "../../src/protocol/limits.ts";
import { type Entry, isEntry, isOfRoom, placeKey, type RoomEntry } from "../../src/protocol/messages/messages.ts";
import { dialTcp } from "../../src/transports/tcp.ts";
import { findConversationFaults, isRead, ShownConversations, WHISPER, type Whisper } from "./conversations.ts";
import { CuttingProxy } from "./lossy_proxy.ts";
import { inTime } from "../helpers/process_lines.ts";
import { Random } from "../helpers/random.ts";
import { fasterClock, newestOf, pause, repeat, SETTLE_TIMEOUT_MS, settled } from "./pace.ts";
import { ServerProcess } from "./server_process.ts";

export interface ChaosOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** The server's data folder. It is not removed. */
  readonly folder: string;
  readonly members?: number;
}

export interface ChaosReport {
  readonly seed: number;
  readonly sent: number;
  /** Texts that a client was killed with before it saved them, so they were never sent. */
  readonly unsaved: readonly string[];
  readonly acknowledged: number;
  readonly killed: number;
  readonly cut: number;
  readonly clientRestarts: number;
  /** Acknowledgements, by the text of the message. */
  readonly acks: ReadonlyMap<string, { readonly id: string; readonly seq: number }>;
  /** The messages that the second device of each member showed, in order. */
  readonly received: readonly (readonly RoomEntry[])[];
  readonly whispers: number;
  /** One sentence for each broken promise about a conversation. */
  readonly conversationFaults: readonly string[];
  /** The server processes' output on standard error. */
  readonly complaints: string;
}

export const ROOM = "chaos";
const MEAN_BYTES_TO_CUT = 30_000;
const MAX_PENDING = 40;
/** Speed of the clients' timers: one second holds as many reconnects as a bad minute. */
const CLOCK_SPEED = 20;
const FAST_CLOCK = fasterClock(CLOCK_SPEED);

/** Runs for `durationMs` and then waits until all clients are idle. Rejects if they do not become idle. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, durationMs, folder, members = 10 } = options;
  const random = new Random(seed);
  const server = await ServerProcess.start("--data", folder, "--rate", "0");
  const proxy = new CuttingProxy(server.port, random, MEAN_BYTES_TO_CUT);
  const acks = new Map<string, { id: string; seq: number }>();
  const newDevice = (_: unknown, index: number) => {
    const names = { name: `member${index}`, partner: `member${(index + 1) % members}` };
    return new Device(names, proxy.port, random, acks);
  };
  const senders = Array.from({ length: members }, newDevice);
  const receivers = Array.from({ length: members }, newDevice);
  const devices = [...senders, ...receivers];
  for (let index = 0; index < members; index += 2) {
    senders[index]!.identity = receivers[index]!.identity = await newIdentity();
  }
  for (const [index, receiver] of receivers.entries()) receiver.showsOnePlace = index % 2 === 1;
  let killed = 0;
  let restarts = 0;
  try {
    // A device is promised the messages after its first join. One that joins when all are sent would wait forever.
    for (const sender of senders) sender.start();
    await allJoined(senders);
    for (const [index, receiver] of receivers.entries()) receiver.startBeside(senders[index]!);
    await allJoined(receivers);
    assertEquals(receivers.map(({ memberId }) => memberId), senders.map(({ memberId }) => memberId));
    // Before, a cut could lose the token of a new member, who would then be another one.
    proxy.cutting = true;
    const until = Date.now() + durationMs;
    // No client may miss more messages than a join replays, however slow this machine is.
    const isSomebodyBehind = () => {
      const due = newestOf(acks) - MAX_REPLAY_MESSAGES / 2;
      return receivers.some(({ received }) => (received.at(-1)?.seq ?? 0) < due);
    };
    const sending = senders.map((sender) => sender.sendUntil(until, isSomebodyBehind));
    const killing = repeat(until, () => random.between(300, 1_500), async () => {
      await server.crash();
      killed++;
    });
    const restarting = repeat(until, () => random.between(200, 800), async () => {
      await devices[random.between(0, devices.length - 1)]!.restart();
      restarts++;
    });
    await Promise.all([...sending, killing, restarting]);
    proxy.cutting = false;
    await settled(senders, receivers, acks);
    await conversationsSettled(senders, receivers);
  } finally {
    for (const device of devices) await device.end();
    await proxy.close();
  }
  const complaints = await server.stop();
  const sent = senders.reduce((sum, sender) => sum + sender.sent, 0);
  return {
    seed,
    sent,
    unsaved: senders.flatMap((sender) => sender.unsaved),
    acknowledged: acks.size,
    killed,
    cut: proxy.cuts,
    clientRestarts: restarts,
    acks,
    received: receivers.map((receiver) => receiver.received),
    whispers: senders.reduce((sum, { whispers }) => sum + whispers.length, 0),
    conversationFaults: receivers.flatMap(({ name, shown }, index) =>
      findConversationFaults(name, shown.all, whispersOf(senders, index))
    ),
    complaints,
  };
}

/** The direct messages that the member with this number sent or got, by the key of the conversation. */
function whispersOf(senders: readonly Device[], index: number): Map<string, Whisper[]> {
  const { length } = senders;
  const [before, self, next] = [
    senders[(index + length - 1) % length]!,
    senders[index]!,
    senders[(index + 1) % length]!,
  ];
  return new Map([[`@${next.memberId}`, self.whispers], [`@${before.memberId}`, before.whispers]]);
}

/** Resolves when all devices that receive have shown all direct messages, and those that send know that they are read. */
async function conversationsSettled(senders: readonly Device[], receivers: readonly Device[]): Promise<void> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  // A client that was killed may have told nobody what it had read last.
  for (const device of [...senders, ...receivers]) device.readAll();
  const open = () =>
    receivers.flatMap((receiver, index) =>
      [...whispersOf(senders, index)].flatMap(([key, whispers]) => {
        const newest = whispers.at(-1)?.seq ?? 0;
        return receiver.isRead(key, newest) && senders[index]!.isRead(key, newest) ? [] : [
          `${receiver.name} ${key}: ${newest}, ${receiver.progress(key)}, ${senders[index]!.progress(key)}`,
        ];
      })
    );
  while (open().length > 0) {
    for (const receiver of receivers) receiver.openAll();
    if (Date.now() > deadline) throw new Error(`Conversations are not shown and read everywhere: ${open().join(", ")}`);
    await pause(20);
  }
}

/** The identity of a client that sends nothing more once it is killed, as it would after a signature was made. */
function whileAlive(identity: ClientIdentity, isAlive: () => boolean): ClientIdentity {
  const sign = async (text: string) => {
    const signature = await identity.sign(text);
    return isAlive() ? signature : await new Promise<never>(() => {});
  };
  return { ...identity, sign };
}

/** A new key, for all devices of a member. */
async function newIdentity(): Promise<ClientIdentity> {
  const key = await WEB_CRYPTO_KEYS.makeSigningKey(false);
  return clientIdentity({ keyFor: () => Promise.resolve(key), host: () => "127.0.0.1" });
}

/** The prefix of an edit's text. */
export const EDIT = "edit ";

async function allJoined(devices: readonly Device[]): Promise<void> {
  await Promise.all(
    devices.map((device) => inTime(device.joined, () => `the first join of a device of ${device.name}`)),
  );
}

interface Names {
  readonly name: string;
  readonly partner: string;
}

/** One client of a member, with a client memory that survives it. */
class Device {
  readonly name: string;
  /** Without it, the member has a token. */
  identity: ClientIdentity | undefined;
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
  readonly #port: number;
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

  constructor(names: Names, port: number, random: Random, acks: Map<string, { id: string; seq: number }>) {
    this.name = names.name;
    this.partner = names.partner;
    this.#port = port;
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
  startBeside({ name, member }: Device): void {
    this.#memory = { ...member, name, lastSeqs: [], pending: [] };
    this.start();
  }

  /** The memory that a further device of the member starts with. */
  get member(): Pick<Remembered, "serverId" | "token" | "keyed"> {
    const { serverId, token, keyed } = this.#memory!;
    assertEquals([keyed === true, token !== undefined], [this.identity !== undefined, this.identity === undefined]);
    return { serverId, token, keyed };
  }

  start(): void {
    const epoch = {};
    this.#epoch = epoch;
    this.#gaveUp = undefined;
    const client = new Client({
      dial: (signal) => dialTcp("127.0.0.1", this.#port, signal),
      name: this.name,
      acceptSuggestion: true,
      rooms: [ROOM],
      clock: FAST_CLOCK,
      random: () => this.#random.next(),
      retryFirst: true,
      memory: this.#memoryOf(epoch),
      identity: this.identity && whileAlive(this.identity, () => this.#epoch === epoch),
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

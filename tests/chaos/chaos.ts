/**
 * Ten members, each with a device that sends and one that receives, in a world in which links are cut and servers are killed.
 * They write to a room, and each to the next member. Every second member has a key, the others a token. No message may be lost
 * or duplicated, no signature may be false, and what one device has read is read on the other.
 */

import { assertEquals } from "@std/assert";
import { WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";
import type { Clock } from "../../src/client/clock.ts";
import type { Dial } from "../../src/client/link/dial.ts";
import { MAX_REPLAY_MESSAGES } from "../../src/protocol/limits.ts";
import type { RoomEntry } from "../../src/protocol/messages/messages.ts";
import { inTime } from "../helpers/process_lines.ts";
import type { Random } from "../helpers/random.ts";
import { ChaosDevice } from "./chaos_device.ts";
import { findConversationFaults, type Whisper } from "./conversations.ts";
import { newestOf, pause, repeat, SETTLE_TIMEOUT_MS, settled } from "./pace.ts";

/** The way of one client to the servers. */
export interface ChaosDoor {
  /** The clock by which the client waits for them. */
  readonly clock: Clock;
  /** Connects to a server of the chat. It rejects while there is none. */
  readonly dial: Dial;
  /** The host that was dialed last. */
  readonly host: () => string;
}

/** The servers, the way to them, and what goes wrong. */
export interface ChaosWorld {
  readonly newDoor: () => ChaosDoor;
  /** How often a server or a machine was killed, and links were cut. */
  readonly killed: number;
  readonly cut: number;
  /** Disturbs everything until then. */
  disturb(until: number): Promise<void>;
  /** Ends all disturbance. Resolves when all servers run and are reachable again. */
  calm(): Promise<void>;
  /** Ends the servers in order. Resolves to their standard error. */
  stop(): Promise<string>;
}

export interface ChaosOptions {
  readonly seed: number;
  readonly random: Random;
  readonly durationMs: number;
  readonly world: ChaosWorld;
  readonly members?: number;
  /** How long it may take until all is settled at the end. */
  readonly settleMs?: number;
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
  /** The longest time without any acknowledgement while members were sending, in milliseconds, and when it began after the first. */
  readonly longestGapMs: number;
  readonly longestGapAt: number;
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

/** Runs for `durationMs` and then waits until all clients are idle. Rejects if they do not become idle. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, random, durationMs, world, members = 10, settleMs = SETTLE_TIMEOUT_MS } = options;
  const acks = new AckBook();
  const newDevice = (_: unknown, index: number) => {
    const names = { name: `member${index}`, partner: `member${(index + 1) % members}` };
    return new ChaosDevice(names, world.newDoor(), random, acks);
  };
  const senders = Array.from({ length: members }, newDevice);
  const receivers = Array.from({ length: members }, newDevice);
  const devices = [...senders, ...receivers];
  for (let index = 0; index < members; index += 2) {
    senders[index]!.key = receivers[index]!.key = await WEB_CRYPTO_KEYS.makeSigningKey(false);
  }
  for (const [index, receiver] of receivers.entries()) receiver.showsOnePlace = index % 2 === 1;
  let restarts = 0;
  try {
    // A device is promised the messages after its first join. One that joins when all are sent would wait forever.
    for (const sender of senders) sender.start();
    await allJoined(senders);
    for (const [index, receiver] of receivers.entries()) receiver.startBeside(senders[index]!);
    await allJoined(receivers);
    assertEquals(receivers.map(({ memberId }) => memberId), senders.map(({ memberId }) => memberId));
    // Before, a cut could lose the token of a new member, who would then be another one.
    const until = Date.now() + durationMs;
    // No client may miss more messages than a join replays, however slow this machine is.
    const isSomebodyBehind = () => {
      const due = newestOf(acks) - MAX_REPLAY_MESSAGES / 2;
      return receivers.some(({ received }) => (received.at(-1)?.seq ?? 0) < due);
    };
    acks.begin();
    const sending = senders.map((sender) => sender.sendUntil(until, isSomebodyBehind));
    const restarting = repeat(until, () => random.between(200, 800), async () => {
      await devices[random.between(0, devices.length - 1)]!.restart();
      restarts++;
    });
    await Promise.all([...sending, world.disturb(until), restarting]);
    acks.end();
    await world.calm();
    await settled(senders, receivers, acks, settleMs).catch((error) => {
      throw new Error(`${error.message}; connected to ${devices.map(({ host }) => host).join(" ")}`);
    });
    await conversationsSettled(senders, receivers, settleMs);
  } finally {
    for (const device of devices) await device.end();
    await world.calm();
  }
  const complaints = await world.stop();
  const sent = senders.reduce((sum, sender) => sum + sender.sent, 0);
  return {
    seed,
    sent,
    unsaved: senders.flatMap((sender) => sender.unsaved),
    acknowledged: acks.size,
    killed: world.killed,
    cut: world.cut,
    clientRestarts: restarts,
    longestGapMs: acks.longestGapMs,
    longestGapAt: acks.longestGapAt,
    acks,
    received: receivers.map((receiver) => receiver.received),
    whispers: senders.reduce((sum, { whispers }) => sum + whispers.length, 0),
    conversationFaults: receivers.flatMap(({ name, shown }, index) =>
      findConversationFaults(name, shown.all, whispersOf(senders, index))
    ),
    complaints,
  };
}

/** The acknowledgements, and the longest time between two of them. */
class AckBook extends Map<string, { id: string; seq: number }> {
  longestGapMs = 0;
  /** When it began, in milliseconds after the members began to send. */
  longestGapAt = 0;
  #begun = 0;
  #last: number | undefined;

  begin(): void {
    this.#begun = this.#last = Date.now();
  }

  end(): void {
    this.#note();
    this.#last = undefined;
  }

  override set(text: string, ack: { id: string; seq: number }): this {
    this.#note();
    return super.set(text, ack);
  }

  #note(): void {
    if (this.#last === undefined) return;
    const now = Date.now();
    if (now - this.#last > this.longestGapMs) {
      this.longestGapMs = now - this.#last;
      this.longestGapAt = this.#last - this.#begun;
    }
    this.#last = now;
  }
}

/** The direct messages that the member with this number sent or got, by the key of the conversation. */
function whispersOf(senders: readonly ChaosDevice[], index: number): Map<string, Whisper[]> {
  const { length } = senders;
  const [before, self, next] = [
    senders[(index + length - 1) % length]!,
    senders[index]!,
    senders[(index + 1) % length]!,
  ];
  return new Map([[`@${next.memberId}`, self.whispers], [`@${before.memberId}`, before.whispers]]);
}

/** Resolves when all devices that receive have shown all direct messages, and those that send know that they are read. */
async function conversationsSettled(
  senders: readonly ChaosDevice[],
  receivers: readonly ChaosDevice[],
  settleMs: number,
): Promise<void> {
  const deadline = Date.now() + settleMs;
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

async function allJoined(devices: readonly ChaosDevice[]): Promise<void> {
  await Promise.all(
    devices.map((device) => inTime(device.joined, () => `the first join of a device of ${device.name}`)),
  );
}

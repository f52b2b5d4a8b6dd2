import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import {
  MAX_TEXT_BYTES,
  PRESENCE_INTERVAL_MS,
  PUSHBACK_BYTES,
  PUSHBACK_CHECK_MS,
  TURN_FRAMES_PER_CONNECTION,
} from "../../../src/protocol/limits.ts";
import { Congestion } from "../../../src/server/output/congestion.ts";
import type { RoomSubscribers } from "../../../src/server/output/room_subscribers.ts";
import { FakeTimers } from "../../helpers/fake_timers.ts";
import { type Guest, Stage } from "../stage.ts";

const LONG = "x".repeat(MAX_TEXT_BYTES);
/** More bytes than may be queued for each of a room's receivers. */
const FLOOD = Array<object>(Math.ceil(PUSHBACK_BYTES / MAX_TEXT_BYTES) + 1).fill({ type: "message", text: LONG });

/** Members of the lobby, one of whom floods it, and one elsewhere, who shows that the server goes on. */
async function crowd(stage: Stage, others: number): Promise<{ ada: Guest; receivers: Guest[]; witness: Guest }> {
  const ada = await stage.join("ada");
  const receivers: Guest[] = [];
  for (let index = 0; index < others; index++) receivers.push(await stage.join(`r${index}`));
  return { ada, receivers, witness: await stage.join("witness", "elsewhere") };
}

function stored(stage: Stage): number {
  return stage.history.appends.flat().length;
}

async function flood(ada: Guest, witness: Guest): Promise<void> {
  await ada.say(...FLOOD);
  // It may come after a message that was held back.
  for (let handled = 0; handled < 2 * FLOOD.length; handled += TURN_FRAMES_PER_CONNECTION) await witness.events();
  await witness.events();
}

Deno.test("a sender to a room whose receivers mostly lag is paused until they catch up", async () => {
  await using stage = new Stage();
  const { ada, receivers, witness } = await crowd(stage, 2);
  const releases = receivers.map((receiver) => receiver.there.stall());
  for (let times = 0; times < 2; times++) await flood(ada, witness);
  assertEquals(stored(stage), 2 * FLOOD.length);
  await flood(ada, witness);
  assertEquals(stored(stage), 2 * FLOOD.length);
  stage.timers.advance(10 * PUSHBACK_CHECK_MS);
  await witness.events();
  assertEquals(stored(stage), 2 * FLOOD.length);
  for (const release of releases) release();
  for (const receiver of receivers) await receiver.events();
  stage.timers.advance(PUSHBACK_CHECK_MS);
  await witness.events();
  await witness.events();
  assertEquals(stored(stage), 3 * FLOOD.length);
});

Deno.test("one lagging receiver among many others pauses no sender", async () => {
  await using stage = new Stage();
  const { ada, receivers, witness } = await crowd(stage, 3);
  const release = receivers[0]!.there.stall();
  for (let times = 1; times <= 4; times++) {
    await flood(ada, witness);
    assertEquals(stored(stage), times * FLOOD.length);
  }
  release();
});

Deno.test("stalled receivers pause no sender, however many there are", async () => {
  await using stage = new Stage();
  const { ada, receivers, witness } = await crowd(stage, 3);
  const releases = receivers.map((receiver) => receiver.there.stall());
  for (let times = 0; times < 3; times++) await flood(ada, witness);
  assertEquals(stored(stage), 2 * FLOOD.length);
  for (let seconds = 0; seconds < 2; seconds++) stage.pass(PRESENCE_INTERVAL_MS);
  stage.timers.advance(PUSHBACK_CHECK_MS);
  await flood(ada, witness);
  assertEquals(stored(stage), 4 * FLOOD.length);
  for (const release of releases) release();
});

Deno.test("a draining server resumes paused senders", async () => {
  await using stage = new Stage();
  const { ada, receivers, witness } = await crowd(stage, 2);
  const releases = receivers.map((receiver) => receiver.there.stall());
  for (let times = 0; times < 3; times++) await flood(ada, witness);
  assertEquals(stored(stage), 2 * FLOOD.length);
  const ended = stage.server.drain();
  ada.hangUp();
  for (const release of releases) release();
  for (const guest of [...receivers, witness]) guest.hangUp();
  await ended;
});

Deno.test("after the end no sender is paused, even if its room is congested", async () => {
  using timers = new FakeTimers();
  const congestion = new Congestion();
  const room = { congested: true } as RoomSubscribers;
  const relieved = congestion.in(room);
  await new Promise((resolve) => setImmediate(resolve));
  assertEquals(timers.pending, 1);
  congestion.end();
  await relieved;
  assertEquals([congestion.in(room), timers.pending], [undefined, 0]);
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { pong } from "../../../src/framing/websocket/websocket.ts";
import {
  MAX_MEDIA_DROPPED,
  MAX_MEDIA_QUEUED_BYTES,
  MAX_VIDEO_BYTES,
  MEDIA_BURST_BYTES,
  MEDIA_BURST_FRAMES,
  MEDIA_GREETING_MS,
  MEDIA_PAUSE_MS,
} from "../../../src/protocol/limits.ts";
import { clientFrame } from "../../helpers/websocket_frames.ts";
import { Stage } from "../stage.ts";
import { connected, flood, MediaEnd, STATE, throughPauses, VIDEO } from "./media_end.ts";

const PING = clientFrame({ kind: "ping", payload: "x".repeat(100) });

function pings(count: number): Uint8Array {
  const bytes = new Uint8Array(count * PING.length);
  for (let nth = 0; nth < count; nth++) bytes.set(PING, nth * PING.length);
  return bytes;
}

Deno.test("a connection without a token ends in time, also one that pings", async () => {
  await using stage = new Stage();
  const end = await MediaEnd.open(stage);
  for (let passed = 0; passed < MEDIA_GREETING_MS; passed += 1_000) {
    await end.link.write(PING);
    await stage.listener.deserted();
    stage.pass(1_000);
  }
  assertStringIncludes(await end.closed(), "No token has arrived in time");
});

Deno.test("pings count as frames: further ones are not answered, and then end the connection", async () => {
  await using stage = new Stage();
  const { here, there } = await connected(stage);
  await there.link.write(pings(MEDIA_BURST_FRAMES + MAX_MEDIA_DROPPED));
  await there.link.write(pings(1));
  const text = await throughPauses(stage, there.closed());
  assertStringIncludes(text, "You send too much into the call");
  const answer = String.fromCharCode(...pong(new Uint8Array(100).fill(0x78)));
  const answers = text.split(answer).length - 1;
  assertEquals(answers > 0 && answers <= MEDIA_BURST_FRAMES, true, `${answers} answers`);
  here.send({ ...VIDEO, time: 8 });
  assertEquals((await here.until("got")).time, 8);
});

Deno.test("a member who connects again may not send more than before", async () => {
  await using stage = new Stage();
  const { here, there, tokens } = await connected(stage);
  const picture = { ...VIDEO, jpeg: new Uint8Array(MAX_VIDEO_BYTES) };
  const fits = Math.floor(MEDIA_BURST_BYTES / (MAX_VIDEO_BYTES + 10));
  for (let time = 1; time <= fits; time++) there.send({ ...picture, time });
  for (let time = 1; time <= fits; time++) await there.until("got");
  const again = await MediaEnd.open(stage, tokens[1]);
  await again.next();
  again.send({ ...picture, time: 100 }, { ...VIDEO, time: 101 });
  assertEquals((await throughPauses(stage, again.until("got"))).time, 101);
  here.send(VIDEO);
  await here.until("got");
});

Deno.test("a receiver who reads nothing has little in the queue, however often the sender connects", async () => {
  await using stage = new Stage();
  const { bob, call, here, there, tokens } = await connected(stage);
  const release = here.link.connection.other.stall();
  let sender = there;
  for (let round = 0; round < 20; round++) {
    // The quota fills again.
    stage.pass(1_000);
    sender.send(...[1, 2].map((time) => ({ ...VIDEO, time, jpeg: new Uint8Array(MAX_VIDEO_BYTES) })));
    for (let nth = 0; nth < 2; nth++) await sender.until("got");
    sender = await MediaEnd.open(stage, tokens[1]);
    await sender.next();
    here.send({ kind: "state", stream: 0, time: 0, camera: true, microphone: true });
  }
  release();
  await bob.say({ type: "hangup", call });
  const sent = (await here.closed()).length;
  assert(sent > MAX_MEDIA_QUEUED_BYTES && sent <= MAX_MEDIA_QUEUED_BYTES + 3 * MAX_VIDEO_BYTES, `${sent} bytes waited`);
});

Deno.test("a connection that sends too much is not read for a while", async () => {
  await using stage = new Stage();
  const { here, there } = await connected(stage);
  await there.link.write(flood(STATE, MEDIA_BURST_FRAMES + 1));
  stage.pass(1_000);
  there.send({ ...VIDEO, time: 3 });
  // An answer to the other member comes meanwhile.
  here.send({ ...VIDEO, time: 4 });
  assertEquals((await here.until("got")).time, 4);
  assertEquals(there.link.text.includes(String.fromCharCode(4, 1, 0, 0, 0, 3, 1)), false);
  stage.timers.advance(MEDIA_PAUSE_MS);
  assertEquals((await there.until("got")).time, 3);
});

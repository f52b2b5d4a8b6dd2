import { assertEquals, assertStringIncludes } from "@std/assert";
import { encodeMediaFrame, type MediaFrame } from "../../../src/protocol/calls/media_frame.ts";
import {
  MAX_SOUND_IN_FLIGHT_MS,
  MAX_SOUND_WAITING_MS,
  MAX_VIDEO_BYTES,
  MEDIA_BURST_BYTES,
  MEDIA_GREETING_MS,
  MEDIA_TIMEOUT_MS,
  SOUND_PACKET_MS,
} from "../../../src/protocol/limits.ts";
import { Stage } from "../stage.ts";
import { connected, flood, JPEG, MediaEnd, STATE, talk, throughPauses, VIDEO } from "./media_end.ts";

Deno.test("a picture, sound and a state reach the others with the stream of their sender", async () => {
  await using stage = new Stage();
  const { here, there } = await connected(stage);
  const sound: MediaFrame = { kind: "sound", stream: 3, time: 40, packet: Uint8Array.of(1, 2) };
  there.send(STATE, VIDEO, sound);
  assertEquals(await here.until("state"), { ...STATE, stream: 1 });
  assertEquals(await here.until("video"), { ...VIDEO, stream: 1, jpeg: Uint8Array.from(JPEG) });
  assertEquals(await here.until("sound"), { ...sound, stream: 1, packet: Uint8Array.from(sound.packet) });
  assertEquals(await there.until("got"), { kind: "got", stream: 1, time: 7, of: "video" });
  assertEquals(stage.history.appends, []);
});

Deno.test("a member who enters later gets the states, and a demand goes to the stream that it is about", async () => {
  await using stage = new Stage();
  const { tokens } = await talk(stage);
  const there = await MediaEnd.open(stage, tokens[1]);
  await there.next();
  there.send(STATE, VIDEO);
  await there.until("got");
  const here = await MediaEnd.open(stage, tokens[0]);
  await here.next();
  assertEquals(await here.until("state"), { ...STATE, stream: 1, time: 0 });
  here.send({ kind: "demand", stream: 1, time: 0, width: 80, height: 48, rate: 5 });
  assertEquals(await there.until("demand"), { kind: "demand", stream: 0, time: 0, width: 80, height: 48, rate: 5 });
});

Deno.test("a receiver who confirms nothing gets two pictures, and then the newest", async () => {
  await using stage = new Stage();
  const { here, there } = await connected(stage);
  for (let time = 1; time <= 9; time++) there.send({ ...VIDEO, time });
  for (let time = 1; time <= 9; time++) assertEquals((await there.until("got")).time, time);
  assertEquals([(await here.until("video")).time, (await here.until("video")).time], [1, 2]);
  here.send({ kind: "got", stream: 1, time: 2, of: "video" });
  assertEquals((await here.until("video")).time, 9);
});

Deno.test("a receiver who confirms no sound gets half a second, and then the last 200 ms", async () => {
  await using stage = new Stage();
  const { here, there } = await connected(stage);
  const packets = 100;
  const [flying, waiting] = [MAX_SOUND_IN_FLIGHT_MS / SOUND_PACKET_MS, MAX_SOUND_WAITING_MS / SOUND_PACKET_MS];
  for (let nth = 1; nth <= packets; nth++) {
    there.send({ kind: "sound", stream: 0, time: nth * SOUND_PACKET_MS, packet: Uint8Array.of(nth) });
  }
  for (let nth = 1; nth <= packets / 5; nth++) await there.until("got");
  for (let nth = 1; nth <= flying; nth++) assertEquals((await here.until("sound")).packet[0], nth);
  here.send({ kind: "got", stream: 1, time: flying * SOUND_PACKET_MS, of: "sound" });
  for (let nth = packets - waiting + 1; nth <= packets; nth++) {
    assertEquals((await here.until("sound")).packet[0], nth);
  }
});

Deno.test("a wrong, old or missing token, and frames that are not valid, end the connection with a sentence", async () => {
  await using stage = new Stage();
  const { call, tokens: [{ token }, other], here } = await connected(stage);
  const cases: [send: (end: MediaEnd) => void, why: string][] = [
    [(end) => end.socket.send(JSON.stringify({ type: "media", call, token: "guess" })), "The token is not valid"],
    [(end) => end.socket.send(JSON.stringify({ type: "media", call: "other", token })), "The token is not valid"],
    [(end) => end.socket.send("hello"), "must be JSON"],
    [(end) => end.send(VIDEO), "must be text with a token"],
    [() => stage.pass(MEDIA_GREETING_MS), "No token has arrived in time"],
  ];
  for (const [send, why] of cases) {
    const end = await MediaEnd.open(stage);
    send(end);
    assertStringIncludes(await end.closed(), why);
  }
  const faults: [bytes: Uint8Array<ArrayBuffer> | string, why: string][] = [
    ["again", "Only the first message is text"],
    [new Uint8Array(0), "no known kind"],
    [Uint8Array.of(9, 0, 0, 0, 0, 0), "no known kind"],
    [Uint8Array.of(2, 0, 0, 0, 0, 0), "its length does not suit its kind"],
    [Uint8Array.of(5, 200, 0, 0, 0, 0, 1), "a call has 4 streams"],
    [encodeMediaFrame({ ...VIDEO, width: 641 }), "at most 640"],
    [encodeMediaFrame({ ...VIDEO, jpeg: new Uint8Array(MAX_VIDEO_BYTES + 1) }), "its length does not suit its kind"],
  ];
  for (const [bytes, why] of faults) {
    const end = await MediaEnd.open(stage, other);
    await end.next();
    end.socket.send(bytes);
    assertStringIncludes(await end.closed(), why);
  }
  here.send(STATE);
});

Deno.test("a flood is dropped and then ends, and the other member goes on", async () => {
  await using stage = new Stage();
  const { here, there } = await connected(stage);
  const picture: MediaFrame = { ...VIDEO, jpeg: new Uint8Array(MAX_VIDEO_BYTES) };
  const fits = Math.floor(MEDIA_BURST_BYTES / (MAX_VIDEO_BYTES + 10));
  for (let time = 1; time <= fits + 1; time++) there.send({ ...picture, time });
  for (let time = 1; time <= fits; time++) await there.until("got");
  stage.pass(1_000);
  there.send({ ...VIDEO, time: 1_000 });
  assertEquals((await throughPauses(stage, there.until("got"))).time, 1_000);
  await there.link.write(flood(STATE, 5_000));
  assertStringIncludes(await throughPauses(stage, there.closed()), "You send too much into the call");
  here.send(STATE, { ...VIDEO, time: 8 });
  assertEquals((await here.until("got")).time, 8);
});

Deno.test("who leaves the call is cut off, and the token is void", async () => {
  await using stage = new Stage();
  const { bob, call, tokens, here, there } = await connected(stage);
  await bob.say({ type: "hangup", call });
  assertStringIncludes(await there.closed(), "You have left the call");
  assertStringIncludes(await here.closed(), "You have left the call");
  const late = await MediaEnd.open(stage, tokens[1]);
  assertStringIncludes(await late.closed(), "The token is not valid");
});

Deno.test("a second connection of a member takes the place of the first, which may send nothing more", async () => {
  await using stage = new Stage();
  const { tokens, here, there } = await connected(stage);
  const again = await MediaEnd.open(stage, tokens[1]);
  assertStringIncludes(await there.closed(), "You have connected to the call again");
  await again.next();
  again.send(VIDEO);
  assertEquals((await here.until("video")).stream, 1);
});

Deno.test("a silent connection ends, and one that sends its state stays", async () => {
  await using stage = new Stage();
  const { here, there } = await connected(stage);
  stage.pass(MEDIA_TIMEOUT_MS - 1);
  there.send(STATE);
  await here.until("state");
  stage.pass(1);
  assertStringIncludes(await here.closed(), "Nothing has arrived in time");
  there.send(VIDEO);
  assertEquals((await there.until("got")).time, 7);
});

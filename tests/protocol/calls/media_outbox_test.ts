import { assertEquals } from "@std/assert";
import { type MediaChunk, MediaOutbox } from "../../../src/protocol/calls/media_outbox.ts";
import { LATE_SOUND_MS, MAX_SOUND_IN_FLIGHT_MS, SOUND_PACKET_MS } from "../../../src/protocol/limits.ts";

function outbox() {
  const written: string[] = [];
  const box = new MediaOutbox((bytes) => written.push(new TextDecoder().decode(bytes)));
  const add = (kind: MediaChunk["kind"], time: number, stream = 0) =>
    box.add({ kind, stream, time, bytes: new TextEncoder().encode(`${kind} ${stream} ${time}`) });
  return { box, add, take: () => written.splice(0) };
}

Deno.test("two pictures of each stream are on their way, and the newest one waits", () => {
  const { box, add, take } = outbox();
  for (let time = 1; time <= 5; time++) add("video", time);
  add("video", 9, 1);
  assertEquals([take(), box.dropped, box.takesVideo(0)], [["video 0 1", "video 0 2", "video 1 9"], 2, false]);
  box.confirm("video", 0, 2);
  assertEquals([take(), box.takesVideo(0)], [["video 0 5"], true]);
});

Deno.test("pictures wait while much sound is on its way, and the newest goes when it has arrived", () => {
  const { box, add, take } = outbox();
  const late = LATE_SOUND_MS / SOUND_PACKET_MS;
  for (let nth = 1; nth <= late; nth++) add("sound", nth * SOUND_PACKET_MS);
  take();
  add("video", 1);
  add("video", 2);
  assertEquals([take(), box.takesVideo(0)], [[], false]);
  box.confirm("sound", 0, SOUND_PACKET_MS);
  assertEquals([take(), box.takesVideo(0)], [["video 0 2"], true]);
});

Deno.test("a confirmation covers all before it, across the end of the times", () => {
  const { box, add, take } = outbox();
  const last = 2 ** 32 - SOUND_PACKET_MS;
  const most = MAX_SOUND_IN_FLIGHT_MS / SOUND_PACKET_MS;
  for (let nth = 0; nth <= most; nth++) add("sound", (last + nth * SOUND_PACKET_MS) % 2 ** 32);
  assertEquals(take().length, most);
  box.confirm("sound", 0, 0);
  assertEquals(take().length, 1);
});

Deno.test("a stream that is forgotten begins anew", () => {
  const { box, add, take } = outbox();
  for (let time = 1; time <= 3; time++) add("video", time);
  take();
  box.forget(0);
  add("video", 4);
  assertEquals(take(), ["video 0 4"]);
});

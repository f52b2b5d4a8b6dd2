import { assert, assertEquals } from "@std/assert";
import { OUTBOX_LIMIT_BYTES } from "../../../src/protocol/limits.ts";
import { Stage } from "../stage.ts";
import { BUCKET_SECONDS, Histogram } from "../../../src/server/monitor/statistics.ts";

function rejected({ server }: Stage): Record<string, number> {
  return Object.fromEntries([...server.statistics.rejected].filter(([, count]) => count > 0));
}

Deno.test("a message is counted once, and its deliveries include the sender", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const others = [await stage.join("bob"), await stage.join("cyd")];
  await stage.join("dan", "elsewhere");
  await ada.say(...["one", "two"].map((text) => ({ type: "message", room: "lobby", text })));
  for (const other of others) while ((await other.until("message")).text !== "two");
  const { messages, deliveries } = stage.server.statistics;
  assertEquals([messages, deliveries], [2, 6]);
});

Deno.test("a sender without echo does not count as a delivery", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const bob = stage.dial();
  await bob.write("bob\nhello\n");
  await ada.until("message");
  assertEquals(stage.server.statistics.deliveries, 1);
});

Deno.test("a direct message counts for both ends, and replays count again", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const bob = await stage.join("bob");
  await ada.say({ type: "message", to: "bob", text: "psst" }, { type: "message", room: "lobby", text: "hello" });
  await bob.until("message");
  await bob.until("message");
  assertEquals([stage.server.statistics.messages, stage.server.statistics.deliveries], [2, 4]);
  const cyd = stage.dial();
  await cyd.say({ type: "join", name: "cyd", after: "" });
  await cyd.until("message");
  assertEquals([stage.server.statistics.messages, stage.server.statistics.deliveries], [2, 5]);
});

Deno.test("bytes in and out are counted exactly, also of closed connections", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const bob = await stage.join("bob");
  await ada.events();
  await bob.events();
  const both = [ada.there, bob.there];
  const sum = (key: "receivedBytes" | "sentBytes") => both.reduce((total, end) => total + end[key], 0);
  bob.hangUp();
  while (stage.server.snapshot().connections > 1) await ada.events();
  const { receivedBytes, sentBytes } = stage.server.snapshot();
  assertEquals([receivedBytes, sentBytes], [sum("receivedBytes"), sum("sentBytes")]);
  assert(receivedBytes > 0 && sentBytes > receivedBytes);
});

Deno.test("connections, rooms and members are the current numbers", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const bob = await stage.join("bob", "ops");
  await stage.arrive();
  const now = () => {
    const { connections, rooms, members, counted } = stage.server.snapshot();
    return [connections, rooms, members, counted.accepted];
  };
  assertEquals(now(), [3, 2, 2, 3]);
  await bob.say({ type: "leave" });
  bob.hangUp();
  while (stage.server.snapshot().connections > 2) await ada.events();
  assertEquals(now(), [2, 1, 1, 3]);
});

Deno.test("errors are counted by code for all clients", async () => {
  await using stage = new Stage({ maxConnections: 2 });
  const ada = await stage.join("ada");
  await ada.write("{nonsense\n{}\n");
  await ada.say({ type: "message", room: "ops", text: "hi" });
  await ada.events();
  assertEquals(rejected(stage), { bad_json: 1, invalid: 1, not_joined: 1 });
  await stage.join("bob");
  await stage.dial().rest();
  assertEquals(rejected(stage), { bad_json: 1, invalid: 1, not_joined: 1, server_full: 1 });
});

Deno.test("slow readers are counted, and their queued bytes are measured meanwhile", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const bob = await stage.join("bob");
  await ada.events();
  const release = bob.there.stall();
  const text = "x".repeat(8_000);
  await ada.say({ type: "message", room: "lobby", text });
  await ada.say({ type: "message", room: "lobby", text });
  await ada.events();
  const { outboxBytes } = stage.server.snapshot();
  assert(outboxBytes > 8_000 && outboxBytes < 20_000, `${outboxBytes}`);
  for (let said = 0; said <= OUTBOX_LIMIT_BYTES; said += 100 * text.length) {
    await ada.say(...Array(100).fill({ type: "message", room: "lobby", text }));
    await ada.events();
  }
  release();
  assertEquals(rejected(stage), { slow_consumer: 1 });
});

Deno.test("each stored batch is timed, and nothing else", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const appends = () => stage.server.statistics.appends.counts.reduce((sum, count) => sum + count, 0);
  const before = appends();
  await ada.events();
  assertEquals(appends(), before);
  await ada.say({ type: "message", room: "lobby", text: "one" }, { type: "message", room: "lobby", text: "two" });
  await ada.events();
  assertEquals(appends(), before + 1);
  assert(stage.server.statistics.appends.sum > 0);
});

Deno.test("the server reports its state", async () => {
  await using stage = new Stage();
  const states = [stage.server.snapshot().state];
  const drained = stage.end();
  states.push(stage.server.snapshot().state);
  await drained;
  assertEquals(states, ["ok", "draining"]);
});

Deno.test("each value counts in the first bucket whose bound it does not exceed", () => {
  const histogram = new Histogram();
  for (const seconds of BUCKET_SECONDS) histogram.observe(seconds);
  assertEquals(histogram.counts, [...BUCKET_SECONDS.map(() => 1), 0]);
  histogram.observe(0);
  assertEquals(histogram.counts[0], 2);
  histogram.observe(BUCKET_SECONDS[0]! * 1.01);
  assertEquals(histogram.counts[1], 2);
});

Deno.test("values above all bounds count too, and the sum is that of all values", () => {
  const histogram = new Histogram();
  histogram.observe(60);
  histogram.observe(0.5);
  assertEquals(histogram.counts.at(-1), 1);
  assertEquals(histogram.sum, 60.5);
});

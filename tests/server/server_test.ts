import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  FAULTS_BURST,
  FAULTS_PAUSE_MS,
  MAX_LIST_BYTES,
  TURN_FRAMES_PER_CONNECTION,
} from "../../src/protocol/limits.ts";
import { ProtocolError } from "../../src/protocol/errors.ts";
import type { ServerEvent } from "../../src/protocol/messages/messages.ts";
import { Stage } from "./stage.ts";

const HI = { type: "message", room: "lobby", text: "hi" };

Deno.test("a program is welcomed, joins and chats", async () => {
  await using stage = new Stage();
  const ada = stage.dial();
  await ada.say({ type: "join", name: "ada" });
  assertEquals((await ada.event()).type, "welcome");
  assertEquals((await ada.event()).type, "joined");
  const bob = await stage.join("bob");
  assertEquals((await ada.until("join")).member.name, "bob");
  await bob.say({ ...HI, ref: "m" });
  assertEquals((await ada.until("message")).text, "hi");
  assertEquals((await bob.events()).map(({ type }) => type).sort(), ["ack", "message"]);
});

Deno.test("a batch of messages is stored at once, before any receiver gets it", async () => {
  await using stage = new Stage();
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  const many = Array.from({ length: 50 }, (_, n) => ({ ...HI, text: `${n}`, ref: `${n}` }));
  await Promise.all([ada.say(...many), bob.say(...many)]);
  const shown = (await ada.events()).flatMap((event) => event.type === "message" && "seq" in event ? [event.seq] : []);
  assertEquals(shown, Array.from({ length: 100 }, (_, n) => n + 1));
  assertEquals(stage.history.appends.map(({ length }) => length), [100]);
});

Deno.test("a batch of messages reaches each receiver as one write", async () => {
  await using stage = new Stage();
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  await ada.events();
  let writes = 0;
  const write = ada.there.write.bind(ada.there);
  ada.there.write = (chunk) => (writes++, write(chunk));
  await bob.say(...Array.from({ length: 50 }, () => HI));
  await bob.events();
  assertEquals(writes, 1);
  assertEquals((await ada.events()).length, 50);
});

Deno.test("of 10,000 lines at once their sender loses most, and other members nothing", async () => {
  await using stage = new Stage({ rate: { perSecond: 5, burst: 20 } });
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  await ada.events();
  await bob.say(...Array.from({ length: 10_000 }, (_, n) => ({ ...HI, ref: `${n}` })));
  let pauses = 0;
  for (let refused = 20; refused < 10_000;) {
    const { code, ref } = await bob.until("error");
    if (ref !== undefined) assertEquals([code, ref], ["rate_limited", `${refused++}`]);
    else if (++pauses > 0) stage.timers.advance(FAULTS_PAUSE_MS);
  }
  assert(pauses >= 9_980 / (FAULTS_BURST + TURN_FRAMES_PER_CONNECTION), `${pauses} pauses`);
  assertEquals((await ada.events()).length, 20);
});

Deno.test("an invalid line gets an error with its ref, and the connection stays", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const lines = [
    "{",
    "[]",
    '{"type":"dance","ref":"1"}',
    '{"type":"message","ref":"2"}',
    '{"type":"rename","name":"a b"}',
  ];
  await ada.write(lines.map((line) => `${line}\n`).join(""));
  const errors = (await ada.events()).map((event) => event.type === "error" && [event.code, event.ref]);
  assertEquals(errors, [
    ["bad_json", undefined],
    ["bad_json", undefined],
    ["unknown_type", "1"],
    ["invalid", "2"],
    ["name_invalid", undefined],
  ]);
});

Deno.test("errors and replies come in the order of the lines", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  await ada.say({ ...HI, ref: "1" }, { type: "dance", ref: "2" }, { type: "rooms", ref: "3" }, {
    ...HI,
    room: "no",
    ref: "4",
  });
  const refs = (await ada.events()).flatMap((event) => "ref" in event ? [`${event.type} ${event.ref}`] : []);
  assertEquals(refs, ["ack 1", "error 2", "rooms 3", "error 4"]);
});

for (const code of ["line_too_long", "bad_utf8"] as const) {
  Deno.test(`after ${code} the connection ends, with the earlier lines handled`, async () => {
    await using stage = new Stage();
    const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
    bob.there.deliver([JSON.stringify(HI), new ProtocolError(code, "no")]);
    const events = (await bob.rest()).map((line) => JSON.parse(line));
    assertEquals(events.map(({ type, code, reason }) => code ?? reason ?? type).sort(), [code, "message", "refused"]);
    assertEquals(events.at(-1).type, "goodbye");
    bob.hangUp();
    assertEquals((await ada.until("message")).text, "hi");
    stage.pass(0);
    assertEquals((await ada.events()).map(({ type }) => type), []);
  });
}

Deno.test("a too long first line is answered in its own dialect", async () => {
  await using stage = new Stage();
  for (const [first, start] of [["{", '{"type":"welcome"'], ["x", "* Welcome"]] as const) {
    const guest = stage.dial();
    Object.defineProperty(guest.there, "firstByte", { value: first.charCodeAt(0) });
    guest.there.deliver([new ProtocolError("line_too_long", "no")]);
    const lines = await guest.rest();
    assert(lines[0]!.startsWith(start), lines[0]);
    assertStringIncludes(lines.join("\n"), "no");
    guest.hangUp();
  }
});

Deno.test("a returning member who missed more than an outbox holds gets the newest messages, and is not closed", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const batch = Array.from({ length: 100 }, () => ({ ...HI, text: "x".repeat(8_000) }));
  for (let n = 0; n < 10; n++) {
    await ada.say(...batch);
    await ada.events();
  }
  const bob = stage.dial();
  await bob.say({ type: "join", name: "bob", after: "" });
  const joined = await bob.until("joined");
  const messages = (await bob.events()).map((event) => event.type === "message" && "seq" in event && event.seq);
  assertEquals([messages.length, joined.truncated], [joined.missed, true]);
  assert(joined.missed > 100 && joined.missed < 1_000, `${joined.missed} were missed`);
  assertEquals(messages, Array.from({ length: joined.missed }, (_, n) => 1_001 - joined.missed + n));
});

Deno.test("a returning member gets missed messages once and in order, and then new ones", async () => {
  await using stage = new Stage();
  const [ada, bob] = [await stage.join("ada"), stage.dial()];
  await bob.say({ type: "join", name: "bob" });
  const { you: { token } } = await bob.until("joined");
  await ada.say({ ...HI, text: "1" }, { ...HI, text: "2" });
  const { id } = await bob.until("message");
  bob.hangUp();
  await ada.say({ ...HI, text: "3" });
  await ada.events();
  const again = stage.dial();
  await Promise.all([
    again.say({ type: "join", token, after: id }),
    ada.say({ ...HI, text: "4" }),
  ]);
  const joined = await again.until("joined");
  await ada.events();
  const texts = (await again.events()).map((event) => event.type === "message" && event.text);
  assertEquals(texts, ["2", "3", "4"]);
  assertEquals([joined.missed, joined.truncated], [joined.seq - 1, undefined]);
});

Deno.test("a page of history has the messages that fit on a line, and says whether more exist", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  for (let n = 0; n < 30; n++) await ada.say({ ...HI, text: `${n} `.padEnd(8_000, "x") });
  await ada.events();
  await ada.say({ type: "history", room: "lobby", limit: 30, ref: "h" });
  const page = await ada.until("history");
  assert(JSON.stringify(page.messages).length <= MAX_LIST_BYTES + 2);
  assertEquals(page.messages.map(({ seq }) => seq), [24, 25, 26, 27, 28, 29, 30]);
  assertEquals([page.ref, page.more], ["h", true]);
  await ada.say({ type: "history", room: "lobby", before: 3 });
  const rest = await ada.until("history");
  assertEquals([rest.messages.map(({ seq }) => seq), rest.more], [[1, 2], false]);
});

Deno.test("a search returns messages, newest first, and says whether more exist", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  await ada.say({ ...HI, text: "Red fox" }, { ...HI, text: "blue" }, { ...HI, text: "red" });
  await ada.say({ type: "search", room: "lobby", query: "red", limit: 1 });
  const found = await ada.until("search");
  assertEquals([found.query, found.messages.map(({ text }) => text), found.more], ["red", ["red"], true]);
});

Deno.test("a message changed in its own turn is changed, and history shows it", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  await ada.say(
    { ...HI, text: "tee" },
    { type: "edit", room: "lobby", text: "tea" },
    { type: "message", text: "so?", reply: 1 },
    { type: "delete", room: "lobby" },
    { type: "edit", room: "lobby", of: 3, text: "late" },
    { type: "history", room: "lobby", ref: "h" },
    { type: "history", room: "lobby", ref: "c", limit: 2, changes: true },
  );
  const events = await ada.events();
  const seqs = events.flatMap((event) => "seq" in event ? [[event.type, event.seq]] : []);
  assertEquals(seqs, [["message", 1], ["edited", 2], ["message", 3], ["deleted", 4]]);
  const replies = events.filter((event) => !("seq" in event));
  assertEquals(replies.map(({ type }) => type), ["error", "history", "history"]);
  const [, page, all] = replies as Extract<ServerEvent, { type: "history" }>[];
  assertEquals(page!.messages.map(({ text, edited, deleted }) => [text, edited, deleted]), [
    ["tea", true, undefined],
    ["", undefined, true],
  ]);
  assertEquals([all!.messages.length, all!.changes!.map(({ type }) => type), all!.more], [1, ["deleted"], true]);
});

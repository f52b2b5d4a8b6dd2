import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import type { ClientEvent } from "../../../src/client/client_event.ts";
import type { MemberInfo, RoomMessage, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { NAME_COLORS, nameColor, nameHue } from "../../../src/client/text/name_color.ts";
import { createPalette } from "../../../src/terminal/render/palette.ts";
import { createPlainOutput, plainLine } from "../../../src/terminal/plain/plain_output.ts";
import { createTimes } from "../../../src/terminal/render/time_format.ts";
import { type ClientState, initialState } from "../../../src/client/state/client_state.ts";
import { reduceClientState } from "../../../src/client/state/client_state_reducer.ts";
import { show } from "../../../src/terminal/render/view.ts";
import { ADA, AT, BOB, directMessage, joined, roomMessage, YOU } from "../memory_terminal.ts";

const timeZone = "UTC";
const PEOPLE: readonly MemberInfo[] = [YOU, ADA, BOB];

const received = (event: ServerEvent): ClientEvent => ({ type: "received", line: "", event });
const plain = (event: ServerEvent) => plainLine(received(event), { timeZone, room: "lobby", you: YOU });
const knowing = (you: MemberInfo): ClientState => ({ ...initialState, you });

/** The output of one client, whose state follows the events. */
function output(options: Parameters<typeof createPlainOutput>[0]): (event: ClientEvent) => readonly string[] {
  const lines = createPlainOutput(options);
  let state = initialState;
  return (event) => {
    const before = state;
    state = reduceClientState(before, event);
    return lines(event, state, before);
  };
}

const EXAMPLES: readonly [ServerEvent, readonly string[]][] = [
  [roomMessage("hi"), ["[12:03] ada: hi"]],
  [roomMessage("hi", 1, ADA, "dev"), ["[12:03] #dev ada: hi"]],
  [roomMessage("/me waves"), ["[12:03] * ada waves"]],
  [roomMessage("/me waves", 1, ADA, "dev"), ["[12:03] #dev * ada waves"]],
  [roomMessage("one\n  two\n\tthree"), ["[12:03] ada: one", "          two", "        \tthree"]],
  [roomMessage("a\r\nb\rc"), ["[12:03] ada: a", "        b␍c"]],
  [roomMessage("\x1b[2J\x07\x9b\u202ex"), ["[12:03] ada: ␛[2J␇\ufffd\ufffdx"]],
  [directMessage("psst"), ["[12:03] ada → you: psst"]],
  [directMessage("yes?", 1, YOU, ADA), ["[12:03] you → ada: yes?"]],
  [directMessage("/me waves"), ["[12:03] ada → you * ada waves"]],
  [{ ...roomMessage("hi"), at: "soon" } as ServerEvent, ["[--:--] ada: hi"]],
  [{ type: "join", room: "lobby", member: BOB, at: AT }, ["* bob joined"]],
  [{ type: "join", room: "dev", member: BOB, at: AT }, ["* bob joined #dev"]],
  [{ type: "join", room: "dev", member: { id: "x", name: "a\nb\x1b" }, at: AT }, ["* a b␛ joined #dev"]],
  [{ type: "leave", room: "lobby", member: BOB, at: AT, reason: "closed" }, ["* bob left"]],
  [{ type: "leave", room: "dev", member: BOB, at: AT, reason: "timeout" }, ["* bob left #dev (no answer)"]],
  [{ type: "leave", room: "dev", member: YOU, at: AT, reason: "left" }, ["* You left #dev"]],
  [{ type: "join", room: "lobby", member: { ...BOB, quiet: true }, at: AT }, []],
  [{ type: "leave", room: "lobby", member: { ...BOB, quiet: true }, at: AT, reason: "kicked" }, []],
  [{ type: "presence", room: "lobby", count: 300, joined: [{ ...BOB, quiet: true }], left: [] }, []],
  [
    { type: "presence", room: "lobby", count: 1201, joined: [ADA], left: [BOB] },
    ["* ada joined; bob left (1,201 here)"],
  ],
  [{ type: "rename", member: { ...BOB, name: "rob" }, was: "bob", at: AT }, ["* bob is now rob"]],
  [{ type: "rename", member: { ...YOU, name: "zo" }, was: "zoe", at: AT }, ["* You are now zo"]],
  [{ type: "topic", room: "lobby", text: "tea", by: ADA, at: AT }, ["* ada set the topic: tea"]],
  [{ type: "topic", room: "dev", text: "", by: YOU, at: AT }, ["* You cleared the topic of #dev"]],
  [{ type: "members", room: "lobby", members: PEOPLE, count: 5 }, ["* 5 in #lobby: zoe, ada, bob and 2 more"]],
  [
    {
      type: "rooms",
      rooms: [{ id: "a", name: "lobby", topic: "tea", count: 12 }, { id: "b", name: "漢字", topic: "", count: 3 }],
      count: 3,
    },
    ["* 3 rooms", "  #lobby  12 here  tea", "  #漢字    3 here", "  and 1 more"],
  ],
  [
    { type: "history", room: "lobby", messages: [roomMessage("a"), roomMessage("b", 2)] as never, more: true },
    [
      "--- older messages of #lobby ---",
      `--- ${createTimes(timeZone).day(AT)} ---`,
      "[12:03 · 1] ada: a",
      "[12:03 · 2] ada: b",
      "--- end; /history again shows older ones ---",
    ],
  ],
  [{ type: "history", room: "dev", messages: [], more: false }, ["* There are no older messages in #dev"]],
  [
    {
      type: "search",
      room: "dev",
      query: "tea",
      messages: [roomMessage("b", 2), roomMessage("a")] as never,
      more: true,
    },
    [
      '--- found for "tea" in #dev ---',
      `--- ${createTimes(timeZone).day(AT)} ---`,
      "[12:03 · 1] #lobby ada: a",
      "[12:03 · 2] #lobby ada: b",
      "--- end; there are more ---",
    ],
  ],
  [
    { type: "search", room: "dev", query: "x\x1b", messages: [], more: false },
    ['* Nothing found for "x␛" in #dev'],
  ],
  [{ type: "error", code: "invalid", message: "Field\x1b is bad" }, ["! Field␛ is bad"]],
  [joined("lobby", "tea"), ["* You are zoe in #lobby, 3 here: ada, bob", "* Topic of #lobby: tea"]],
  [{ type: "pong" }, []],
  [{ type: "goodbye", reason: "shutdown" }, []],
];

const ESCAPE = "\x1b";
const SGR = new RegExp(`${ESCAPE}\\[[0-9;]*m`, "g");

Deno.test("view: each event has its lines", () => {
  for (const [event, lines] of EXAMPLES) assertEquals(plain(event), [...lines], JSON.stringify(event));
});

Deno.test("view: without colour there are no escape sequences; with colour they are SGR and leave the text unchanged", () => {
  const colored = { palette: createPalette(true), times: createTimes(timeZone) };
  for (const [event, lines] of EXAMPLES) {
    const shown = show({ style: colored, place: "lobby" }, received(event), knowing(YOU), knowing(YOU)).lines;
    assertEquals(shown.map((line) => line.replace(SGR, "")), [...lines]);
    for (const line of plain(event)) assertNotMatch(line, /(?!\t)\p{Cc}/u);
  }
});

Deno.test("view: the reader's name is marked as a whole word in any case, except in their own messages", () => {
  const style = { palette: createPalette(true), times: createTimes(timeZone) };
  const marked = (text: string, from = ADA, you = YOU) =>
    show({ style, place: "lobby" }, received(roomMessage(text, 1, from)), knowing(you), knowing(you)).lines[0]!
      .split(": ")[1]!.replaceAll(`${ESCAPE}[1;7m`, "<").replaceAll(`${ESCAPE}[22;27m`, ">");
  assertEquals(marked("zoe, ZOE! @zoe zoey azoe"), "<zoe>, <ZOE>! @<zoe> zoey azoe");
  assertEquals(marked("zoe", YOU), "zoe");
  assertEquals(marked("a.b axb a-b'c", ADA, { id: "7", name: "a.b" }), "<a.b> axb a-b'c");
  assertEquals(marked("a-b'c (x)", ADA, { id: "7", name: "a-b'c" }), "<a-b'c> (x)");
});

Deno.test("view: times and days are in the reader's zone, and a new day gets a line", () => {
  const out = output({ timeZone: "Asia/Tokyo", room: "lobby", now: "2025-11-21T12:00:00.000Z" });
  assertEquals(out(received(roomMessage("a"))), ["[21:03] ada: a"]);
  assertEquals(out(received(roomMessage("b", 2, ADA, "lobby", "2025-11-21T14:59:59.999Z"))), ["[23:59] ada: b"]);
  const [day, line] = out(received(roomMessage("c", 3, ADA, "lobby", "2025-11-21T15:00:00.000Z")));
  assert(day!.includes("22 November 2025"));
  assertEquals(line, "[00:00] ada: c");
  assertEquals(out(received(roomMessage("d", 4, ADA, "lobby", "2025-11-21T15:01:00.000Z"))), ["[00:01] ada: d"]);
});

Deno.test("view: a broken link is one line, however often it is retried, and so is its return", () => {
  const out = output({ timeZone, room: "lobby", now: AT });
  const status = (status: Extract<ClientEvent, { type: "status" }>["status"]) => out({ type: "status", status });
  assertEquals(status({ kind: "connecting", attempt: 1 }), []);
  assertEquals(status({ kind: "online" }), []);
  assertEquals(out(received(joined("lobby"))).length, 1);
  assertEquals(status({ kind: "waiting", retryAt: 0, reason: "Reset" }).length, 1);
  assertEquals(status({ kind: "connecting", attempt: 2 }), []);
  assertEquals(status({ kind: "waiting", retryAt: 0, reason: "Refused" }), []);
  assertEquals(status({ kind: "online" }), ["* Connected again"]);
  assertEquals(out(received(joined("lobby"))), []);
  assertEquals(status({ kind: "online" }), []);
});

Deno.test("view: an error about a message is shown once, as its failure, and not while it is retried", () => {
  const out = output({ timeZone, room: "lobby", now: AT });
  const message = { ref: "r", target: { to: "nobody" }, text: "hi" };
  const error = { type: "error", ref: "r", code: "no_such_member", message: "No member is called nobody" } as const;
  assertEquals(out({ type: "pending", message }), []);
  assertEquals(out(received(error)), []);
  assertEquals(out({ type: "failed", message, error }), ['! Not sent: "hi": No member is called nobody']);
});

Deno.test("view: only the sender of a waiting direct message is told that it waits", () => {
  const out = output({ timeZone, room: "lobby", now: AT });
  const acknowledged = (target: { to: string } | { room: string }, waiting?: true) =>
    out({
      type: "acknowledged",
      message: { ref: "r", target, text: "hi" },
      ack: { type: "ack", ref: "r", id: "d", at: AT, ...(waiting ? { waiting } : {}) },
    });
  assertEquals(acknowledged({ to: "bob" }, true), ["* bob is not connected and gets your message later"]);
  assertEquals(acknowledged({ to: "bob" }), []);
  assertEquals(acknowledged({ room: "lobby" }, true), []);
});

Deno.test("view: a false signature is one line without colours of its own", () => {
  const entry = roomMessage("tea") as RoomMessage;
  const style = { palette: createPalette(true), times: createTimes(timeZone) };
  const event: ClientEvent = { type: "falseSignature", entry };
  const [line, ...more] = show({ style }, event, initialState, initialState).lines;
  assertEquals(more, []);
  assertMatch(line!, /The signature of this message of ada is false: "tea"\. It is not what they signed/);
});

Deno.test("palette: a name has one colour however it is spelled, and every colour is readable on black and white", () => {
  assertEquals(nameColor("Ada"), nameColor("ADA"));
  assertEquals(nameColor("straße"), nameColor("STRASSE"));
  assertEquals(["ada", "bob", "zoe"].map(nameColor), [135, 64, 27]);
  assertEquals(["ada", "bob", "zoe"].map(nameHue), [5, 2, 4]);
  for (const color of NAME_COLORS) {
    const light = luminance(color);
    assert((light + 0.05) / 0.05 >= 3.4 && 1.05 / (light + 0.05) >= 3.4, `${color}`);
  }
});

/** WCAG 2.2, of a colour of xterm's 6 × 6 × 6 cube. */
function luminance(color: number): number {
  const levels = [0, 95, 135, 175, 215, 255];
  const index = color - 16;
  const linear = [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6].map((level) => {
    const value = levels[level]! / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { PLAIN_FORMAT, PlainText } from "../../../src/framing/plain/plain_text.ts";
import { plainView } from "../../../src/framing/plain/plain_view.ts";
import type { MemberInfo, Message, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { dangersIn, HOSTILE_TEXTS } from "../../helpers/hostile_texts.ts";
import { WELL_FORMED } from "../../helpers/any_text.ts";
import { SAMPLE_EVENTS, SAMPLES } from "../../helpers/sample_events.ts";

const AT = "2026-01-02T03:04:05.678Z";
const ADA: MemberInfo = { id: "m-1", name: "ada" };
const BOB: MemberInfo = { id: "m-2", name: "bob" };
const TIME = new Date(AT).toTimeString().slice(0, 5);

function said(text: string, room = "lobby"): Message {
  return { type: "message", id: "x", room, seq: 1, from: ADA, text, at: AT };
}

function whispered(text: string, from = ADA): Message {
  return { type: "message", id: "x", seq: 1, with: BOB, from, text, at: AT };
}

Deno.test("a message shows its time, its sender and, outside of the lobby, its room", () => {
  assertEquals(plainView(said("hi")), `[${TIME}] ada: hi\n`);
  assertEquals(plainView(said("hi", "dev")), `[${TIME}] #dev ada: hi\n`);
});

Deno.test("a message with a file shows its name, its size and the command that gets it", () => {
  const file = { id: "f", name: "a\x1b[2J.txt", size: 2_048, media: "text/plain", sha256: "s" };
  assertEquals(
    plainView({ ...said("look"), seq: 12, file }),
    `[${TIME}] ada: look\n    [File a␛[2J.txt (2.0 KB): /get 12]\n`,
  );
  assertEquals(
    plainView({ ...said(""), file: { ...file, name: "b" } }),
    `[${TIME}] ada: \n    [File b (2.0 KB): /get 1]\n`,
  );
  assertEquals(plainView({ ...said(""), file, deleted: true }), `[${TIME}] ada: (deleted)\n`);
});

Deno.test("a direct message names the other member, and the reader as you", () => {
  assertEquals(plainView(whispered("psst", BOB)), `[${TIME}] bob to you: psst\n`);
  assertEquals(plainView(whispered("psst")), `[${TIME}] you to bob: psst\n`);
  assertEquals(
    plainView({ ...whispered("psst"), waiting: true }),
    `[${TIME}] you to bob: psst\n* bob is not connected and gets your message later\n`,
  );
  const answer = {
    ...whispered("yes", BOB),
    reply: { id: "y", seq: 1, from: ADA, text: "tea?" },
    edited: true,
  } as const;
  assertEquals(plainView(answer), `    > ada: tea?\n[${TIME}] bob to you: yes (edited)\n`);
  assertEquals(plainView({ ...whispered("", BOB), deleted: true }), `[${TIME}] bob to you: (deleted)\n`);
});

Deno.test("the page of a conversation shows its messages, or says that it is empty", () => {
  const page = (messages: Message[]): ServerEvent => ({ type: "history", with: BOB, messages, more: false });
  assertEquals(plainView(page([whispered("psst")])), `[${TIME}] you to bob: psst\n`);
  assertEquals(plainView(page([])), "* No messages with bob found\n");
});

Deno.test("a user who comes back reads which of the newest conversations have new messages", () => {
  const conversations = ["eve", "bob", "ann", "dan", "fay", "gus", "hal", "ida"].map((name, index) => (
    { with: { id: `m-${name}`, name }, seq: 9, unread: index }
  ));
  assertEquals(plainView({ type: "conversations", conversations, more: false }).split("\n"), [
    "* 1 new message from bob: /history @bob shows it",
    "* 2 new messages from ann: /history @ann shows them",
    "* 3 new messages from dan: /history @dan shows them",
    "* 4 new messages from fay: /history @fay shows them",
    "* 5 new messages from gus: /history @gus shows them",
    "* New messages in 2 more conversations: /conversations lists them",
    "",
  ]);
});

Deno.test("an action is shown as an action", () => {
  assertEquals(plainView(said("/me waves")), `[${TIME}] * ada waves\n`);
  assertEquals(plainView(whispered("/me waves")), `[${TIME}] you to bob * ada waves\n`);
  assertEquals(plainView(whispered("/me waves", BOB)), `[${TIME}] bob to you * bob waves\n`);
  assertEquals(plainView(said("/meh")), `[${TIME}] ada: /meh\n`);
});

Deno.test("joins, leaves, names and topics are lines with a star", () => {
  const views: [ServerEvent, string][] = [
    [{ type: "join", room: "lobby", member: BOB, at: AT }, "* bob joined\n"],
    [{ type: "join", room: "dev", member: BOB, at: AT }, "* bob joined #dev\n"],
    [{ type: "leave", room: "lobby", member: BOB, at: AT, reason: "left" }, "* bob left\n"],
    [{ type: "leave", room: "lobby", member: BOB, at: AT, reason: "timeout" }, "* bob left (no answer)\n"],
    [{ type: "leave", room: "lobby", member: BOB, at: AT, reason: "slow" }, "* bob left (connection too slow)\n"],
    [{ type: "rename", member: BOB, was: "rob", at: AT }, "* rob is now bob\n"],
    [{ type: "topic", room: "lobby", text: "engines", by: BOB, at: AT }, "* bob set the topic: engines\n"],
    [
      { type: "presence", room: "dev", count: 300, joined: [ADA, BOB], left: [] },
      "* ada, bob joined #dev (300 here)\n",
    ],
    [{ type: "presence", room: "dev", count: 9, joined: [], left: [ADA] }, "* ada left #dev (9 here)\n"],
    [
      { type: "rooms", rooms: [{ id: "r", name: "dev", topic: "x", count: 2 }], count: 1 },
      "* 1 room\n* #dev, 2 here: x\n",
    ],
    [{ type: "members", room: "dev", members: [ADA, BOB], count: 2 }, "* 2 in #dev: ada, bob\n"],
    [{ type: "history", room: "dev", messages: [], more: false }, "* No messages found in #dev\n"],
  ];
  for (const [event, view] of views) assertEquals(plainView(event), view);
});

Deno.test("muted members join and leave without a line", () => {
  const member: MemberInfo = { ...BOB, quiet: true };
  const none: ServerEvent[] = [
    { type: "join", room: "lobby", member, at: AT },
    { type: "leave", room: "lobby", member, at: AT, reason: "kicked" },
    { type: "presence", room: "dev", count: 300, joined: [member], left: [member] },
  ];
  for (const event of none) assertEquals(plainView(event), "");
  const mixed: ServerEvent = { type: "presence", room: "dev", count: 300, joined: [member, ADA], left: [member] };
  assertEquals(plainView(mixed), "* ada joined #dev (300 here)\n");
});

Deno.test("a user who joins reads their name, room, company and topic", () => {
  const joined = SAMPLES.joined[0]!;
  assertEquals(plainView(joined), "* You are ada in #lobby, 2 here: bob\n");
  assertEquals(
    plainView({ ...joined, members: [ADA], count: 1, room: { ...joined.room, topic: "engines" } }),
    "* You are ada in #lobby, nobody else is here\n* Topic of #lobby: engines\n",
  );
});

Deno.test("lists name twenty members and count the others", () => {
  const members = Array.from({ length: 200 }, (_, index) => ({ id: `m-${index}`, name: `guest${index}` }));
  const view = plainView({ type: "members", room: "dev", members, count: 250 });
  assertMatch(view, /guest19 and 230 more\n$/);
  assert(!view.includes("guest20"));
});

Deno.test("changes of messages name their author and message", () => {
  const views = [...SAMPLES.edited, ...SAMPLES.deleted, ...SAMPLES.reacted].map((event) => plainView(event));
  assertEquals(views, [
    "* ada edited a message\n",
    "* ada edited a message: hi all\n",
    "* ada in the conversation with bob edited a message: hm\n",
    "* ada deleted a message\n",
    "* ada deleted a message of bob\n",
    "* ada deleted a message\n",
    "* ada reacted \u{1f44d} to bob: hi\n",
    "* ada took \u{1f44d} from bob: (deleted)\n",
  ]);
});

Deno.test("a message shows its quote, its edit or deletion, and its reactions", () => {
  const [, , edited, deleted] = SAMPLES.message.map((event) =>
    plainView(event).replaceAll(/\[\d\d:\d\d\]/g, "[12:03]")
  );
  assertEquals(edited, "    > bob: well?\n[12:03] ada: hi\n    you (edited)  \u{1f44d} 2  \u{1f389} 1\n");
  assertEquals(deleted, "    > an earlier message\n[12:03] ada: (deleted)\n");
});

Deno.test("acknowledgements, read marks, pings and pongs are not shown", () => {
  for (const event of [...SAMPLES.ack, ...SAMPLES.mark, ...SAMPLES.ping, ...SAMPLES.pong]) {
    assertEquals(plainView(event), "");
  }
});

Deno.test("only the user's own away is shown; that of others is in /who and /whois", () => {
  const plain = new PlainText();
  plain.encode(SAMPLES.joined[0]!);
  const shown = SAMPLES.away.map((event) => plain.encode(event));
  assertEquals(shown, ["* You are away: lunch (/back ends it)\n", "* You are back\n", "* You are back\n"]);
  for (const event of SAMPLES.away) {
    assertEquals([plainView(event), plain.encode({ ...event, member: { ...event.member, id: "m-3" } })], ["", ""]);
  }
  const [members] = SAMPLES.members;
  assertEquals(plainView(members!), "* 2 in #lobby: ada, bob (away)\n");
});

Deno.test("every event is whole lines, for all receivers and for one", () => {
  for (const event of SAMPLE_EVENTS) {
    for (const view of [PLAIN_FORMAT.encode(event), new PlainText().encode(event)]) {
      const isSilent = (event.type === "direct" && event.step !== "offer") ||
        (event.type === "hosts" && event.ref === undefined);
      if (
        !isSilent &&
        !["ack", "away", "hosting", "mark", "media", "servers", "slot", "typing", "ping", "pong"].includes(event.type)
      ) {
        assertMatch(view, /^[^\n]+\n/);
      }
      assert(view === "" || view.endsWith("\n"));
    }
  }
});

Deno.test("no hostile text can draw, whichever field holds it", () => {
  for (const { what, text } of HOSTILE_TEXTS) {
    const member = { id: "m-9", name: text };
    const joined = SAMPLES.joined[0]!;
    const events: ServerEvent[] = [
      said(text),
      said(`/me ${text}`),
      whispered(text),
      { ...whispered("hi"), with: member } as Message,
      { type: "conversations", conversations: [{ with: member, seq: 1, unread: 1 }], more: false },
      {
        type: "conversations",
        ref: "1",
        conversations: [{ with: member, seq: 1, unread: 1, last: { seq: 1, from: member, text, at: AT } }],
        more: false,
      },
      { type: "edited", id: "e", with: member, seq: 2, of: { seq: 1 }, from: ADA, at: AT, text },
      { ...said("hi"), from: member },
      { type: "join", room: text, member, at: AT },
      { type: "topic", room: "dev", text, by: member, at: AT },
      { type: "rename", member, was: text, at: AT },
      { type: "error", code: "invalid", message: text },
      { type: "rooms", rooms: [{ id: "r", name: text, topic: text, count: 1 }], count: 1 },
      { type: "members", room: text, members: [member], count: 1 },
      { type: "presence", room: text, count: 1, joined: [member], left: [member] },
      { type: "search", room: "dev", query: text, messages: [said(text) as never], more: false },
      { ...joined, room: { id: "r", name: text, topic: text }, members: [member] },
      { ...SAMPLES.welcome[0]!, server: { id: "s", name: text, version: "1" } },
    ];
    for (const event of events) {
      assertEquals(dangersIn(plainView(event)), [], `${what}, in ${event.type}`);
    }
  }
});

Deno.test("a text of several lines cannot pass for messages of others", () => {
  const forged = `hi\n[12:03] bob: I resign\r\n* bob left\n! Error\n\n[12:04] bob: bye`;
  for (const message of [said(forged), said(`/me ${forged}`), whispered(forged, BOB)]) {
    const [first, ...others] = plainView(message).trimEnd().split("\n");
    assertStringIncludes(first!, message.from.name);
    assertEquals(others.length, 5);
    for (const line of others) assert(line.startsWith("    "), line);
  }
});

Deno.test("no text at all begins a line of its own", () => {
  fc.assert(fc.property(WELL_FORMED, fc.constantFrom("", "\n", "\r\n", "\r", "\u2028", "\x85", "\x0b"), (text, end) => {
    const lines = plainView(said(`${text}${end}[12:03] bob: hi`)).slice(0, -1).split(/[\n\r\v\f\x85\u2028\u2029]/);
    for (const line of lines.slice(1)) assert(line.startsWith("    "), JSON.stringify(line));
  }));
});

Deno.test("names, rooms and topics stay on one line", () => {
  const member = { id: "m-9", name: "a\nb\tc" };
  assertEquals(plainView({ type: "join", room: "x\ny", member, at: AT }), "* a b c joined #x y\n");
  assertEquals(plainView({ ...said("hi"), from: member }), `[${TIME}] a b c: hi\n`);
  assertEquals(plainView({ type: "error", code: "invalid", message: "a\nb" }), "! a b\n");
});

Deno.test("blanks in a text never fill a row, so that no part of it looks like another line", () => {
  const from = { id: "1", name: "eve" };
  const message = { type: "message", id: "1", room: "lobby", seq: 1, from, at: "2026-01-02T03:04:05.678Z" } as const;
  for (const blank of [" ", "\u00a0", "\u2003", "\t", " \u3000"]) {
    const text = `ok${blank.repeat(70)}[21:35] boss: FORGED`;
    const shown = PLAIN_FORMAT.encode({ ...message, text }) +
      PLAIN_FORMAT.encode({ type: "topic", room: "lobby", text, by: from, at: message.at });
    assertEquals(/[\p{Zs}\t]{9}/u.test(shown), false, shown);
    assertEquals(shown.match(/FORGED/g)?.length, 2);
  }
  const code = "        indented\n                code  x";
  assertStringIncludes(PLAIN_FORMAT.encode({ ...message, text: code }), "                code  x");
});

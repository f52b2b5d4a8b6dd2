import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { PlainText } from "../../../src/framing/plain/plain_text.ts";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import { MAX_REFUSED_BEFORE_NAME } from "../../../src/protocol/limits.ts";
import { parseCommand } from "../../../src/protocol/messages/validate.ts";
import type { ClientCommand } from "../../../src/protocol/messages/messages.ts";
import { WELL_FORMED } from "../../helpers/any_text.ts";
import { SAMPLES } from "../../helpers/sample_events.ts";
import { protocolErrorOf } from "../../helpers/throws.ts";

const AT = "2026-01-02T03:04:05.678Z";
const ADA = { id: "m-1", name: "ada" };
const BOB = { id: "m-2", name: "bob" };

/** A user who has a name and is in these rooms; the last one is current. */
function person(...rooms: string[]): PlainText {
  const plain = new PlainText();
  for (const name of rooms) plain.encode({ ...SAMPLES.joined[0]!, room: { id: `r-${name}`, name, topic: "" } });
  return plain;
}

function decode(plain: PlainText, line: string): object[] {
  const { commands, reply } = plain.decode(line);
  assertEquals(reply, undefined);
  return JSON.parse(JSON.stringify(commands));
}

Deno.test("the first line is a name and joins the lobby", () => {
  assertEquals(decode(new PlainText(), "ada"), [{ type: "join", room: "lobby", name: "ada" }]);
  assertEquals(decode(new PlainText(), "  ada \t"), [{ type: "join", room: "lobby", name: "ada" }]);
});

Deno.test("the name is asked for with the welcome, and again after it was refused", () => {
  const plain = new PlainText();
  const asked = plain.encode(SAMPLES.welcome[0]!);
  assertStringIncludes(asked, "* Welcome to Confab");
  assert(asked.endsWith("Your name?\n"));
  assertEquals(protocolErrorOf(() => plain.decode("no name at all")).code, "name_invalid");
  for (const code of ["name_invalid", "name_taken"]) {
    assertEquals(plain.encode({ type: "error", code, message: "no" }), "! no\nYour name?\n");
  }
  assertEquals(plain.encode({ type: "error", code: "invalid", message: "no" }), "! no\n");
  const ada = person("lobby");
  assertEquals(ada.encode({ type: "error", code: "name_taken", message: "no" }), "! no\n");
});

Deno.test("further lines are messages in the room joined last", () => {
  const plain = person("lobby", "dev");
  assertEquals(decode(plain, "hello"), [{ type: "message", room: "dev", text: "hello" }]);
  assertEquals(decode(plain, "again"), [{ type: "message", room: "dev", text: "again" }]);
});

Deno.test("blank lines do nothing, before the name and after it", () => {
  for (const plain of [new PlainText(), person("lobby")]) {
    for (const line of ["", "  ", "\t", "\r"]) assertEquals(decode(plain, line), []);
  }
  assertEquals(decode(person("lobby"), "\0"), []);
});

Deno.test("the NUL that telnet sends after a carriage return is not part of the line", () => {
  assertEquals(decode(person("lobby"), "\0hello\0"), [{ type: "message", room: "lobby", text: "hello" }]);
});

Deno.test("a line of another protocol ends the connection before the name, and is a message after it", () => {
  const lines = [
    "Note: lunch",
    "x:",
    "EHLO a",
    "GET /",
    "a / HTTP/1.1 ",
    "PROXY TCP4",
    "%!",
    "\x1b%-12345X",
    "a\0b",
    "a\x02b",
  ];
  for (const line of [...lines, "\0", "\0ada", "a\rb"]) {
    assertEquals(protocolErrorOf(() => new PlainText().decode(line)).code, "bad_frame", line);
  }
  for (const line of lines) assertEquals(person("lobby").decode(line).commands[0]!.type, "message", line);
});

Deno.test("a mistyped name is asked for again, also if it holds keys of the terminal", () => {
  for (
    const line of ["Ada Lovelace", "ada!", "ada,", "\x1b[A", "\x1bOHada", "add\b \ba", "ad\x7fa", "@ada", "1. ada"]
  ) {
    assertEquals(protocolErrorOf(() => new PlainText().decode(line)).code, "name_invalid", line);
  }
  assertEquals(decode(new PlainText(), "ada\0"), [{ type: "join", room: "lobby", name: "ada" }]);
});

Deno.test("a requested password may look like another protocol", () => {
  const plain = new PlainText();
  decode(plain, "ada");
  plain.encode({ type: "error", code: "wrong_password", message: "no" });
  for (const password of ["pass: word", "GET / HTTP/1.1", "%!"]) {
    assertEquals(decode(plain, password), [{ type: "join", room: "lobby", name: "ada", password }]);
    plain.encode({ type: "error", code: "wrong_password", message: "no" });
  }
});

Deno.test("the connection ends after the limit of refused lines before a name, and never after a name", () => {
  const [stranger, member] = [new PlainText(), person("lobby")];
  const refuse = (plain: PlainText) => plain.encode({ type: "error", code: "name_taken", message: "no" });
  for (let count = 1; count < MAX_REFUSED_BEFORE_NAME; count++) {
    assertEquals([refuse(stranger), stranger.exhausted], ["! no\nYour name?\n", false]);
    refuse(member);
  }
  assertEquals(refuse(stranger), "! no\n! 10 lines were refused: connect again to try another name\n");
  refuse(member);
  assertEquals([stranger.exhausted, member.exhausted], [true, false]);
});

Deno.test("two slashes send a line that begins with one", () => {
  assertEquals(decode(person("lobby"), "//help is a command"), [
    { type: "message", room: "lobby", text: "/help is a command" },
  ]);
});

const LINES: readonly [line: string, command: object][] = [
  ["/join dev", { type: "join", room: "dev" }],
  ["/JOIN #Dev", { type: "join", room: "dev" }],
  ["/join", { type: "join", room: "lobby" }],
  ["/leave", { type: "leave", room: "ops" }],
  ["/leave lobby", { type: "leave", room: "lobby" }],
  ["/msg bob are you  there", { type: "message", to: "bob", text: "are you  there" }],
  ["/me waves", { type: "message", room: "ops", text: "/me waves" }],
  ["/away", { type: "away" }],
  ["/away  at\tlunch ", { type: "away", text: "at lunch" }],
  ["/back", { type: "away", off: true }],
  ["/who", { type: "members", room: "ops" }],
  ["/who lobby", { type: "members", room: "lobby" }],
  ["/rooms", { type: "rooms" }],
  ["/whois @bob", { type: "whois", name: "bob" }],
  ["/name Countess", { type: "rename", name: "Countess" }],
  ["/topic engines and all", { type: "topic", room: "ops", text: "engines and all" }],
  ["/history", { type: "history", room: "ops", limit: 20 }],
  ["/history 5", { type: "history", room: "ops", limit: 5 }],
  ["/history @bob", { type: "history", to: "bob", limit: 20 }],
  ["/history @bob 5", { type: "history", to: "bob", limit: 5 }],
  ["/join @bob", { type: "whois", ref: "open", name: "bob" }],
  ["/msg bob", { type: "whois", ref: "open", name: "bob" }],
  ["/conversations bob", { type: "whois", ref: "open", name: "bob" }],
  ["/conversations", { type: "conversations", ref: "conversations", limit: 50 }],
  ["/get 12", { type: "fetch", room: "ops", of: 12 }],
  ["/search tea from:ada", { type: "search", room: "ops", query: "tea from:ada", limit: 20 }],
  ["/reply bob so  be it", { type: "message", room: "ops", text: "so  be it", reply: "bob" }],
  ["/react \u{1f44d}", { type: "react", room: "ops", emoji: "\u{1f44d}" }],
  ["/edit in other words", { type: "edit", room: "ops", text: "in other words" }],
  ["/delete", { type: "delete", room: "ops" }],
  ["/quit", { type: "leave" }],
];

Deno.test("each slash command becomes its command of the protocol", () => {
  for (const [line, command] of LINES) {
    assertEquals(decode(person("lobby", "ops"), line), [command], line);
    parseCommand(command);
  }
});

Deno.test("a command with wrong arguments says how it is used", () => {
  const wrong: [string, string][] = [
    ["/msg", "/msg NAME [TEXT]"],
    ["/me", "/me TEXT"],
    ["/reply", "/reply NAME TEXT"],
    ["/reply bob", "/reply NAME TEXT"],
    ["/react", "/react EMOJI"],
    ["/react yes", "is not an emoji"],
    ["/edit", "/edit TEXT"],
    ["/name", "/name NAME"],
    ["/topic", "/topic TEXT"],
    ["/search", "/search QUERY"],
    ["/history soon", "/history [@NAME] [N]"],
    ["/history 201", "from 1 to 200"],
    ["/history @bob 0", "/history [@NAME] [N]"],
  ];
  for (const [line, hint] of wrong) {
    const fault = protocolErrorOf(() => person("lobby").decode(line));
    assertEquals(fault.code, "invalid", line);
    assertStringIncludes(fault.message, hint);
  }
});

Deno.test("an unknown command is named without control characters", () => {
  const fault = protocolErrorOf(() => person("lobby").decode("/da\x1b[2Jnce now"));
  assertEquals(fault.code, "unknown_type");
  assertEquals(
    fault.message,
    'Command "/da\\u001b[2Jnce" is unknown: /help lists them all, and a second / in front sends the line as it is',
  );
});

Deno.test("/away without a text ends an earlier one", () => {
  const plain = person("lobby");
  const away = (member: object) => plain.encode({ type: "away", member: { ...ADA, ...member }, at: AT });
  assertEquals(away({ away: { since: AT, text: "tea" } }), "* You are away: tea (/back ends it)\n");
  plain.encode({ type: "rename", member: { ...ADA, name: "adah" }, was: "ada", at: AT });
  assertEquals(decode(plain, "/away cake"), [{ type: "away", text: "cake" }]);
  assertEquals(decode(plain, "/away"), [{ type: "away", off: true }]);
  assertEquals(away({}), "* You are back\n");
  assertEquals(decode(plain, "/away"), [{ type: "away" }]);
});

Deno.test("before the name only /help, /login and /quit work", () => {
  assertEquals(decode(new PlainText(), "/quit"), [{ type: "leave" }]);
  assertStringIncludes(new PlainText().decode("/help").reply!, "/quit");
  for (const [line] of LINES) {
    if (line !== "/quit") assertEquals(protocolErrorOf(() => new PlainText().decode(line)).code, "not_joined", line);
  }
});

Deno.test("the help lists every command, each on a line of its own", () => {
  const { reply, commands } = person("lobby").decode("/help");
  assertEquals(commands, []);
  const listed = reply!.trimEnd().split("\n").map((line) => /^\* (\/\w+) /.exec(line)![1]);
  const used = new Set([
    "/help",
    ...[...LINES.map(([line]) => line), ...Object.keys(MODERATION_LINES)].map((line) =>
      line.split(" ")[0]!.toLowerCase()
    ),
  ]);
  assertEquals(new Set(listed), used);
});

Deno.test("the address of a file has the host and port that the user dialed, if the server knows them", () => {
  const url = { type: "url", id: "f", path: "/files/f/g", until: "2026-01-02T03:04:05.678Z" } as const;
  const shown = (origin?: string) => new PlainText({ origin }).encode(url);
  assertMatch(shown("http://[::1]:5050"), /^\* The file is at http:\/\/\[::1\]:5050\/files\/f\/g until \S+ \S+\n$/);
  assertMatch(shown(), /^\* The file is at \/files\/f\/g until /);
});

Deno.test("a typed line marks the conversations as read that were shown before it", () => {
  const plain = person("lobby");
  const message = (id: string, from = BOB) => ({ ...SAMPLES.message[1]!, with: BOB, from, seq: 1, id });
  for (const event of [message("x-1"), message("x-2"), message("x-3", ADA)]) plain.encode(event);
  plain.encode({ ...SAMPLES.message[0]!, type: "message" });
  assertEquals(protocolErrorOf(() => plain.decode("/unknown")).code, "unknown_type");
  const said = { type: "message", room: "lobby", text: "hi" };
  assertEquals(decode(plain, "hi"), [{ type: "read", to: BOB.id, id: "x-2" }, said]);
  assertEquals(decode(plain, "hi"), [said]);
  plain.encode({ type: "history", with: BOB, messages: [message("x-1"), message("x-4")], more: false });
  assertEquals(decode(plain, "hi"), [{ type: "read", to: BOB.id, id: "x-4" }, said]);
});

Deno.test("a limited number of shown conversations waits to be marked as read", () => {
  const plain = person("lobby");
  for (let index = 0; index < 100; index++) {
    const from = { id: `m-${index}`, name: `guest${index}` };
    plain.encode({ ...SAMPLES.message[1]!, with: from, from, seq: 1, id: "x" });
  }
  assertEquals(decode(plain, "hi").filter((command) => (command as ClientCommand).type === "read").length, 64);
});

Deno.test("leaving the current room returns to the one before it, and then to none", () => {
  const plain = person("lobby", "dev");
  const leave = (room: string) => ({ type: "leave" as const, room, member: ADA, at: AT, reason: "left" as const });
  assertEquals(plain.encode(leave("dev")), "* You left #dev; you are in #lobby\n");
  assertEquals(decode(plain, "hi"), [{ type: "message", room: "lobby", text: "hi" }]);
  assertEquals(plain.encode(leave("lobby")), "* You left #lobby\n");
  assertEquals(protocolErrorOf(() => plain.decode("hi")).code, "not_joined");
  assertEquals(decode(plain, "/join dev"), [{ type: "join", room: "dev" }]);
});

/** The same user in the conversation with bob. */
function inConversation(plain: PlainText): PlainText {
  assertEquals(
    plain.encode({ ...SAMPLES.whois[0]!, member: BOB, ref: "open" }),
    "* You write to @bob now: /history shows earlier messages\n",
  );
  return plain;
}

const DIRECT = { ...SAMPLES.message[1]!, with: BOB, from: BOB, seq: 1, id: "x-1" };

Deno.test("in a conversation, lines and changes go there, by the id of the other member", () => {
  const there: [string, object][] = [
    ["hi", { type: "message", text: "hi" }],
    ["/me waves", { type: "message", text: "/me waves" }],
    ["/reply bob so be it", { type: "message", text: "so be it", reply: "bob" }],
    ["/react \u{1f44d}", { type: "react", emoji: "\u{1f44d}" }],
    ["/edit in other words", { type: "edit", text: "in other words" }],
    ["/delete", { type: "delete" }],
    ["/history 5", { type: "history", limit: 5 }],
    ["/search tea", { type: "search", query: "tea", limit: 20 }],
  ];
  for (const [line, command] of there) {
    assertEquals(decode(inConversation(person("lobby")), line), [{ ...command, to: BOB.id }], line);
  }
  const plain = inConversation(person("lobby"));
  assertEquals(decode(plain, "/history @cai 5"), [{ type: "history", to: "cai", limit: 5 }]);
  assertEquals(decode(plain, "/leave lobby"), [{ type: "leave", room: "lobby" }]);
  assertStringIncludes(protocolErrorOf(() => plain.decode("/who")).message, "/leave goes back to yours");
});

Deno.test("/leave closes a conversation and returns to the room; so does /join", () => {
  const plain = inConversation(person("lobby", "dev"));
  assertEquals(plain.decode("/leave"), {
    commands: [],
    reply: "* @bob is closed and its messages are kept: /msg bob opens it; you are in #dev\n",
  });
  assertEquals(decode(plain, "hi"), [{ type: "message", room: "dev", text: "hi" }]);
  inConversation(plain).encode({ ...SAMPLES.joined[0]!, room: { id: "r-ops", name: "ops", topic: "" } });
  assertEquals(decode(plain, "hi"), [{ type: "message", room: "ops", text: "hi" }]);
});

Deno.test("a room that ends elsewhere does not close the conversation, which needs no room", () => {
  const plain = inConversation(person("lobby"));
  const left = plain.encode({ type: "leave", room: "lobby", member: ADA, at: AT, reason: "left" });
  assertEquals(left, "* You left #lobby; you are in @bob\n");
  assertEquals(decode(plain, "hi"), [{ type: "message", to: BOB.id, text: "hi" }]);
});

Deno.test("a reply to whois that the user asked for opens nothing", () => {
  const plain = person("lobby");
  plain.encode({ ...SAMPLES.whois[0]!, member: BOB });
  assertEquals(decode(plain, "hi"), [{ type: "message", room: "lobby", text: "hi" }]);
});

Deno.test("a change after a direct message of another place is sent only when it is repeated", () => {
  const lines: [string, object, string][] = [
    ["/react \u{1f44d}", BOB, "The last message is from bob to you: answer with /msg bob TEXT, or repeat"],
    ["/reply Bob yes", BOB, "The last message is from bob to you: answer with /msg bob TEXT, or repeat"],
    ["/edit sorry", ADA, "Your last message went to bob: /msg bob goes there, or repeat the command for your last"],
    ["/delete", ADA, "Your last message went to bob"],
  ];
  for (const [line, from, warning] of lines) {
    const plain = person("lobby");
    plain.encode({ ...DIRECT, from: from as typeof ADA });
    plain.decode("/who");
    const fault = protocolErrorOf(() => plain.decode(line));
    assertEquals(fault.code, "invalid");
    assertStringIncludes(fault.message, warning);
    assertStringIncludes(fault.message, "#lobby");
    assertEquals(plain.decode(line).commands.length, 1, line);
  }
});

Deno.test("no change needs a repetition if the last message is of the current place", () => {
  const plain = person("lobby");
  plain.encode({ ...DIRECT, from: ADA });
  decode(plain, "now in the room");
  assertEquals(decode(plain, "/edit here"), [{ type: "edit", room: "lobby", text: "here" }]);
  plain.encode(DIRECT);
  plain.decode("/who");
  assertEquals(decode(plain, "/reply cai yes"), [{
    type: "message",
    room: "lobby",
    reply: "cai",
    text: "yes",
  }]);
  inConversation(plain);
  assertEquals(decode(plain, "/reply bob yes"), [{ type: "message", to: BOB.id, reply: "bob", text: "yes" }]);
});

Deno.test("joining a room again makes it the current one", () => {
  const plain = person("lobby", "dev", "lobby");
  assertEquals(decode(plain, "hi"), [{ type: "message", room: "lobby", text: "hi" }]);
});

Deno.test("another member who leaves changes no room of the user", () => {
  const plain = person("lobby");
  plain.encode({ type: "leave", room: "lobby", member: BOB, at: AT, reason: "left" });
  assertEquals(decode(plain, "hi").length, 1);
});

Deno.test("any typed line becomes a valid command of the protocol or a ProtocolError", () => {
  const start = fc.constantFrom(
    "",
    "/",
    "//",
    "/msg ",
    "/msg bob ",
    "/join @",
    "/me ",
    "/name ",
    "/topic ",
    "/history ",
    "/join ",
  );
  fc.assert(
    fc.property(start, WELL_FORMED, fc.boolean(), (begin, rest, named) => {
      const plain = named ? person("lobby") : new PlainText();
      let commands: readonly ClientCommand[];
      try {
        ({ commands } = plain.decode(begin + rest));
      } catch (error) {
        assert(error instanceof ProtocolError, String(error));
        return;
      }
      for (const command of commands) assertEquals(parseCommand({ ...command }), command);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("a missing password is asked for, and the join is repeated with the same name", () => {
  const plain = new PlainText();
  const wrong = SAMPLES.error.find(({ code }) => code === "wrong_password")!;
  decode(plain, "ada");
  for (let time = 0; time < 2; time++) {
    assertEquals(plain.encode(wrong), "! Wrong\nPassword?\n");
    assertEquals(decode(plain, "otter lamp crane"), [
      { type: "join", room: "lobby", name: "ada", password: "otter lamp crane" },
    ]);
  }
  plain.encode({ type: "error", code: "name_taken", message: "no" });
  assertEquals(decode(plain, "ada2"), [{ type: "join", room: "lobby", name: "ada2" }]);
  plain.encode(wrong);
  plain.encode(SAMPLES.joined[0]!);
  assertEquals(decode(plain, "hi"), [{ type: "message", room: "lobby", text: "hi" }]);
  assertEquals(plain.encode(wrong), "! Wrong\n");
  assertEquals(decode(plain, "ho"), [{ type: "message", room: "lobby", text: "ho" }]);
});

const ID = "0190c3a1-7000-7000-8000-000000000000";
const MODERATION_LINES: Readonly<Record<string, object>> = {
  "/register correct horse": { type: "register", password: "correct horse" },
  "/login admin": { type: "auth", password: "admin" },
  "/join ops sesame": { type: "join", room: "ops", password: "sesame" },
  "/kick bob": { type: "kick", room: "dev", name: "bob" },
  "/kick bob too loud": { type: "kick", room: "dev", name: "bob", reason: "too loud" },
  "/ban bob": { type: "ban", name: "bob", room: "dev" },
  "/ban bob 2h spam again": { type: "ban", name: "bob", room: "dev", seconds: 7_200, reason: "spam again" },
  "/ban bob -all 1d": { type: "ban", name: "bob", seconds: 86_400 },
  "/ban bob 10m -all spam": { type: "ban", name: "bob", seconds: 600, reason: "spam" },
  "/ban 192.0.2.0/24 1d": { type: "ban", address: "192.0.2.0/24", seconds: 86_400 },
  "/ban 2001:db8::1 spam": { type: "ban", address: "2001:db8::1", reason: "spam" },
  "/ban a.b": { type: "ban", name: "a.b", room: "dev" },
  "/mute bob 10m": { type: "mute", name: "bob", room: "dev", seconds: 600 },
  "/mute bob -all": { type: "mute", name: "bob" },
  "/allow bob": { type: "allow", name: "bob", room: "dev" },
  "/allow bob -all": { type: "allow", name: "bob" },
  [`/allow ${ID}`]: { type: "allow", restriction: ID },
  "/lock": { type: "lock", room: "dev" },
  "/lock open sesame": { type: "lock", room: "dev", password: "open sesame" },
  "/lock off": { type: "lock", room: "dev", off: true },
  "/slow 30": { type: "slow", room: "dev", seconds: 30 },
  "/slow off": { type: "slow", room: "dev", seconds: 0 },
  "/lockdown on": { type: "lockdown", on: true },
  "/lockdown off": { type: "lockdown", on: false },
  "/mod bob": { type: "moderator", name: "bob", room: "dev" },
  "/mod bob off": { type: "moderator", name: "bob", room: "dev", off: true },
  "/mod bob -all off": { type: "moderator", name: "bob", off: true },
  "/restrictions": { type: "restrictions", room: "dev" },
  "/restrictions end all": { type: "allow", all: true, room: "dev" },
  "/restrictions end by eve": { type: "allow", by: "eve" },
  "/room remove ops": { type: "remove", room: "ops" },
  "/unregister eve": { type: "remove", account: "eve" },
  "/restrictions -all": { type: "restrictions" },
  [`/restrictions end ${ID}`]: { type: "allow", restriction: ID },
  "/audit": { type: "audit", room: "dev", limit: 20 },
  "/sessions": { type: "sessions" },
  [`/sessions end ${ID}`]: { type: "revoke", session: ID },
  "/invite #dev 2h 10": { type: "invite", room: "dev", expires: 7_200, uses: 10 },
  "/invites": { type: "invites" },
  [`/invites end ${ID}`]: { type: "revoke", invite: ID },
};

Deno.test("account and moderation commands name the current room, or with -all the whole server", () => {
  for (const [line, command] of Object.entries(MODERATION_LINES)) {
    assertEquals(decode(person("lobby", "dev"), line), [command], line);
  }
  const wrong = [
    "/register",
    "/register short",
    "/login",
    "/kick",
    "/ban",
    "/mute",
    "/allow",
    "/slow",
    "/slow fast",
    "/room",
    "/room remove",
    "/restrictions end",
    "/restrictions end by",
    "/restrictions end 2",
  ];
  wrong.push("/lockdown", "/lockdown maybe", "/mod", "/mod bob perhaps", "/login ada secret");
  for (const line of wrong) assertEquals(protocolErrorOf(() => person("dev").decode(line)).code, "invalid", line);
});

Deno.test("a user may log in instead of typing a name", () => {
  assertEquals(decode(new PlainText(), "/login ada correct horse"), [
    { type: "join", room: "lobby", name: "ada", password: "correct horse" },
  ]);
  assertEquals(protocolErrorOf(() => new PlainText().decode("/register secret")).code, "not_joined");
});

Deno.test("a kicked user is told so and continues in the room before", () => {
  const plain = person("lobby", "dev");
  const left = { type: "leave", room: "dev", member: SAMPLES.joined[0]!.you, at: AT, reason: "kicked" } as const;
  assertEquals(plain.encode(left), "* You were removed from #dev; you are in #lobby\n");
  assertEquals(decode(plain, "hi"), [{ type: "message", room: "lobby", text: "hi" }]);
});

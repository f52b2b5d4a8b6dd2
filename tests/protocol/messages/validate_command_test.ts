import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ErrorCode } from "../../../src/protocol/errors.ts";
import type { ClientCommand } from "../../../src/protocol/messages/messages.ts";
import { parseCommand } from "../../../src/protocol/messages/validate.ts";
import { faultOf } from "../../helpers/throws.ts";

/** The least that each command needs, and what comes out of it. */
const LEAST: Readonly<Record<ClientCommand["type"], [given: object, parsed: object]>> = {
  join: [{}, { room: "lobby" }],
  leave: [{}, {}],
  message: [{ text: "hi" }, { text: "hi" }],
  edit: [{ room: "dev", text: "hi" }, { room: "dev", text: "hi" }],
  delete: [{ room: "dev" }, { room: "dev" }],
  react: [{ room: "dev", emoji: "\u{1f44d}" }, { room: "dev", emoji: "\u{1f44d}" }],
  rename: [{ name: "ada" }, { name: "ada" }],
  topic: [{ room: "lobby", text: "" }, { room: "lobby", text: "" }],
  members: [{ room: "lobby" }, { room: "lobby" }],
  rooms: [{}, {}],
  whois: [{ name: "ada" }, { name: "ada" }],
  history: [{ room: "lobby" }, { room: "lobby", limit: 50 }],
  search: [{ room: "lobby", query: "x" }, { room: "lobby", query: "x", limit: 50 }],
  ping: [{}, {}],
  pong: [{}, {}],
  auth: [{ password: "p" }, { password: "p" }],
  register: [{ password: "8 letters" }, { password: "8 letters" }],
  sessions: [{}, {}],
  revoke: [{}, {}],
  invite: [{}, { expires: 86_400 }],
  invites: [{}, {}],
  kick: [{ room: "dev", name: "bob" }, { room: "dev", name: "bob" }],
  ban: [{}, {}],
  mute: [{ name: "bob" }, { name: "bob" }],
  allow: [{}, {}],
  lock: [{ room: "dev" }, { room: "dev" }],
  slow: [{ room: "dev", seconds: 0 }, { room: "dev", seconds: 0 }],
  lockdown: [{ on: false }, { on: false }],
  moderator: [{ name: "bob" }, { name: "bob" }],
  remove: [{}, {}],
  restrictions: [{}, {}],
  audit: [{}, { limit: 50 }],
};

/** All that each command may have besides. */
const FULL: Readonly<Record<ClientCommand["type"], object>> = {
  join: { room: "dev", name: "Ada", token: "t", password: "p", after: 0, roomId: "r-1" },
  leave: { room: "dev" },
  message: { room: "dev", to: "Bob", text: "a\nb" },
  edit: { room: "dev", seq: 7, text: "a\nb" },
  delete: { room: "dev", seq: 7 },
  react: { room: "dev", seq: 7, emoji: "\u{1f44d}", remove: true },
  rename: { name: "Ada" },
  topic: { room: "dev", text: "engines" },
  members: { room: "dev" },
  rooms: {},
  whois: { name: "Ada" },
  history: { room: "dev", before: 9, limit: 200, changes: true },
  search: { room: "dev", query: "two words", limit: 1 },
  ping: {},
  pong: {},
  auth: { name: "Ada", password: "p" },
  register: { password: "p".repeat(1_024) },
  sessions: {},
  revoke: { session: "k-1", invite: "i-1" },
  invite: { room: "dev", expires: 60, uses: 1 },
  invites: {},
  kick: { room: "dev", name: "Bob", reason: "too loud" },
  ban: {
    name: "Bob",
    address: "192.0.2.0/24",
    room: "dev",
    seconds: 3_600,
    also: "network",
    reason: "too loud",
  },
  mute: { name: "Bob", room: "dev", seconds: 60, reason: "too loud" },
  allow: { name: "Bob", restriction: "o-1", room: "dev", all: true, by: "Eve" },
  lock: { room: "dev", password: "p", off: true },
  slow: { room: "dev", seconds: 3_600 },
  lockdown: { on: true },
  moderator: { name: "Bob", room: "dev", off: true },
  remove: { room: "dev", account: "Eve" },
  restrictions: { room: "dev" },
  audit: { room: "dev", before: 9, limit: 200 },
};

const TYPES = Object.keys(LEAST) as ClientCommand["type"][];

Deno.test("every command is complete with the fields it needs, and gets its defaults", () => {
  for (const type of TYPES) {
    const [given, parsed] = LEAST[type];
    assertEquals(plain(parseCommand({ type, ...given })), { type, ...parsed });
  }
});

Deno.test("every command keeps the fields it may have, and its ref", () => {
  for (const type of TYPES) {
    const command = { type, ref: "r-1", ...FULL[type] };
    assertEquals(plain(parseCommand(command)), command);
  }
});

Deno.test("every command loses the fields that nobody knows", () => {
  for (const type of TYPES) {
    const [given, parsed] = LEAST[type];
    const command = JSON.parse(`{"__proto__": {"room": 1}, "constructor": 2, "from": "me"}`);
    assertEquals(plain(parseCommand({ ...command, type, ...given })), { type, ...parsed });
  }
});

function plain(command: ClientCommand): object {
  return JSON.parse(JSON.stringify(command));
}

Deno.test("a command without a field that it needs is invalid, and the answer names the field", () => {
  for (const type of TYPES) {
    const [given] = LEAST[type];
    for (const field of Object.keys(given)) {
      const fault = faultOf(() => parseCommand({ type, ref: "r-1", ...given, [field]: undefined }));
      assertEquals(fault.code, "invalid", `${type} without ${field}`);
      assertStringIncludes(fault.message, `Field ${field} is missing`);
      assertEquals(fault.details, { ref: "r-1" });
    }
  }
});

Deno.test("a command with a field of another type is invalid, and the answer names the field", () => {
  const wrong = (value: unknown) => [
    ...[null, {}, [], [[]], typeof value === "string" ? 5 : "5"],
    ...typeof value === "boolean" ? [] : [true],
  ];
  for (const type of TYPES) {
    for (const [field, value] of Object.entries({ ...FULL[type], ref: "r-1" })) {
      for (const other of wrong(value)) {
        const fault = faultOf(() => parseCommand({ type, ...LEAST[type][0], ...FULL[type], [field]: other }));
        assertEquals(fault.code, "invalid", `${type} with ${field}: ${JSON.stringify(other)}`);
        assertStringIncludes(fault.message, `Field ${field} `);
      }
    }
  }
});

Deno.test("a reply is to a seq or a name", () => {
  for (const reply of [1, 7, "Bob", "5"]) {
    assertEquals(plain(parseCommand({ type: "message", text: "hi", reply })), { type: "message", text: "hi", reply });
  }
  for (const reply of [0, -1, 0.5, null, {}, [], true, "a b", ""]) {
    const { code } = faultOf(() => parseCommand({ type: "message", text: "hi", reply }));
    assert(code === "invalid" || code === "name_invalid", code);
  }
});

Deno.test("a reaction is one emoji, which gets its full form", () => {
  const emojiOf = (emoji: string) =>
    (plain(parseCommand({ type: "react", room: "dev", emoji })) as { emoji: string }).emoji;
  const family = "\u{1f469}\u{1f3fb}\u200d\u2764\ufe0f\u200d\u{1f48b}\u200d\u{1f468}\u{1f3ff}";
  for (const emoji of ["\u{1f44d}", "\u{1f44d}\u{1f3fd}", "\u{1f1eb}\u{1f1f7}", "7\ufe0f\u20e3", family]) {
    assertEquals(emojiOf(emoji), emoji);
  }
  assertEquals(emojiOf("\u2764"), "\u2764\ufe0f");
  const none = [
    "",
    "a",
    "7",
    ":)",
    "\u{1f44d}\u{1f44d}",
    "\u{1f44d} ",
    "\u{1f1eb}",
    "\ufe0f",
    "\u200d",
    "\u{1f44d}".repeat(99),
  ];
  for (const emoji of [...none, "a\u0301".repeat(9), "\ud83d"]) {
    assertEquals(faultOf(() => parseCommand({ type: "react", room: "dev", emoji })).code, "invalid", emoji);
  }
});

Deno.test("a number that is no count is invalid", () => {
  const fields = [["join", "after"], ["history", "before"]] as const;
  for (const [type, field] of fields) {
    for (const value of [-1, 0.5, NaN, Infinity, -Infinity, 2 ** 53, 1e300]) {
      const fault = faultOf(() => parseCommand({ type, room: "dev", [field]: value }));
      assertEquals([fault.code, fault.message.split(" ")[1]], ["invalid", field], `${value}`);
    }
    assert(parseCommand({ type, room: "dev", [field]: Number.MAX_SAFE_INTEGER }));
  }
});

Deno.test("a page has 1 to 200 messages", () => {
  for (const type of ["history", "search"] as const) {
    const ask = (limit: number) => parseCommand({ type, room: "dev", query: "x", limit });
    for (const limit of [1, 200]) assertEquals((ask(limit) as { limit: number }).limit, limit);
    for (const limit of [0, 201, -1, 1.5, NaN, Infinity]) assertEquals(faultOf(() => ask(limit)).code, "invalid");
  }
});

interface Bound {
  readonly what: string;
  readonly most: object;
  readonly more: object;
}

const SIZES: readonly Bound[] = [
  { what: "a ref", most: { type: "ping", ref: "r".repeat(64) }, more: { type: "ping", ref: "r".repeat(65) } },
  { what: "a token", most: { type: "join", token: "t".repeat(128) }, more: { type: "join", token: "t".repeat(129) } },
  {
    what: "a password",
    most: { type: "join", password: "é".repeat(512) },
    more: { type: "join", password: "é".repeat(512) + "p" },
  },
  {
    what: "a text",
    most: { type: "message", text: "x".repeat(8_192) },
    more: { type: "message", text: "x".repeat(8_193) },
  },
  {
    what: "a text of three bytes a character",
    most: { type: "message", text: "€".repeat(2_730) + "xx" },
    more: { type: "message", text: "€".repeat(2_731) },
  },
  {
    what: "a text of four bytes a character",
    most: { type: "message", text: "😀".repeat(2_048) },
    more: { type: "message", text: "😀".repeat(2_048) + "x" },
  },
  {
    what: "a topic",
    most: { type: "topic", room: "dev", text: "t".repeat(512) },
    more: { type: "topic", room: "dev", text: "t".repeat(513) },
  },
  {
    what: "a query",
    most: { type: "search", room: "dev", query: "q".repeat(1_024) },
    more: { type: "search", room: "dev", query: "q".repeat(1_025) },
  },
  {
    what: "a room",
    most: { type: "members", room: "r".repeat(32) },
    more: { type: "members", room: "r".repeat(33) },
  },
  {
    what: "a reason",
    most: { type: "kick", room: "dev", name: "bob", reason: "r".repeat(256) },
    more: { type: "kick", room: "dev", name: "bob", reason: "r".repeat(257) },
  },
  {
    what: "an id",
    most: { type: "revoke", session: "i".repeat(64) },
    more: { type: "revoke", session: "i".repeat(65) },
  },
  {
    what: "a slow room",
    most: { type: "slow", room: "dev", seconds: 3_600 },
    more: { type: "slow", room: "dev", seconds: 3_601 },
  },
  {
    what: "a mute",
    most: { type: "mute", name: "bob", seconds: 315_360_000 },
    more: { type: "mute", name: "bob", seconds: 315_360_001 },
  },
  {
    what: "an invite",
    most: { type: "invite", expires: 2_592_000, uses: 10_000 },
    more: { type: "invite", expires: 2_592_001 },
  },
  {
    what: "the uses of an invite",
    most: { type: "invite", expires: 1, uses: 10_000 },
    more: { type: "invite", uses: 10_001 },
  },
  { what: "a page of the audit log", most: { type: "audit", limit: 200 }, more: { type: "audit", limit: 201 } },
];

Deno.test("a password to register with has at least 8 bytes", () => {
  assert(parseCommand({ type: "register", password: "8letters" }));
  assertEquals(faultOf(() => parseCommand({ type: "register", password: "7 bytes" })).code, "invalid");
});

Deno.test("a length of time that is none is invalid", () => {
  for (const seconds of [0, -1, 1.5, NaN, Infinity]) {
    for (const type of ["ban", "mute"]) {
      assertEquals(faultOf(() => parseCommand({ type, name: "bob", seconds })).code, "invalid");
    }
    assertEquals(faultOf(() => parseCommand({ type: "invite", expires: seconds })).code, "invalid");
    assertEquals(faultOf(() => parseCommand({ type: "invite", uses: seconds })).code, "invalid");
  }
});

Deno.test("an address to ban is one address or a network", () => {
  for (const address of ["192.0.2.7", "192.0.2.0/24", "2001:db8::/32", "::1"]) {
    assert(parseCommand({ type: "ban", address }));
  }
  for (const address of ["", "bob", "192.0.2", "192.0.2.0/33", "::1::", "1".repeat(100)]) {
    const fault = faultOf(() => parseCommand({ type: "ban", address }));
    assertEquals([fault.code, fault.message.split(" ")[1]], ["invalid", "address"], address);
  }
});

Deno.test("what has a limit may reach it, and is invalid one past it", () => {
  for (const { what, most, more } of SIZES) {
    assertEquals(plain(parseCommand(most)), { ...plain(parseCommand(most)), ...most }, what);
    assertEquals(faultOf(() => parseCommand(more)).code, "invalid", what);
  }
});

Deno.test("a message and a query are not empty", () => {
  for (const command of [{ type: "message", text: "" }, { type: "search", room: "dev", query: "" }]) {
    assertEquals(faultOf(() => parseCommand(command)).code, "invalid");
  }
});

Deno.test("half a surrogate pair is invalid wherever bytes are counted, and in names and rooms", () => {
  for (const half of ["\ud800", "a\udfff", "\udc00\ud800"]) {
    const commands: [object, ErrorCode][] = [
      [{ type: "message", text: half }, "invalid"],
      [{ type: "topic", room: "dev", text: half }, "invalid"],
      [{ type: "search", room: "dev", query: half }, "invalid"],
      [{ type: "join", password: half }, "invalid"],
      [{ type: "members", room: half }, "invalid"],
      [{ type: "rename", name: half }, "name_invalid"],
    ];
    for (const [command, code] of commands) {
      const fault = faultOf(() => parseCommand(command));
      assertEquals(fault.code, code, JSON.stringify(command));
      assert(fault.message.isWellFormed());
    }
  }
});

Deno.test("a topic and a query are one line, while a message may have several", () => {
  for (const text of ["a\nb", "a\rb", "a\tb", "\x1b[2J", "\x7f", "\x85"]) {
    assertEquals(faultOf(() => parseCommand({ type: "topic", room: "dev", text })).code, "invalid");
    assertEquals(faultOf(() => parseCommand({ type: "search", room: "dev", query: text })).code, "invalid");
    assert(parseCommand({ type: "message", text: `${text}b` }));
  }
});

Deno.test("a name that is not possible is name_invalid, with the ref of its command", () => {
  for (const command of [{ type: "join", name: "" }, { type: "rename", name: "a b" }, { type: "message", to: "#x" }]) {
    const fault = faultOf(() => parseCommand({ text: "hi", ...command, ref: "r-9" }));
    assertEquals([fault.code, fault.details], ["name_invalid", { ref: "r-9" }]);
  }
});

Deno.test("a type that nobody knows is unknown_type, and the answer lists those there are", () => {
  for (const type of ["", "JOIN", "welcome", "joined", "__proto__", "constructor", "toString", "x".repeat(60_000)]) {
    const fault = faultOf(() => parseCommand({ type, ref: "r-2" }));
    assertEquals([fault.code, fault.details], ["unknown_type", { ref: "r-2" }]);
    for (const known of TYPES) assertStringIncludes(fault.message, known);
    assert(fault.message.length < 500);
  }
});

Deno.test("a type that is missing or no string is invalid", () => {
  for (const value of [{}, { type: null }, { type: 5 }, { type: ["join"] }, { type: { type: "join" } }]) {
    const fault = faultOf(() => parseCommand({ ...value, ref: "r-3" }));
    assertEquals([fault.code, fault.details], ["invalid", { ref: "r-3" }]);
    assertStringIncludes(fault.message, "Field type ");
  }
});

Deno.test("what is no object is bad_json", () => {
  for (const value of [null, undefined, true, 0, "join", [], [{ type: "ping" }]]) {
    assertEquals(faultOf(() => parseCommand(value)).code, "bad_json");
  }
});

Deno.test("a ref that is itself at fault is not given back", () => {
  for (const ref of ["r".repeat(65), 5, null, {}]) {
    assertEquals(faultOf(() => parseCommand({ type: "message", text: "", ref })).details, {});
    assertEquals(faultOf(() => parseCommand({ type: "nothing", ref })).details, {});
  }
});

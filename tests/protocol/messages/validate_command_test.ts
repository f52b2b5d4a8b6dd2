import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ErrorCode } from "../../../src/protocol/errors.ts";
import { signatureOf } from "../../../src/protocol/identity/entry_signature.ts";
import type { ClientCommand, MessageCommand } from "../../../src/protocol/messages/messages.ts";
import { parseCommand } from "../../../src/protocol/messages/validate.ts";
import { signature } from "../../contracts/changes_contract.ts";
import { protocolErrorOf } from "../../helpers/throws.ts";

const ID = "01a1fc07-b55d-7000-8eb7-9182220cae53";

const NONCE = "A".repeat(22);

/** The required fields of each command, and the result of parsing them. */
const REQUIRED: Readonly<Record<ClientCommand["type"], [given: object, parsed: object]>> = {
  join: [{}, { room: "lobby" }],
  leave: [{}, {}],
  message: [{ text: "hi" }, { text: "hi" }],
  edit: [{ text: "hi" }, { text: "hi" }],
  delete: [{}, {}],
  react: [{ emoji: "\u{1f44d}" }, { emoji: "\u{1f44d}" }],
  offer: [{ name: "a b.txt", size: 0 }, { name: "a b.txt", size: 0 }],
  fetch: [{}, {}],
  call: [{}, {}],
  answer: [{ call: "c-1" }, { call: "c-1" }],
  hangup: [{ call: "c-1" }, { call: "c-1" }],
  prove: [{ nonce: NONCE }, { nonce: NONCE }],
  hosts: [{}, {}],
  host: [{ to: "bob" }, { to: "bob" }],
  direct: [{ to: "bob", id: ID, step: "accept" }, { to: "bob", id: ID, step: "accept" }],
  rename: [{ name: "ada" }, { name: "ada" }],
  away: [{}, {}],
  typing: [{ to: "bob" }, { to: "bob" }],
  topic: [{ room: "lobby", text: "" }, { room: "lobby", text: "" }],
  members: [{ room: "lobby" }, { room: "lobby" }],
  rooms: [{}, {}],
  whois: [{ name: "ada" }, { name: "ada" }],
  history: [{}, { limit: 50 }],
  search: [{ query: "x" }, { query: "x", limit: 50 }],
  conversations: [{}, { limit: 50 }],
  read: [{ id: "m-1" }, { id: "m-1" }],
  block: [{ to: "bob" }, { to: "bob" }],
  ping: [{}, {}],
  pong: [{}, {}],
  auth: [{ password: "p" }, { password: "p" }],
  register: [{ password: "8 letters" }, { password: "8 letters" }],
  sessions: [{}, {}],
  device: [{}, {}],
  link: [{ step: "begin" }, { step: "begin" }],
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

const KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const STATEMENT = {
  ...{ action: "add", member: "m-1", number: 1, key: KEY, kind: "page", name: "Firefox on Android" },
  ...{ time: "2026-11-29T10:00:00.000Z", by: KEY },
};

const FILE = { id: ID, name: "a b.txt", size: 1, media: "image/png", sha256: "A".repeat(43) };

/** All fields that each command may have. */
const FULL: Readonly<Record<ClientCommand["type"], object>> = {
  join: { room: "dev", name: "Ada", token: "t", password: "p", after: ID },
  leave: { room: "dev" },
  message: { id: ID, room: "dev", to: "Bob", text: "a\nb", file: FILE, ...signature(1) },
  offer: { room: "dev", to: "Bob", name: "a b.txt", size: 1 },
  fetch: { id: ID, room: "dev", to: "Bob", of: 7 },
  call: { room: "lobby", to: "bob", audio: true },
  answer: { call: "c-1", decline: true },
  hangup: { call: "c-1" },
  direct: {
    ...{
      to: "Bob",
      id: ID,
      step: "ready",
      name: "a b.txt",
      size: 1,
      hosts: ["192.0.2.7", "2001:db8::7"],
      port: 65_535,
    },
    ...{ certificate: "MIIB-_", token: "t-_", sha256: FILE.sha256, text: "why" },
  },
  edit: { id: ID, room: "dev", to: "Bob", of: ID, text: "a\nb", ...signature(1) },
  delete: { id: ID, room: "dev", to: "Bob", of: ID, ...signature(1) },
  react: { id: ID, room: "dev", to: ID, of: ID, emoji: "\u{1f44d}", remove: true, ...signature(1) },
  rename: { name: "Ada" },
  away: { text: "lunch, back at one" },
  typing: { room: "dev" },
  topic: { room: "dev", text: "engines" },
  members: { room: "dev" },
  rooms: {},
  whois: { name: "Ada" },
  history: { room: "dev", to: ID, before: 9, after: ID, limit: 200, changes: true },
  search: { room: "dev", to: "Bob", query: "two words", limit: 1 },
  conversations: { before: ID, limit: 200 },
  read: { room: "dev", to: ID, id: ID },
  block: { to: "Bob", off: true },
  prove: { nonce: NONCE },
  hosts: {},
  host: { to: KEY },
  ping: {},
  pong: {},
  auth: { name: "Ada", password: "p" },
  register: { password: "p".repeat(1_024) },
  sessions: {},
  device: { statement: STATEMENT, signature: "A".repeat(86) },
  link: {
    step: "claim",
    code: "c",
    key: KEY,
    signature: "A".repeat(86),
    host: "localhost",
    tls: "A".repeat(43),
    kind: "page",
    name: "Firefox on Android",
    proof: "p",
    accept: true,
    statement: STATEMENT,
  },
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

const TYPES = Object.keys(REQUIRED) as ClientCommand["type"][];

Deno.test("every command parses with its required fields only and gets its defaults", () => {
  for (const type of TYPES) {
    const [given, parsed] = REQUIRED[type];
    assertEquals(plain(parseCommand({ type, ...given })), { type, ...parsed });
  }
});

Deno.test("every command keeps all of its fields and its ref", () => {
  for (const type of TYPES) {
    const command = { type, ref: "r-1", ...FULL[type] };
    assertEquals(plain(parseCommand(command)), command);
  }
});

Deno.test("unknown fields are dropped from every command", () => {
  for (const type of TYPES) {
    const [given, parsed] = REQUIRED[type];
    const command = JSON.parse(`{"__proto__": {"room": 1}, "constructor": 2, "from": "me"}`);
    assertEquals(plain(parseCommand({ ...command, type, ...given })), { type, ...parsed });
  }
});

function plain(command: ClientCommand): object {
  return JSON.parse(JSON.stringify(command));
}

Deno.test("a command without a required field is invalid, and the error names the field", () => {
  for (const type of TYPES) {
    const [given] = REQUIRED[type];
    for (const field of Object.keys(given)) {
      const error = protocolErrorOf(() => parseCommand({ type, ref: "r-1", ...given, [field]: undefined }));
      assertEquals(error.code, "invalid", `${type} without ${field}`);
      assertStringIncludes(error.message, `Field ${field} is missing`);
      assertEquals(error.details, { ref: "r-1" });
    }
  }
});

Deno.test("a command with a field of the wrong type is invalid, and the error names the field", () => {
  const wrong = (field: string, value: unknown) => [
    // The field `of` takes both.
    ...[null, {}, [], [[]], ...field === "of" ? [] : [typeof value === "string" ? 5 : "5"]],
    ...typeof value === "boolean" ? [] : [true],
  ];
  for (const type of TYPES) {
    for (const [field, value] of Object.entries({ ...FULL[type], ref: "r-1" })) {
      for (const other of wrong(field, value)) {
        const error = protocolErrorOf(() =>
          parseCommand({ type, ...REQUIRED[type][0], ...FULL[type], [field]: other })
        );
        assertEquals(error.code, "invalid", `${type} with ${field}: ${JSON.stringify(other)}`);
        assertMatch(error.message, new RegExp(`Field ${field}[ .]`));
      }
    }
  }
});

Deno.test("away has a text on one line, or off, or idle with or without off", () => {
  const shapes = [{ off: true }, { idle: true }, { idle: true, off: true }, { text: "\u20d0a".repeat(50) }];
  for (const shape of shapes) assertEquals(plain(parseCommand({ type: "away", ...shape })), { type: "away", ...shape });
  const wrong = ["", " ", "\u200b", "a\nb", "a".repeat(201), "é".repeat(101), "\ud83d"].map((text) => ({ text }));
  for (const shape of [...wrong, { text: "tea", off: true }, { text: "tea", idle: true }]) {
    const error = protocolErrorOf(() => parseCommand({ type: "away", ...shape }));
    assertEquals([error.code, error.message.slice(0, 11)], ["invalid", "Field text "], JSON.stringify(shape));
  }
});

Deno.test("typing names a room or a member, and not both", () => {
  for (const place of [{ room: "dev" }, { to: "Bob" }]) {
    assertEquals(plain(parseCommand({ type: "typing", ...place })), { type: "typing", ...place });
  }
  const errors = [{}, { room: "dev", to: "Bob" }].map((place) =>
    protocolErrorOf(() => parseCommand({ type: "typing", ...place }))
  );
  assertEquals(errors.map(({ code, message }) => [code, message]), [
    ["invalid", "Field to is missing, and so is room: name one of them"],
    ["invalid", "Field to and room exclude each other: name one of them"],
  ]);
});

Deno.test("a text is empty only with a file", () => {
  const message = { type: "message", text: "", file: FILE };
  assertEquals(plain(parseCommand(message)), message);
  for (const text of [undefined, "\u200b", "x".repeat(8_193)]) {
    assertEquals(protocolErrorOf(() => parseCommand({ ...message, text })).code, "invalid");
  }
  for (const other of [{ type: "message", text: "" }, { ...message, file: undefined }, { ...message, type: "edit" }]) {
    assertEquals(protocolErrorOf(() => parseCommand(other)).code, "invalid");
  }
});

Deno.test("a file has an id of the server, a hash, a size and a name that is no path", () => {
  const names = ["a", "r\u00e9sum\u00e9 (1).pdf", ".profile", "a..b", "x".repeat(255), "\u00e9".repeat(127)];
  for (const name of names) {
    assertEquals(plain(parseCommand({ type: "offer", name, size: 1 })), { type: "offer", name, size: 1 });
    assert(parseCommand({ type: "message", text: "", file: { ...FILE, name } }));
  }
  const wrong = {
    name: [
      "",
      ".",
      "..",
      "a/b",
      "a\\b",
      "a\0",
      "a\n",
      "x".repeat(256),
      "\u00e9".repeat(128),
      "\u200b",
      "\ud83d",
      1,
      null,
    ],
    size: [-1, 0.5, NaN, Infinity, 2 ** 53, "1", null],
    id: [ID.toUpperCase(), crypto.randomUUID(), "", 1, null],
    media: ["x".repeat(65), 1, null, undefined],
    sha256: ["A".repeat(42), "A".repeat(44), "A".repeat(42) + "=", "+".repeat(43), "", 1, null],
  };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const refusals = [{ type: "message", text: "a", file: { ...FILE, [field]: value } }];
      const offers = field === "name" || field === "size"
        ? [{ type: "offer", name: "a", size: 1, [field]: value }]
        : [];
      for (const command of [...refusals, ...offers]) {
        const { code } = protocolErrorOf(() => parseCommand(command));
        assert(code === "invalid" || code === "name_invalid", `${field}: ${value}`);
      }
    }
  }
});

Deno.test("a thumbnail is a file of its own with a small width and height", () => {
  const thumbnail = { id: ID, size: 1, media: "image/jpeg", sha256: FILE.sha256, width: 320, height: 1 };
  const message = (fields: object) => ({
    type: "message",
    text: "",
    file: { ...FILE, thumbnail: { ...thumbnail, ...fields } },
  });
  assertEquals(plain(parseCommand(message({}))), message({}));
  const sides = [0, 321, 1.5, "1", null, undefined];
  const wrong = { width: sides, height: sides, size: [-1, "1"], id: ["x"], media: ["x".repeat(65)], sha256: ["A"] };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      assertEquals(
        protocolErrorOf(() => parseCommand(message({ [field]: value }))).code,
        "invalid",
        `${field}: ${value}`,
      );
    }
  }
});

Deno.test("a straight offer names its file, and a sender who is ready says where and as whom it listens", () => {
  const step = (fields: object) => ({ type: "direct", to: "bob", id: ID, ...fields });
  const ready = {
    ...{ step: "ready", hosts: ["192.0.2.7"], port: 1, certificate: "MIIB", token: "t", sha256: FILE.sha256 },
  };
  assert(parseCommand(step(ready)));
  const wrong: object[] = [{ step: "offer", name: "a" }, { step: "offer", size: 1 }, { step: "other" }, {
    step: undefined,
  }];
  for (const field of Object.keys(ready)) wrong.push({ ...ready, [field]: undefined });
  for (const hosts of [[], ["example.org"], ["192.0.2.0/24"], Array(9).fill("192.0.2.7"), "192.0.2.7"]) {
    wrong.push({ ...ready, hosts });
  }
  for (const port of [0, 65_536, 1.5, "1"]) wrong.push({ ...ready, port });
  for (const token of ["", "a b", "a/b", "x".repeat(300)]) wrong.push({ ...ready, token });
  for (const certificate of ["", "a+b", "x".repeat(2_049)]) wrong.push({ ...ready, certificate });
  for (const text of ["a\nb", "x".repeat(301)]) wrong.push({ step: "failed", text });
  for (const fields of wrong) {
    assertEquals(protocolErrorOf(() => parseCommand(step(fields))).code, "invalid", JSON.stringify(fields));
  }
});

Deno.test("a nonce has 16 to 64 bytes in base64url, and a host is a member or a key", () => {
  for (const nonce of [NONCE, "A".repeat(86)]) assert(parseCommand({ type: "prove", nonce }));
  for (const nonce of ["", "A".repeat(20), "A".repeat(21), "A".repeat(87), `${"A".repeat(21)}+`, 16]) {
    assertEquals(protocolErrorOf(() => parseCommand({ type: "prove", nonce })).code, "invalid", String(nonce));
  }
  for (const to of ["bob", ID, KEY]) assert(parseCommand({ type: "host", to }));
  for (const to of ["", "two words", "A".repeat(43), `${KEY}A`, null]) {
    const { code } = protocolErrorOf(() => parseCommand({ type: "host", to }));
    assert(code === "invalid" || code === "name_invalid", String(to));
  }
});

Deno.test("the field of is an id or a seq", () => {
  for (const  of of[1, ID, "any id of an import"]) {
    assertEquals(plain(parseCommand({ type: "delete", room: "dev", of })), { type: "delete", room: "dev", of });
  }
  for (const  of of[0, -1, 0.5, null, {}, [], true, "", "i".repeat(65), "a\0", "\ud83d"]) {
    const { code } = protocolErrorOf(() => parseCommand({ type: "delete", room: "dev", of }));
    assertEquals(code, "invalid");
  }
});

Deno.test("the field reply is an id, a seq or a name", () => {
  for (const reply of [1, 7, "Bob", "5", ID, crypto.randomUUID()]) {
    assertEquals(plain(parseCommand({ type: "message", text: "hi", reply })), { type: "message", text: "hi", reply });
  }
  for (const reply of [0, -1, 0.5, null, {}, [], true, "a b", ""]) {
    const { code } = protocolErrorOf(() => parseCommand({ type: "message", text: "hi", reply }));
    assert(code === "invalid" || code === "name_invalid", code);
  }
});

Deno.test("the id that a client makes is a UUIDv7 in lower case", () => {
  for (const id of [ID.toUpperCase(), `${ID.slice(0, 14)}4${ID.slice(15)}`, "", `${ID} `, 7, crypto.randomUUID()]) {
    const error = protocolErrorOf(() => parseCommand({ type: "message", id, text: "tea" }));
    assertEquals([error.code, error.message.slice(0, 9)], ["invalid", "Field id "]);
  }
});

Deno.test("a signature is of the right form, with its key, time and id, or refused", () => {
  const signed = { ...signature(1), id: ID };
  const message = { type: "message", text: "tea" };
  for (const command of [message, ...["edit", "delete", "react"].map((type) => ({ type, ...FULL[type as "edit"] }))]) {
    assertEquals(signatureOf(parseCommand({ ...command, ...signed }) as MessageCommand), signature(1));
    for (const field of ["signature", "key", "time", "id"]) {
      const error = protocolErrorOf(() => parseCommand({ ...command, ...signed, [field]: undefined }));
      assertEquals([error.code, error.message.slice(0, 30)], ["invalid", "Field signature is incomplete:"], field);
    }
  }
  const wrong = {
    signature: ["", "s".repeat(85), "s".repeat(86), "s".repeat(87), `${"s".repeat(84)}+A`, `${"s".repeat(85)}A\n`],
    key: ["", "k".repeat(42), "k".repeat(43).slice(0, 42) + "B", `${"k".repeat(42)}A=`, "é".repeat(43)],
    time: ["", "now", "2026-11-29", "2026-11-29T10:00:00Z", "2026-13-29T10:00:00.000Z", "2026-11-29T10:00:00.000+1"],
  };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const error = protocolErrorOf(() => parseCommand({ ...message, ...signed, [field]: value }));
      assertEquals([error.code, error.message.split(" ")[1]], ["invalid", field], value);
    }
  }
});

Deno.test("a reaction is exactly one emoji, which is normalized to its emoji presentation", () => {
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
    assertEquals(protocolErrorOf(() => parseCommand({ type: "react", room: "dev", emoji })).code, "invalid", emoji);
  }
});

Deno.test("negative, fractional and unsafe numbers are invalid seqs", () => {
  const fields = [["history", "before"]] as const;
  for (const [type, field] of fields) {
    for (const value of [-1, 0.5, NaN, Infinity, -Infinity, 2 ** 53, 1e300]) {
      const error = protocolErrorOf(() => parseCommand({ type, room: "dev", [field]: value }));
      assertEquals([error.code, error.message.split(" ")[1]], ["invalid", field], `${value}`);
    }
    assert(parseCommand({ type, room: "dev", [field]: Number.MAX_SAFE_INTEGER }));
  }
});

Deno.test("the limit of a page is 1 to 200", () => {
  for (const type of ["history", "search"] as const) {
    const ask = (limit: number) => parseCommand({ type, room: "dev", query: "x", limit });
    for (const limit of [1, 200]) assertEquals((ask(limit) as { limit: number }).limit, limit);
    for (const limit of [0, 201, -1, 1.5, NaN, Infinity]) {
      assertEquals(protocolErrorOf(() => ask(limit)).code, "invalid");
    }
  }
});

interface Bound {
  readonly what: string;
  readonly most: object;
  readonly more: object;
}

const offer = (name: string) => ({ type: "offer", name, size: 1 });

const SIZES: readonly Bound[] = [
  { what: "a ref", most: { type: "ping", ref: "r".repeat(64) }, more: { type: "ping", ref: "r".repeat(65) } },
  { what: "the name of a file", most: offer("x".repeat(255)), more: offer("x".repeat(256)) },
  { what: "a token", most: { type: "join", token: "t".repeat(128) }, more: { type: "join", token: "t".repeat(129) } },
  {
    what: "a host",
    most: { type: "join", host: "h".repeat(255) },
    more: { type: "join", host: "h".repeat(256) },
  },
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

Deno.test("a password for register has at least 8 bytes", () => {
  assert(parseCommand({ type: "register", password: "8letters" }));
  assertEquals(protocolErrorOf(() => parseCommand({ type: "register", password: "7 bytes" })).code, "invalid");
});

Deno.test("durations and uses must be positive integers", () => {
  for (const seconds of [0, -1, 1.5, NaN, Infinity]) {
    for (const type of ["ban", "mute"]) {
      assertEquals(protocolErrorOf(() => parseCommand({ type, name: "bob", seconds })).code, "invalid");
    }
    assertEquals(protocolErrorOf(() => parseCommand({ type: "invite", expires: seconds })).code, "invalid");
    assertEquals(protocolErrorOf(() => parseCommand({ type: "invite", uses: seconds })).code, "invalid");
  }
});

Deno.test("the address of a ban is an IP address or a network", () => {
  for (const address of ["192.0.2.7", "192.0.2.0/24", "2001:db8::/32", "::1"]) {
    assert(parseCommand({ type: "ban", address }));
  }
  for (const address of ["", "bob", "192.0.2", "192.0.2.0/33", "::1::", "1".repeat(100)]) {
    const error = protocolErrorOf(() => parseCommand({ type: "ban", address }));
    assertEquals([error.code, error.message.split(" ")[1]], ["invalid", "address"], address);
  }
});

Deno.test("each limited field may reach its limit, and one more is invalid", () => {
  for (const { what, most, more } of SIZES) {
    assertEquals(plain(parseCommand(most)), { ...plain(parseCommand(most)), ...most }, what);
    assertEquals(protocolErrorOf(() => parseCommand(more)).code, "invalid", what);
  }
});

Deno.test("an empty message or query is invalid", () => {
  for (const command of [{ type: "message", text: "" }, { type: "search", room: "dev", query: "" }]) {
    assertEquals(protocolErrorOf(() => parseCommand(command)).code, "invalid");
  }
});

Deno.test("half a surrogate pair is invalid in every text field, name and room", () => {
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
      const error = protocolErrorOf(() => parseCommand(command));
      assertEquals(error.code, code, JSON.stringify(command));
      assert(error.message.isWellFormed());
    }
  }
});

Deno.test("a topic and a query are one line without control characters, while a message may hold any", () => {
  for (const text of ["a\nb", "a\rb", "a\tb", "\x1b[2J", "\x7f", "\x85"]) {
    assertEquals(protocolErrorOf(() => parseCommand({ type: "topic", room: "dev", text })).code, "invalid");
    assertEquals(protocolErrorOf(() => parseCommand({ type: "search", room: "dev", query: text })).code, "invalid");
    assert(parseCommand({ type: "message", text: `${text}b` }));
  }
});

Deno.test("an invalid name is name_invalid, with the command's ref", () => {
  for (const command of [{ type: "join", name: "" }, { type: "rename", name: "a b" }, { type: "message", to: "#x" }]) {
    const error = protocolErrorOf(() => parseCommand({ text: "hi", ...command, ref: "r-9" }));
    assertEquals([error.code, error.details], ["name_invalid", { ref: "r-9" }]);
  }
});

Deno.test("an unknown type is unknown_type, and the error says where all types are listed", () => {
  for (const type of ["", "JOIN", "welcome", "joined", "__proto__", "constructor", "toString", "x".repeat(60_000)]) {
    const error = protocolErrorOf(() => parseCommand({ type, ref: "r-2" }));
    assertEquals([error.code, error.details], ["unknown_type", { ref: "r-2" }]);
    assertStringIncludes(error.message, "confab help protocol");
    assert(error.message.length < 200);
  }
});

Deno.test("a missing type, or one that is no string, is invalid", () => {
  for (const value of [{}, { type: null }, { type: 5 }, { type: ["join"] }, { type: { type: "join" } }]) {
    const error = protocolErrorOf(() => parseCommand({ ...value, ref: "r-3" }));
    assertEquals([error.code, error.details], ["invalid", { ref: "r-3" }]);
    assertStringIncludes(error.message, "Field type ");
  }
});

Deno.test("a value that is no object is bad_json", () => {
  for (const value of [null, undefined, true, 0, "join", [], [{ type: "ping" }]]) {
    assertEquals(protocolErrorOf(() => parseCommand(value)).code, "bad_json");
  }
});

Deno.test("an invalid ref is not echoed", () => {
  for (const ref of ["r".repeat(65), 5, null, {}]) {
    assertEquals(protocolErrorOf(() => parseCommand({ type: "message", text: "", ref })).details, {});
    assertEquals(protocolErrorOf(() => parseCommand({ type: "nothing", ref })).details, {});
  }
});

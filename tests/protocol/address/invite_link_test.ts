import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import fc from "fast-check";
import {
  canonicalSecret,
  formatInvite,
  formatPageAddress,
  formatSpoken,
  type InviteLink,
  isInvite,
  parseInvite,
  parseSpoken,
} from "../../../src/protocol/address/invite_link.ts";
import { publicKeyBytes } from "../../../src/protocol/identity/public_key.ts";
import { endpointKey } from "../../../src/protocol/address/server_list.ts";
import {
  MAX_INVITE_CHARS,
  MAX_NAME_BYTES,
  MAX_PASSWORD_BYTES,
  MAX_SERVERS_INVITED,
} from "../../../src/protocol/limits.ts";
import { parseRoom } from "../../../src/protocol/text/names.ts";
import { HOSTILE_TEXTS, isDangerous } from "../../helpers/hostile_texts.ts";
import { protocolErrorOf } from "../../helpers/throws.ts";
import { utf8Length } from "../../../src/protocol/text/utf8_length.ts";

const FINGERPRINT = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const SECRET = "U2VjcmV0IG9mIDE2IGI";
const KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const INVITE: InviteLink = {
  host: "192.168.1.26",
  port: 5050,
  room: "lobby",
  fingerprint: FINGERPRINT,
  secret: SECRET,
};
const TEXT = `confab://192.168.1.26:5050/lobby#${FINGERPRINT}.${SECRET}`;

const ROOMS = ["lobby", "ops", "o'brien", "зоя", "李小龙", "a.b-c_d"].map(parseRoom);
const BYTES = fc.uint8Array({ minLength: 32, maxLength: 32 });
const WORD = fc.stringMatching(/^[a-z]{3,8}$/);
const WORDS = fc.tuple(WORD, WORD, WORD).map((words) => words.join("-"));
const HOST = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
const PORT = fc.integer({ min: 1, max: 65_535 });
const CHAT_KEY = BYTES.map((bytes) => bytes.toBase64({ alphabet: "base64url", omitPadding: true }))
  .filter((key) => publicKeyBytes(key) !== undefined);
const ANY_INVITE: fc.Arbitrary<InviteLink> = fc.record({
  host: HOST,
  port: PORT,
  others: fc.uniqueArray(fc.record({ host: HOST, port: PORT }), {
    ...{ minLength: 1, maxLength: MAX_SERVERS_INVITED - 1, selector: endpointKey },
  }),
  room: fc.constantFrom(...ROOMS),
  fingerprint: BYTES.map((bytes) => bytes.toBase64({ alphabet: "base64url", omitPadding: true })),
  secret: fc.oneof(WORDS, fc.string({ unit: "binary", minLength: 1, maxLength: 200 })),
}, { requiredKeys: ["host", "port", "room", "secret"] }).chain((invite) => {
  const { fingerprint: _, ...rest } = invite;
  return fc.oneof(fc.constant(invite), CHAT_KEY.map((chatKey) => ({ ...rest, chatKey })));
});

Deno.test("an invite link holds an address, a room, a fingerprint and a secret", () => {
  assertEquals(parseInvite(TEXT), INVITE);
  assertEquals(formatInvite(INVITE), TEXT);
});

Deno.test("a formatted invite link parses to the same invite", () => {
  fc.assert(fc.property(ANY_INVITE, (invite) => assertEquals(parseInvite(formatInvite(invite)), invite)));
});

Deno.test("all spellings of an invite link are formatted in one form", () => {
  const again = (text: string) => formatInvite(parseInvite(text));
  assertEquals(again(` CONFAB://192.168.1.26/#${FINGERPRINT}.${SECRET}\n`), TEXT);
  assertEquals(again(`confab://192.168.1.26#${FINGERPRINT}.${SECRET}`), TEXT);
  assertEquals(again(`confab://host:1/LOBBY#.a b!`), "confab://host:1/lobby#.a%20b%21");
  assertEquals(parseInvite("confab://[::1]:5051/ops#.a.b-c"), {
    host: "::1",
    port: 5051,
    room: "ops",
    secret: "a.b-c",
  });
});

Deno.test("an invite link may name further servers of the chat, and bad ones among them are left out", () => {
  const others = [{ host: "192.168.1.27", port: 5050 }, { host: "::1", port: 5051 }];
  const text = `confab://192.168.1.26:5050/lobby?or=192.168.1.27:5050,[::1]:5051#${FINGERPRINT}.${SECRET}`;
  assertEquals(formatInvite({ ...INVITE, others }), text);
  assertEquals(parseInvite(text), { ...INVITE, others });
  assertEquals(parseInvite(`confab://h/ops?or=a:1,%,b:0,,c:3#.s`), {
    ...{ host: "h", port: 5050, room: "ops", secret: "s" },
    others: [{ host: "a", port: 1 }, { host: "c", port: 3 }],
  });
  const many = Array.from({ length: 70 }, (_, index) => ({ host: `h${index}`, port: 1 }));
  const long = formatInvite({ ...INVITE, others: many });
  assertEquals(parseInvite(long).others?.length, MAX_SERVERS_INVITED - 1);
  assertEquals(parseInvite("confab://h/?or=#.s").others, undefined);
  // A program that opens links by their scheme can parse it.
  assertEquals(new URL(text).hostname, "192.168.1.26");
});

Deno.test("a page address parses as an invite, also in its old form without /r/", () => {
  for (const [path, room] of [["", "lobby"], ["/", "lobby"], ["/r/ops", "ops"], ["/ops", "ops"]]) {
    assertEquals(parseInvite(`https://host:1${path}#.abc`), { host: "host", port: 1, room: room!, secret: "abc" });
  }
  const page = formatPageAddress({ host: "host", port: 1, room: "o'brien", secret: "abc" }, true);
  assertEquals([page, parseInvite(page).room], ["https://host:1/r/o%27brien#.abc", "o'brien"]);
  for (const text of ["confab://host/r/ops#.abc", "https://host/x/ops#.abc"]) {
    assertMatch(protocolErrorOf(() => parseInvite(text)).message, /room/);
  }
});

Deno.test("a formatted invite link needs no escaping within double quotes in any shell", () => {
  fc.assert(fc.property(ANY_INVITE, (invite) => assertMatch(formatInvite(invite), /^[\w:/.#~%?=,[\]-]+$/)));
});

Deno.test("an invite to a shared chat holds the chat's key in place of a fingerprint", () => {
  const { fingerprint: _, ...invite } = INVITE;
  const text = `confab://192.168.1.26:5050/lobby?or=192.168.1.27:5050#chat=${KEY}.${SECRET}`;
  const parsed = { ...invite, others: [{ host: "192.168.1.27", port: 5050 }], chatKey: KEY };
  assertEquals(parseInvite(text), parsed);
  assertEquals(formatInvite(parsed), text);
});

Deno.test("an invite without TLS has no fingerprint", () => {
  const { fingerprint: _, ...plain } = INVITE;
  assertEquals(formatInvite(plain), `confab://192.168.1.26:5050/lobby#.${SECRET}`);
  assertEquals(parseInvite(formatInvite(plain)), plain);
});

const DAMAGED: readonly (readonly [text: string, error: RegExp])[] = [
  ["", /begin with confab/],
  [TEXT.replace("confab", "conafb"), /begin with confab/],
  [TEXT.replace("//", "/"), /begin with confab/],
  [TEXT.replace("192.168.1.26:5050", ""), /host is missing/],
  [TEXT.replace("192.168.1.26", ""), /host is missing/],
  [TEXT.replace("192.168.1.26", `${SECRET}@host`), /host is neither a name/],
  [TEXT.replace("5050", "0"), /port is not/],
  [TEXT.replace("5050", "65536"), /port is not/],
  [TEXT.replace("lobby", "%2e%2e"), /room/],
  [TEXT.replace("lobby", "a/b"), /room/],
  [TEXT.replace("lobby", "lobby?x"), /room/],
  [TEXT.replace("lobby", "%E0%A4"), /room/],
  [TEXT.replace("#", "%23"), /after # is missing/],
  [TEXT.replace(/#.*/, ""), /after # is missing/],
  [TEXT.replace(/\..*$/, ""), /after # is missing/],
  [TEXT.replace(FINGERPRINT, FINGERPRINT.slice(1)), /fingerprint/],
  [TEXT.replace(FINGERPRINT, `${FINGERPRINT}A`), /fingerprint/],
  [TEXT.replace(FINGERPRINT, `${FINGERPRINT.slice(0, -1)}B`), /fingerprint/],
  ...["", KEY.slice(1), `${KEY}A`, `${KEY.slice(0, -1)}p`, "A".repeat(43)].map((key) =>
    [TEXT.replace(FINGERPRINT, `chat=${key}`), /key of the chat/] as const
  ),
  [TEXT.replace(SECRET, ""), /secret is missing/],
  [TEXT.replace(SECRET, `${SECRET}%`), /secret is cut off/],
  [TEXT.replace(SECRET, "\ud800"), /secret is missing/],
  [TEXT.replace(SECRET, "x".repeat(MAX_PASSWORD_BYTES + 1)), /longer than/],
  [TEXT.replace(SECRET, "x".repeat(MAX_INVITE_CHARS)), /longer than/],
];

Deno.test("the error for a damaged invite link names the part and repeats nothing of it", () => {
  for (const [text, error] of DAMAGED) {
    const { code, message } = protocolErrorOf(() => parseInvite(text));
    assertEquals(code, "invalid");
    assertMatch(message, error);
    for (const part of [SECRET, FINGERPRINT.slice(2, -2), "192.168"]) assertFalse(message.includes(part), message);
  }
});

Deno.test("the longest host, room and password fit into an invite link", () => {
  const room = "\u20d0".repeat(MAX_NAME_BYTES / 3);
  const secret = "\u20ac".repeat(MAX_PASSWORD_BYTES / 3);
  assertEquals(utf8Length(secret), MAX_PASSWORD_BYTES - 1);
  const escaped = [room, secret].map((text) => encodeURIComponent(text).length);
  const rest = `confab://${"h".repeat(253)}:65535/#${FINGERPRINT}.`.length;
  assert(rest + escaped[0]! + escaped[1]! < MAX_INVITE_CHARS);
});

Deno.test("any text parses as an invite or fails with a printable error that repeats no hostile text", () => {
  const parts = fc.constantFrom(
    "confab://",
    "host:5050",
    "[::1]",
    "/",
    "lobby",
    "#",
    FINGERPRINT,
    ".",
    SECRET,
    "%",
    " ",
  );
  const fragments = fc.array(
    fc.oneof(parts, fc.string({ unit: "binary" }), fc.constantFrom(...HOSTILE_TEXTS.map(({ text }) => text))),
  );
  const text = fc.oneof(fragments.map((all) => all.join("")), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(text, (text) => {
      for (const parse of [parseInvite, parseSpoken, (text: string) => parseInvite(TEXT + text)]) {
        const result = resultOrError(parse, text);
        if ("message" in result) assertPrintable(result.message);
        else assertFalse(isDangerous(result.host));
      }
    }),
    { numRuns: 2_000 },
  );
});

function resultOrError<T>(parse: (text: string) => T, text: string): T | { readonly message: string } {
  try {
    return parse(text);
  } catch {
    return protocolErrorOf(() => parse(text));
  }
}

function assertPrintable(message: string): void {
  assertMatch(message, /^The invite is not valid: [\x20-\x7e]{10,150}$/);
  assertFalse(message.includes(SECRET));
}

Deno.test("a spoken invite is an address and three words, in any case, with blanks or dashes", () => {
  const spoken = { host: "192.168.1.26", port: 5050, secret: "ocean-lamp-crane" };
  const forms = ["ocean lamp crane", "Ocean-Lamp-Crane", "  OCEAN \t lamp - crane ", "ocean \u2013 lamp\u2014crane"];
  for (const form of forms) {
    assertEquals(parseSpoken(`192.168.1.26:5050 ${form}`), spoken);
    assertEquals(parseSpoken(` 192.168.1.26 ${form}`), spoken);
  }
  assertEquals(formatSpoken(spoken), "192.168.1.26:5050 ocean lamp crane");
  assertEquals(parseSpoken("my-host:1 ocean lamp crane").host, "my-host");
});

Deno.test("a formatted spoken invite parses to the same invite", () => {
  const spoken = fc.record({ host: HOST, port: PORT, secret: WORDS });
  fc.assert(fc.property(spoken, (spoken) => assertEquals(parseSpoken(formatSpoken(spoken)), spoken)));
});

Deno.test("the error for a damaged spoken invite names the part and repeats none of its words", () => {
  const damaged: [string, RegExp][] = [
    ["", /has 0 words after the address instead of 3/],
    ["host", /has 0 words after the address instead of 3/],
    ["host ocean lamp", /has 2 words after the address instead of 3/],
    ["host ocean lamp crane ocean", /has 4 words after the address instead of 3/],
    ["ocean lamp crane", /has 2 words after the address instead of 3/],
    ["host:0 ocean lamp crane", /port/],
    ["ho@st ocean lamp crane", /host/],
    ["host ocean l4mp crane", /word 2 is not a word of a passphrase/],
    ["host ocean lamp crane\u202e", /word 3 is not a word of a passphrase/],
    [`host ocean lamp ${"x".repeat(MAX_INVITE_CHARS)}`, /longer than/],
  ];
  for (const [text, error] of damaged) {
    const { code, message } = protocolErrorOf(() => parseSpoken(text));
    assertEquals(code, "invalid");
    assertMatch(message, error);
    for (const word of ["ocean", "lamp", "l4mp", "crane"]) assertFalse(message.includes(word), message);
  }
});

Deno.test("all spellings of three words are one secret, and any other secret stays unchanged", () => {
  for (const spelling of ["ocean lamp crane", " Ocean-LAMP crane\n"]) {
    assertEquals(canonicalSecret(spelling), "ocean-lamp-crane");
  }
  for (const other of [SECRET, "Ocean Lamp", "a b c", "Ocean lamp crane 7", "", " x "]) {
    assertEquals(canonicalSecret(other), other);
  }
});

Deno.test("isInvite recognises links, also damaged ones, and no addresses", () => {
  for (const text of [TEXT, " CONFAB:x", "confab://host", `conafb://host/#${FINGERPRINT}.x`]) assert(isInvite(text));
  for (const text of ["host", "host:5050", "[::1]:5050", "confab", "host ocean lamp crane"]) {
    assertFalse(isInvite(text));
  }
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { WELL_FORMED } from "../../helpers/any_text.ts";
import { ERROR_CODES, ProtocolError } from "../../../src/protocol/errors.ts";
import { parseCommand, parseEvent } from "../../../src/protocol/messages/validate.ts";
import { HOSTILE_TEXTS, isDangerous } from "../../helpers/hostile_texts.ts";
import { SAMPLE_EVENTS } from "../../helpers/sample_events.ts";
import { protocolErrorOf } from "../../helpers/throws.ts";

const COMMANDS = ["join", "leave", "message", "rename", "topic", "members", "rooms", "history", "search", "ping"];
COMMANDS.push("auth", "register", "revoke", "invite", "kick", "ban", "mute", "allow", "lock", "slow", "lockdown");
COMMANDS.push("moderator", "restrictions", "audit", "sessions", "invites", "edit", "delete", "react");
const FIELDS = ["ref", "room", "name", "token", "password", "after", "to", "text", "before", "limit", "query", "other"];
FIELDS.push(
  "session",
  "invite",
  "expires",
  "uses",
  "reason",
  "address",
  "seconds",
  "also",
  "restriction",
  "off",
  "on",
  "seq",
  "reply",
  "emoji",
  "remove",
  "changes",
);

/** Any JSON value. */
const ANY_VALUE = fc.oneof(fc.jsonValue(), WELL_FORMED, fc.integer(), fc.double());

/** An object with a command's type and fields, and random values. */
const LIKE_COMMAND = fc.tuple(
  fc.oneof({ arbitrary: fc.constantFrom(...COMMANDS), weight: 9 }, { arbitrary: fc.string(), weight: 1 }),
  fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(ANY_VALUE, fc.constantFrom("lobby", "ada", "hi", 1, 50))),
).map(([type, fields]) => ({ ...fields, type }));

Deno.test("any JSON value parses as a command or throws a short ProtocolError with a known code", () => {
  fc.assert(
    fc.property(fc.oneof(ANY_VALUE, LIKE_COMMAND), (value) => {
      const json = JSON.stringify(value);
      const error = errorOf(() => parseCommand(JSON.parse(json)));
      if (error === undefined) return;
      assert(error instanceof ProtocolError, String(error));
      assert(ERROR_CODES.includes(error.code));
      assert(error.message.length < 500);
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("any change of an event's field parses or throws a ProtocolError", () => {
  const events = fc.tuple(fc.constantFrom(...SAMPLE_EVENTS), fc.string(), ANY_VALUE);
  fc.assert(fc.property(events, ([event, field, value]) => {
    for (const key of [...Object.keys(event), field]) {
      const error = errorOf(() => parseEvent({ ...event, [key]: value }));
      assert(error === undefined || error instanceof ProtocolError, String(error));
    }
  }));
});

function errorOf(parse: () => unknown): unknown {
  try {
    parse();
    return undefined;
  } catch (error) {
    return error;
  }
}

Deno.test("an error quotes no character that could draw on a terminal", () => {
  for (const { what, text } of HOSTILE_TEXTS) {
    const commands = [
      { type: text },
      { type: "rename", name: `${text} ` },
      { type: "members", room: text },
      { type: "message", text: 5, ref: text },
      { type: "topic", room: "dev", text },
    ];
    for (const command of commands) {
      const error = errorOf(() => parseCommand(command));
      if (error === undefined) continue;
      const { message } = error as ProtocolError;
      assertEquals([...message].filter((char) => isDangerous(char) || char === "\n"), [], what);
    }
  }
});

Deno.test("a value nested 10,000 levels deep is refused like any other", () => {
  const deepArray = JSON.parse("[".repeat(10_000) + "]".repeat(10_000));
  const deepObject = JSON.parse('{"a":'.repeat(10_000) + "1" + "}".repeat(10_000));
  assertEquals(protocolErrorOf(() => parseCommand(deepArray)).code, "bad_json");
  assertEquals(protocolErrorOf(() => parseCommand(deepObject)).code, "invalid");
  for (const deep of [deepArray, deepObject]) {
    assertEquals(protocolErrorOf(() => parseCommand({ type: deep })).code, "invalid");
    assertEquals(protocolErrorOf(() => parseCommand({ type: "message", text: deep })).code, "invalid");
    assert(parseCommand({ type: "ping", other: deep }));
  }
});

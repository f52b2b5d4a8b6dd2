import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { WELL_FORMED } from "../../helpers/any_text.ts";
import { ERROR_CODES, ProtocolError } from "../../../src/protocol/errors.ts";
import { parseCommand, parseEvent } from "../../../src/protocol/messages/validate.ts";
import { HOSTILE_TEXTS, isDangerous } from "../../helpers/hostile_texts.ts";
import { SAMPLE_EVENTS } from "../../helpers/sample_events.ts";
import { faultOf } from "../../helpers/throws.ts";

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

/** Anything that JSON can say. */
const ANYTHING = fc.oneof(fc.jsonValue(), WELL_FORMED, fc.integer(), fc.double());

/** An object that looks like a command as far as chance lets it. */
const ALMOST = fc.tuple(
  fc.oneof({ arbitrary: fc.constantFrom(...COMMANDS), weight: 9 }, { arbitrary: fc.string(), weight: 1 }),
  fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(ANYTHING, fc.constantFrom("lobby", "ada", "hi", 1, 50))),
).map(([type, fields]) => ({ ...fields, type }));

Deno.test("whatever JSON says, it is a command or a fault that its sender can be told", () => {
  fc.assert(
    fc.property(fc.oneof(ANYTHING, ALMOST), (value) => {
      const json = JSON.stringify(value);
      const fault = tryParse(() => parseCommand(JSON.parse(json)));
      if (fault === undefined) return;
      assert(fault instanceof ProtocolError, String(fault));
      assert(ERROR_CODES.includes(fault.code));
      assert(fault.message.length < 500);
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("whatever JSON says, it is an event or a fault, or of a type to come", () => {
  const events = fc.tuple(fc.constantFrom(...SAMPLE_EVENTS), fc.string(), ANYTHING);
  fc.assert(fc.property(events, ([event, field, value]) => {
    for (const key of [...Object.keys(event), field]) {
      const fault = tryParse(() => parseEvent({ ...event, [key]: value }));
      assert(fault === undefined || fault instanceof ProtocolError, String(fault));
    }
  }));
});

function tryParse(parse: () => unknown): unknown {
  try {
    parse();
    return undefined;
  } catch (error) {
    return error;
  }
}

Deno.test("what a fault shows of its line cannot draw", () => {
  for (const { what, text } of HOSTILE_TEXTS) {
    const commands = [
      { type: text },
      { type: "rename", name: `${text} ` },
      { type: "members", room: text },
      { type: "message", text: 5, ref: text },
      { type: "topic", room: "dev", text },
    ];
    for (const command of commands) {
      const fault = tryParse(() => parseCommand(command));
      if (fault === undefined) continue;
      const { message } = fault as ProtocolError;
      assertEquals([...message].filter((char) => isDangerous(char) || char === "\n"), [], what);
    }
  }
});

Deno.test("10,000 levels deep is a fault like any other", () => {
  const deepArray = JSON.parse("[".repeat(10_000) + "]".repeat(10_000));
  const deepObject = JSON.parse('{"a":'.repeat(10_000) + "1" + "}".repeat(10_000));
  assertEquals(faultOf(() => parseCommand(deepArray)).code, "bad_json");
  assertEquals(faultOf(() => parseCommand(deepObject)).code, "invalid");
  for (const deep of [deepArray, deepObject]) {
    assertEquals(faultOf(() => parseCommand({ type: deep })).code, "invalid");
    assertEquals(faultOf(() => parseCommand({ type: "message", text: deep })).code, "invalid");
    assert(parseCommand({ type: "ping", other: deep }));
  }
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { WELL_FORMED } from "../helpers/any_text.ts";
import { JSON_FORMAT, JSON_LINES } from "../../src/framing/json_lines.ts";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { SAMPLE_EVENTS } from "../helpers/sample_events.ts";
import { protocolErrorOf } from "../helpers/throws.ts";

Deno.test("a JSON line is one command", () => {
  const { commands, reply } = JSON_LINES.decode(' {"type":"message","text":"hi","ref":"1"} ');
  assertEquals(JSON.parse(JSON.stringify(commands)), [{ type: "message", text: "hi", ref: "1" }]);
  assertEquals(reply, undefined);
});

Deno.test("a blank line is no command", () => {
  for (const line of ["", "  ", "\t", "\r"]) assertEquals(JSON_LINES.decode(line).commands, []);
});

Deno.test("a line that is not JSON is bad_json", () => {
  for (const line of ["{", '{"type":', "hello", "{}{}", "{'type':'ping'}", "\0", "NaN", '{"type":"ping"},']) {
    assertEquals(protocolErrorOf(() => JSON_LINES.decode(line)).code, "bad_json", line);
  }
});

Deno.test("JSON that is not an object is bad_json, and an object of unknown type is not", () => {
  for (const line of ["[]", "1", "null", '"ping"', "true"]) {
    assertEquals(protocolErrorOf(() => JSON_LINES.decode(line)).code, "bad_json", line);
  }
  assertEquals(protocolErrorOf(() => JSON_LINES.decode('{"type":"dance"}')).code, "unknown_type");
  assertEquals(protocolErrorOf(() => JSON_LINES.decode("{}")).code, "invalid");
});

Deno.test("a line of maximum nesting is an error, not a stack overflow", () => {
  for (const line of ["[".repeat(65_536), "[".repeat(32_768) + "]".repeat(32_768), '{"a":'.repeat(13_000)]) {
    assertEquals(protocolErrorOf(() => JSON_LINES.decode(line)).code, "bad_json");
  }
});

Deno.test("any line decodes or throws a ProtocolError", () => {
  fc.assert(fc.property(fc.oneof(WELL_FORMED, fc.json()), (line) => {
    try {
      JSON_LINES.decode(line);
    } catch (error) {
      assert(error instanceof ProtocolError, String(error));
    }
  }));
});

Deno.test("every event is one line", () => {
  for (const event of SAMPLE_EVENTS) {
    const line = JSON_FORMAT.encode(event);
    assertEquals(line.indexOf("\n"), line.length - 1);
    assertEquals(JSON.parse(line), event);
    assertEquals(JSON_LINES.encode(event), line);
  }
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { JSON_FORMAT, JSON_LINES } from "../../../src/framing/json_lines.ts";
import { ERROR_CODES } from "../../../src/protocol/errors.ts";
import { MAX_REF_CHARS } from "../../../src/protocol/limits.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { parseEvent } from "../../../src/protocol/messages/validate.ts";
import { SAMPLE_EVENTS } from "../../helpers/sample_events.ts";
import { pure, type Target } from "../target.ts";
import { assertUnpolluted, protocolErrorOf } from "./checks.ts";

const ID = "01a1fc07-b55d-7000-8eb7-9182220cae53";

export const JSON_LINES_TARGET: Target = {
  name: "json-lines",
  gateInputs: 10_000,
  words: [
    '"type":"message",',
    '"type":"join",',
    '"type":"history",',
    '"room":"lobby",',
    '"text":"hi",',
    '"ref":"1",',
    `"id":"${ID}",`,
    `"of":"${ID}",`,
    `"reply":"${ID}",`,
  ],
  arbitrary: fc.oneof(
    fc.json(),
    fc.tuple(fc.constantFrom(...SAMPLE_EVENTS), fc.string(), fc.jsonValue()).map(([event, key, value]) =>
      JSON.stringify({ ...event, [key]: value })
    ),
  ),
  open: pure(run),
};

/** A line is a command or a `ProtocolError`. A parsed command survives serialising and parsing. */
function run(input: string): string {
  const line = input.replaceAll("\n", " ");
  let outcome = "blank";
  const fault = protocolErrorOf(() => {
    const { commands } = JSON_LINES.decode(line);
    for (const command of commands) {
      outcome = command.type;
      const again = JSON_LINES.decode(JSON.stringify(command)).commands;
      assertEquals(JSON.stringify(again), JSON.stringify(commands));
    }
  });
  if (fault !== undefined) {
    assert(ERROR_CODES.includes(fault.code));
    assert((fault.details.ref?.length ?? 0) <= MAX_REF_CHARS);
    outcome = fault.code;
  }
  const event = fault?.code === "bad_json" ? undefined : eventOf(line);
  if (event !== undefined) checkAgain(JSON_FORMAT.encode(event));
  assertUnpolluted();
  return event === undefined ? outcome : `${outcome}, event ${event.type}`;
}

function checkAgain(line: string): void {
  const event = eventOf(line);
  assert(event !== undefined, `A parsed event was not parsed again: ${line}`);
  assertEquals(JSON_FORMAT.encode(event), line);
}

function eventOf(line: string): ServerEvent | undefined {
  let event: ServerEvent | undefined;
  protocolErrorOf(() => void (event = line.trim() === "" ? undefined : parseEvent(JSON.parse(line))));
  return event;
}

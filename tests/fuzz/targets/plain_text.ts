import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { PlainText } from "../../../src/framing/plain/plain_text.ts";
import type { ClientCommand, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { parseCommand, parseEvent } from "../../../src/protocol/messages/validate.ts";
import { WELL_FORMED } from "../../helpers/any_text.ts";
import { SAMPLE_EVENTS } from "../../helpers/sample_events.ts";
import { pure, type Target } from "../target.ts";
import { assertHarmless, assertUnpolluted, few, protocolErrorOf } from "./checks.ts";

const COMMANDS = "/help /join /leave /msg /me /who /rooms /name /topic /history /search /quit /// //x /".split(" ");
const EVENTS = SAMPLE_EVENTS.map((event) => JSON.stringify(event));
const AT = "2026-01-02T03:04:05.678Z";

export const PLAIN_TEXT: Target = {
  name: "plain-text",
  gateInputs: 7_000,
  words: [...COMMANDS.map((name) => `\n${name} `), ...EVENTS.map((event) => `\n${event}\n`), "ada", "lobby", "#dev"],
  arbitrary: fc.array(fc.oneof(WELL_FORMED, fc.constantFrom(...COMMANDS), fc.constantFrom(...EVENTS)), { maxLength: 8 })
    .map((lines) => lines.join("\n")),
  open: pure(run),
};

/** One user's session: lines that parse as events come from the server, all others are typed. */
function run(input: string): string {
  const codec = new PlainText();
  const outcomes = new Set<string>();
  for (const line of input.split("\n").slice(0, 200)) {
    const event = eventOf(line);
    if (event === undefined) type(codec, line, outcomes);
    else outcomes.add(`event ${event.type} in ${few(checkShown(codec.encode(event)))} lines`);
  }
  assertUnpolluted();
  const [outcome = "nothing", ...others] = [...outcomes].sort();
  return others.length === 0 ? outcome : "several";
}

function type(codec: PlainText, line: string, outcomes: Set<string>): void {
  const fault = protocolErrorOf(() => {
    const { commands, reply = "" } = codec.decode(line);
    checkShown(reply);
    outcomes.add(commands.map(({ type }) => type).join() || (reply === "" ? "nothing" : "reply"));
    for (const command of commands) {
      // The next layer gets a command that is valid as JSON, too.
      const sent = JSON.parse(JSON.stringify(command));
      assertEquals(JSON.parse(JSON.stringify(parseCommand(sent))), sent);
      letIn(codec, command);
    }
  });
  if (fault !== undefined) outcomes.add(fault.code);
}

/** Replies like a server that admits all members. */
function letIn(codec: PlainText, command: ClientCommand): void {
  if (command.type !== "join") return;
  const you = { id: "m-1", name: command.name ?? "ada", token: "t" };
  const room = { id: "r", name: command.room, topic: "" };
  checkShown(codec.encode({ type: "joined", room, you, seq: 0, members: [you], count: 1, missed: 0 }));
  const said = codec.encode({ type: "message", id: "x", room: room.name, seq: 1, from: you, text: you.name, at: AT });
  assertEquals(checkShown(said), 1);
}

/** Checks that the output is whole lines that cannot draw. Returns how many are not continuations. */
function checkShown(text: string): number {
  assertHarmless(text);
  assert(text === "" || text.endsWith("\n"), "Half a line is shown");
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("    ")).length;
}

function eventOf(line: string): ServerEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return parseEvent(JSON.parse(line));
  } catch {
    return undefined;
  }
}

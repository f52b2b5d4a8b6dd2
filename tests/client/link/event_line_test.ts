import { assertEquals } from "@std/assert";
import { commandLine, eventOfLine, withoutPrompt } from "../../../src/client/link/event_line.ts";

Deno.test("a command is one line, whatever its text holds", () => {
  const line = commandLine({ type: "message", ref: "r", room: "lobby", text: "a\nb" });
  assertEquals(line, '{"type":"message","ref":"r","room":"lobby","text":"a\\nb"}\n');
});

Deno.test("what is no event of this version is undefined and never throws", () => {
  const lines = [
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "{}",
    '{"type":7}',
    '{"type":"party"}',
    '{"type":"ack"}',
    '{"type":"message","seq":"one"}',
    '{"type":"__proto__"}',
  ];
  for (const line of lines) assertEquals(eventOfLine(line), undefined, line);
});

Deno.test("fields that this version does not know are ignored", () => {
  assertEquals(eventOfLine('{"type":"pong","mood":"good"}'), { type: "pong" });
});

Deno.test("before the welcome only what begins with a brace counts, and a welcome behind a prompt", () => {
  assertEquals(withoutPrompt("Welcome, stranger"), undefined);
  assertEquals(withoutPrompt('{"type":"pong"}'), '{"type":"pong"}');
  assertEquals(withoutPrompt('Your name? {"type":"welcome","x":1}'), '{"type":"welcome","x":1}');
});

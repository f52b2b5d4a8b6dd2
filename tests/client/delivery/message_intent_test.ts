import { assertEquals } from "@std/assert";
import { parseRemembered } from "../../../src/client/client_memory.ts";
import { commandOf, type MessageIntent, type PendingMessage } from "../../../src/client/delivery/message_intent.ts";
import { parseCommand } from "../../../src/protocol/messages/validate.ts";

const THUMB = "\u{1f44d}";

const CASES: readonly [text: string, intent: MessageIntent | undefined, command: object][] = [
  ["hi", undefined, { type: "message", text: "hi" }],
  ["yes", { kind: "reply", to: 7 }, { type: "message", text: "yes", reply: 7 }],
  ["yes", { kind: "reply", to: "ada" }, { type: "message", text: "yes", reply: "ada" }],
  ["tea", { kind: "edit", of: 7 }, { type: "edit", of: 7, text: "tea" }],
  ["tea", { kind: "edit" }, { type: "edit", text: "tea" }],
  ["", { kind: "delete", of: 7 }, { type: "delete", of: 7 }],
  [THUMB, { kind: "react", of: 7 }, { type: "react", of: 7, emoji: THUMB }],
  [THUMB, { kind: "react", remove: true }, { type: "react", emoji: THUMB, remove: true }],
];

function pending(text: string, intent: MessageIntent | undefined): PendingMessage {
  return { ref: "r", target: { room: "dev" }, text, ...intent && { intent } };
}

Deno.test("a pending message becomes the command of its intent", () => {
  for (const [text, intent, command] of CASES) {
    const parsed = parseCommand(JSON.parse(JSON.stringify(commandOf(pending(text, intent)))));
    assertEquals(JSON.parse(JSON.stringify(parsed)), { ref: "r", room: "dev", ...command });
  }
});

Deno.test("a pending message is remembered with its intent", () => {
  const all = CASES.map(([text, intent]) => pending(text, intent));
  const remembered = { name: "ada", lastSeqs: [], pending: all };
  assertEquals(JSON.parse(JSON.stringify(parseRemembered(JSON.parse(JSON.stringify(remembered))))).pending, all);
  assertEquals(parseRemembered({ ...remembered, pending: [{ ...all[0], intent: { kind: "wish" } }] }), undefined);
});

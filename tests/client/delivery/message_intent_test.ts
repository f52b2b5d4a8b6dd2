import { assertEquals, assertThrows } from "@std/assert";
import { parseRemembered } from "../../../src/client/client_memory.ts";
import {
  checkMessage,
  commandOf,
  type MessageIntent,
  type PendingMessage,
} from "../../../src/client/delivery/message_intent.ts";
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

const FILE = {
  id: "0190c3a1-7000-7000-8000-000000000001",
  name: "a.png",
  size: 7,
  media: "image/png",
  sha256: "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0",
};

function pending(text: string, intent: MessageIntent | undefined): PendingMessage {
  return { ref: "r", target: { room: "dev" }, text, ...intent && { intent } };
}

Deno.test("a pending message becomes the command of its intent", () => {
  for (const [text, intent, command] of CASES) {
    const parsed = parseCommand(JSON.parse(JSON.stringify(commandOf(pending(text, intent)))));
    assertEquals(JSON.parse(JSON.stringify(parsed)), { ref: "r", room: "dev", ...command });
  }
});

Deno.test("a file is a part of a message and of a reply, which need no text then", () => {
  for (const [intent, fields] of [[undefined, {}], [{ kind: "reply", to: 7 }, { reply: 7 }]] as const) {
    const message = { ...pending("", intent), file: FILE };
    checkMessage(message);
    const command = JSON.parse(JSON.stringify(parseCommand(JSON.parse(JSON.stringify(commandOf(message))))));
    assertEquals(command, { type: "message", ref: "r", room: "dev", text: "", file: FILE, ...fields });
  }
  assertThrows(() => checkMessage(pending("", undefined)), Error, "The message is empty");
});

Deno.test("a pending message is remembered with its intent and its file", () => {
  const all = [...CASES.map(([text, intent]) => pending(text, intent)), { ...pending("", undefined), file: FILE }];
  const remembered = { name: "ada", lastSeqs: [], pending: all };
  assertEquals(JSON.parse(JSON.stringify(parseRemembered(JSON.parse(JSON.stringify(remembered))))).pending, all);
  assertEquals(parseRemembered({ ...remembered, pending: [{ ...all[0], intent: { kind: "wish" } }] }), undefined);
});

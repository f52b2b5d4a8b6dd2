import type { LogRecord } from "@logtape/logtape";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { jsonLine, type LineOf, textLine } from "../../../src/cli/log/log_lines.ts";
import { MAX_LOG_FIELD_CHARS } from "../../../src/protocol/limits.ts";
import { HARMLESS_TEXTS, HOSTILE_TEXTS, isDangerous } from "../../helpers/hostile_texts.ts";

const AT = "2026-01-02T03:04:05.678Z";

function record(level: LogRecord["level"], event: string, properties: Record<string, unknown> = {}): LogRecord {
  return { category: ["confab"], level, rawMessage: event, message: [event], timestamp: Date.parse(AT), properties };
}

/** What is wrong with a line that has to be one, and has to leave terminals alone. */
function faultsOf(line: string): string[] {
  assert(line.endsWith("\n"));
  return [...line.slice(0, -1)].filter((char) => isDangerous(char) || char === "\n");
}

Deno.test("a line for people has the local time, the level where it matters, and what happened", () => {
  const stack = "Error\n    at b";
  const lines = [
    record("info", "connected", { peer: "127.0.0.1:5", connections: 3 }),
    record("warning", "refused"),
    record("error", "bug", { stack }),
    record("debug", "pruned", { messages: 7, peer: undefined }),
  ].map(textLine);
  const local = new Date(AT);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())}`;
  const time = `${day} ${local.toTimeString().slice(0, 8)}`;
  assertEquals(lines, [
    `${time} connected peer=127.0.0.1:5 connections=3\n`,
    `${time} warn: refused\n`,
    `${time} error: bug stack="Error\\n    at b"\n`,
    `${time} debug: pruned messages=7\n`,
  ]);
});

Deno.test("a line for programs is one JSON object", () => {
  const line = jsonLine(record("warning", "refused", { peer: "[::1]:5", connections: 3, reason: undefined }));
  assertMatch(line, /^[^\n]+\n$/);
  assertEquals(JSON.parse(line), { at: AT, level: "warn", event: "refused", peer: "[::1]:5", connections: 3 });
});

for (const [form, lineOf] of [["text", textLine], ["json", jsonLine]] as const) {
  Deno.test(`whatever stands in the fields of a line of ${form}, it is one line and draws on no terminal`, () => {
    for (const { what, text } of [...HOSTILE_TEXTS, ...HARMLESS_TEXTS]) {
      const fields = { peer: text, address: `${text}x`, error: `x${text}\n${text}`, stack: text.repeat(3) };
      assertEquals(faultsOf(lineOf(record("info", "bug", fields))), [], what);
    }
  });

  Deno.test(`a field cannot pose as another in a line of ${form}`, () => {
    const line = lineOf(record("info", "refused", { peer: 'x reason="y" , "reason": "z"', reason: "server_full" }));
    const pattern = form === "text" ? /^\S+ \S+ refused peer="(?:[^"\\]|\\.)*" reason=server_full\n$/ : /./;
    assertMatch(line, pattern);
    if (form === "json") assertEquals(JSON.parse(line).reason, "server_full");
  });

  Deno.test(`a field of a line of ${form} is cut off behind MAX_LOG_FIELD_CHARS`, () => {
    const full = lineOf(record("info", "bug", { stack: "a".repeat(MAX_LOG_FIELD_CHARS) }));
    const cut = lineOf(record("info", "bug", { stack: `${"a".repeat(MAX_LOG_FIELD_CHARS)}b` }));
    assertEquals(cut, full);
  });
}

Deno.test("what was neutralised in JSON is read back as it was", () => {
  for (const { what, text } of [...HOSTILE_TEXTS, ...HARMLESS_TEXTS]) {
    const { stack } = JSON.parse(jsonLine(record("info", "bug", { stack: text })));
    assertEquals(stack, text.slice(0, MAX_LOG_FIELD_CHARS), what);
  }
});

Deno.test("10,000 combining marks are cut off like anything else", () => {
  const lineOf: LineOf = textLine;
  const line = lineOf(record("info", "bug", { stack: "a" + "\u0351".repeat(10_000) }));
  assert(line.length < MAX_LOG_FIELD_CHARS + 100, `${line.length} characters`);
});

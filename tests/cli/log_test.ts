import { assertEquals, assertMatch } from "@std/assert";
import { jsonLog, textLog } from "../../src/cli/log.ts";
import { dangersIn, HOSTILE_TEXTS, isDangerous } from "../helpers/hostile_texts.ts";

const NOW = () => new Date("2026-01-02T03:04:05.678Z");

function lines(make: typeof textLog, write: (log: ReturnType<typeof textLog>) => void): string[] {
  const written: string[] = [];
  write(make((line) => written.push(line), NOW));
  return written;
}

Deno.test("a line for people has the local time, the level where it matters, and what happened", () => {
  const [info, warn, error] = lines(textLog, (log) => {
    log("info", "connected", { peer: "127.0.0.1:5", connections: 3 });
    log("warn", "refused");
    log("error", "bug", { stack: "Error: a\n    at b" });
  });
  const time = NOW().toTimeString().slice(0, 8);
  assertEquals(info, `${time} connected peer=127.0.0.1:5 connections=3`);
  assertEquals(warn, `${time} warn: refused`);
  assertEquals(error, `${time} error: bug stack="Error: a\\n    at b"`);
});

Deno.test("a line for programs is one JSON object", () => {
  const [line] = lines(jsonLog, (log) => log("info", "connected", { peer: "[::1]:5", connections: 3 }));
  assertEquals(JSON.parse(line!), {
    at: "2026-01-02T03:04:05.678Z",
    level: "info",
    event: "connected",
    peer: "[::1]:5",
    connections: 3,
  });
});

Deno.test("what a peer has put into a field stays on its line, and cannot draw for people", () => {
  for (const { what, text } of HOSTILE_TEXTS) {
    const [shown, ...others] = lines(textLog, (log) => log("info", "connected", { peer: text }));
    assertEquals([dangersIn(shown!), shown!.includes("\n"), others], [[], false, []], what);
    const [json] = lines(jsonLog, (log) => log("info", "connected", { peer: text }));
    assertEquals(
      [JSON.parse(json!).peer, json!.includes("\n"), [...json!].filter(isDangerous)],
      [text, false, []],
      what,
    );
  }
});

Deno.test("without a clock of its own a log has that of the machine", () => {
  const written: string[] = [];
  textLog((line) => written.push(line))("info", "hello");
  assertMatch(written[0]!, /^\d\d:\d\d:\d\d hello$/);
});

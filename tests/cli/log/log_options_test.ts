import type { LogRecord } from "@logtape/logtape";
import { HARMLESS_TEXTS, HOSTILE_TEXTS, isDangerous } from "../../helpers/hostile_texts.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { jsonLine, openLog, planLog, textLine } from "../../../src/cli/log/log_options.ts";
import { type LineOf, startLog } from "../../../src/cli/log/log_sink.ts";
import { SERVE } from "../../../src/cli/commands/serve.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { LOG_LINES_PER_SECOND, MAX_LOG_FIELD_CHARS } from "../../../src/protocol/limits.ts";
import { type Log, LOG_EVENTS, type LogEvent, type LogLevel } from "../../../src/server/monitor/log_events.ts";

type Entry = { readonly level: string; readonly event: string } & Readonly<Record<string, unknown>>;

/** The entries that a log of this level keeps of the events from `write`. */
async function logged(lowest: LogLevel, write: (log: Log) => void): Promise<Entry[]> {
  const chunks: string[] = [];
  const output = {
    write(bytes: Uint8Array): Promise<number> {
      chunks.push(new TextDecoder().decode(bytes));
      return Promise.resolve(bytes.length);
    },
  };
  {
    await using open = startLog(lowest, jsonLine, output);
    write(open.log);
  }
  return chunks.join("").split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

function logAll(log: Log): void {
  for (const [event, { level }] of Object.entries(LOG_EVENTS)) log(level, event as LogEvent);
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

for (const lowest of LEVELS) {
  Deno.test(`a log of ${lowest} has every event of that level or above, with name and level`, async () => {
    const wanted = Object.entries(LOG_EVENTS).filter(([, { level }]) =>
      LEVELS.indexOf(level) >= LEVELS.indexOf(lowest)
    );
    const entries = await logged(lowest, logAll);
    assertEquals(entries.map(({ event, level }) => [event, level]), wanted.map(([event, { level }]) => [event, level]));
  });
}

Deno.test("fields are part of the line", async () => {
  const [entry] = await logged("info", (log) => log("warn", "refused", { peer: "[::1]:5", reason: "server_full" }));
  assertEquals([entry!.peer, entry!.reason], ["[::1]:5", "server_full"]);
});

Deno.test("text with braces is not a template", async () => {
  const [entry] = await logged(
    "info",
    (log) => log("error", "internal error", { stack: "{peer} {*}", peer: "{stack}" }),
  );
  assertEquals([entry!.event, entry!.stack, entry!.peer], ["internal error", "{peer} {*}", "{stack}"]);
});

Deno.test("an event beyond LOG_LINES_PER_SECOND is summarized, and others are not affected", async () => {
  const entries = await logged("info", (log) => {
    for (let count = 0; count < LOG_LINES_PER_SECOND + 900; count++) log("warn", "refused", { peer: `${count}` });
    log("error", "internal error", { stack: "here" });
  });
  const counts = Map.groupBy(entries, ({ event }) => event);
  // A run longer than a second starts a new window, and logs that.
  const leftOut = (counts.get("log lines suppressed") ?? []).map(({ of, lines }) => [of, lines] as const);
  const shown = counts.get("refused")!.length;
  assert(shown >= LOG_LINES_PER_SECOND && leftOut.length > 0, `${shown} lines, ${leftOut}`);
  assertEquals(leftOut.reduce((sum, [, lines]) => sum + Number(lines), shown), LOG_LINES_PER_SECOND + 900);
  assert(leftOut.every(([of]) => of === "refused"));
  assertEquals(counts.get("internal error")!.length, 1);
});

Deno.test("events after the log is closed are dropped silently", async () => {
  let late: Log = () => {};
  const entries = await logged("info", (log) => late = log);
  late("error", "internal error", { stack: "late" });
  assertEquals(entries, []);
});

function open(...words: string[]): ReturnType<typeof openLog> {
  return openLog(planLog(readArguments(words, SERVE, () => undefined)));
}

Deno.test("a log file is appended to, and a new one is private", async () => {
  const folder = await Deno.makeTempDir({ prefix: "confab-log-" });
  const path = `${folder}/serve.log`;
  try {
    for (const round of ["one", "two"]) {
      await using opened = await open("--log-file", path);
      opened.log("error", "internal error", { stack: round });
      opened.log("debug", "pruned", { messages: 1 });
    }
    const lines = (await Deno.readTextFile(path)).split("\n");
    assertEquals(lines.length, 3);
    for (const [index, round] of ["one", "two"].entries()) {
      assertMatch(lines[index]!, new RegExp(`^[-0-9]{10} [:0-9]{8} error: internal error stack=${round}$`));
    }
    if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("--quiet logs errors only, and --log-level overrides it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "confab-log-" });
  const written = async (...words: string[]): Promise<string[]> => {
    const path = `${folder}/${words.join("")}.log`;
    {
      await using opened = await open("--log", "json", "--log-file", path, ...words);
      logAll(opened.log);
    }
    const lines = (await Deno.readTextFile(path)).split("\n").slice(0, -1);
    return [...new Set(lines.map((line) => JSON.parse(line).level))].sort();
  };
  try {
    assertEquals(await written(), ["error", "info", "warn"]);
    assertEquals(await written("--quiet"), ["error"]);
    assertEquals(await written("--quiet", "--log-level", "warn"), ["error", "warn"]);
    assertEquals(await written("--log-level", "debug"), ["debug", "error", "info", "warn"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an unopenable log file is a failure that names it", async () => {
  const failure = await assertRejects(
    () => open("--log-file", "no/such/folder/serve.log"),
    Failure,
    "Cannot open the log file",
  );
  assertMatch(failure.message, /"no\/such\/folder\/serve\.log": it does not exist; choose another with --log-file$/);
  assertEquals(failure.code, EXIT.cannotStore);
  using folder = temporaryFolder();
  const { message } = await assertRejects(() => open("--log-file", folder.path), Failure);
  assertMatch(message, /": it is a folder, not a file; choose another with --log-file$/);
});

Deno.test("a formatter that throws does not end the program", async () => {
  const output = { write: () => Promise.reject(new Error("Never called")) };
  await using opened = startLog("info", () => {
    throw new Error("Formatter");
  }, output);
  opened.log("error", "internal error", { stack: "here" });
});

const AT = "2026-01-02T03:04:05.678Z";

function record(level: LogRecord["level"], event: string, properties: Record<string, unknown> = {}): LogRecord {
  return { category: ["confab"], level, rawMessage: event, message: [event], timestamp: Date.parse(AT), properties };
}

/** Describes why a text is not exactly one line without control characters. */
function faultsOf(line: string): string[] {
  assert(line.endsWith("\n"));
  return [...line.slice(0, -1)].filter((char) => isDangerous(char) || char === "\n");
}

Deno.test("a line for people has the local time, the level unless info, and the event", () => {
  const stack = "Error\n    at b";
  const lines = [
    record("info", "connected", { peer: "127.0.0.1:5", connections: 3 }),
    record("warning", "refused"),
    record("error", "internal error", { stack }),
    record("debug", "pruned", { messages: 7, peer: undefined }),
  ].map(textLine);
  const local = new Date(AT);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())}`;
  const time = `${day} ${local.toTimeString().slice(0, 8)}`;
  assertEquals(lines, [
    `${time} connected peer=127.0.0.1:5 connections=3\n`,
    `${time} warn: refused\n`,
    `${time} error: internal error stack="Error\\n    at b"\n`,
    `${time} debug: pruned messages=7\n`,
  ]);
});

Deno.test("a line for programs is one JSON object", () => {
  const line = jsonLine(record("warning", "refused", { peer: "[::1]:5", connections: 3, reason: undefined }));
  assertMatch(line, /^[^\n]+\n$/);
  assertEquals(JSON.parse(line), { at: AT, level: "warn", event: "refused", peer: "[::1]:5", connections: 3 });
});

for (const [form, lineOf] of [["text", textLine], ["json", jsonLine]] as const) {
  Deno.test(`hostile fields in ${form} stay on one line without control characters`, () => {
    for (const { what, text } of [...HOSTILE_TEXTS, ...HARMLESS_TEXTS]) {
      const fields = { peer: text, address: `${text}x`, error: `x${text}\n${text}`, stack: text.repeat(3) };
      assertEquals(faultsOf(lineOf(record("info", "internal error", fields))), [], what);
    }
  });

  Deno.test(`a field cannot imitate another field in ${form}`, () => {
    const line = lineOf(record("info", "refused", { peer: 'x reason="y" , "reason": "z"', reason: "server_full" }));
    const pattern = form === "text" ? /^\S+ \S+ refused peer="(?:[^"\\]|\\.)*" reason=server_full\n$/ : /./;
    assertMatch(line, pattern);
    if (form === "json") assertEquals(JSON.parse(line).reason, "server_full");
  });

  Deno.test(`a field in ${form} is cut after MAX_LOG_FIELD_CHARS`, () => {
    const full = lineOf(record("info", "internal error", { stack: "a".repeat(MAX_LOG_FIELD_CHARS) }));
    const cut = lineOf(record("info", "internal error", { stack: `${"a".repeat(MAX_LOG_FIELD_CHARS)}b` }));
    assertEquals(cut, full);
  });
}

Deno.test("escaped characters in JSON are read back unchanged", () => {
  for (const { what, text } of [...HOSTILE_TEXTS, ...HARMLESS_TEXTS]) {
    const { stack } = JSON.parse(jsonLine(record("info", "internal error", { stack: text })));
    assertEquals(stack, text.slice(0, MAX_LOG_FIELD_CHARS), what);
  }
});

Deno.test("10,000 combining marks are cut like other text", () => {
  const lineOf: LineOf = textLine;
  const line = lineOf(record("info", "internal error", { stack: "a" + "\u0351".repeat(10_000) }));
  assert(line.length < MAX_LOG_FIELD_CHARS + 100, `${line.length} characters`);
});

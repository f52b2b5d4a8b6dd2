import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  COMMAND_NAMES,
  HELP_TOPICS,
  parseSlashInput,
  slashHelpLines,
} from "../../../src/terminal/commands/terminal_commands.ts";
import { isSecret } from "../../../src/presentation/commands/slash_commands.ts";
import type { SlashInput } from "../../../src/presentation/commands/slash_input.ts";

const lobby = () => ({ room: "lobby" });

const EXAMPLES: readonly [string, SlashInput][] = [
  ["hello /there", { type: "say", text: "hello /there" }],
  ["//join is a command", { type: "say", text: "/join is a command" }],
  ["/join #Build", { type: "join", room: "build" }],
  ["/JOIN build", { type: "join", room: "build" }],
  ["/leave", { type: "leave", room: undefined }],
  ["/leave build", { type: "leave", room: "build" }],
  ["/room", { type: "room", room: undefined }],
  ["/room build", { type: "room", room: "build" }],
  ["/msg ada are you\nthere?", { type: "msg", to: "ada", text: "are you\nthere?" }],
  ["/msg @ada: hi", { type: "msg", to: "ada", text: "hi" }],
  ["/msg ada", { type: "open", to: "ada" }],
  ["/join @ada", { type: "open", to: "ada" }],
  ["/room @ada", { type: "open", to: "ada" }],
  ["/conversations 3", { type: "open", to: 3 }],
  ["/me waves", { type: "say", text: "/me waves" }],
  ["/who", { type: "ask", command: { type: "members", room: "lobby" } }],
  ["/who #Build", { type: "ask", command: { type: "members", room: "build" } }],
  ["/rooms", { type: "ask", command: { type: "rooms" } }],
  ["/name zoë", { type: "name", name: "zoë" }],
  ["/topic", { type: "topic" }],
  ["/topic tea  at four", { type: "ask", command: { type: "topic", room: "lobby", text: "tea at four" } }],
  ["/topic -", { type: "ask", command: { type: "topic", room: "lobby", text: "" } }],
  ["/history", { type: "history", limit: 20 }],
  ["/history 200", { type: "history", limit: 200 }],
  ['/search "tea  time" from:ada', {
    type: "ask",
    command: { type: "search", room: "lobby", query: '"tea  time" from:ada', limit: 20 },
  }],
  ["/react :wave: 12", { type: "react", emoji: "\u{1f44b}", remove: false, seq: 12 }],
  ["/react -:wave:", { type: "react", emoji: "\u{1f44b}", remove: true, seq: undefined }],
  ["/clear", { type: "clear" }],
  ["/quit", { type: "quit" }],
  ["/help", { type: "help", topic: "" }],
  ["/help /msg", { type: "help", topic: "/msg" }],
  ["/help moderation", { type: "help", topic: "moderation" }],
];

Deno.test("each command line is parsed into its input", () => {
  for (const [line, input] of EXAMPLES) assertEquals(parseSlashInput(line, lobby), input, line);
});

Deno.test("invalid command lines are refused with the next step", () => {
  const refused: [string, string][] = [
    ["/jion x", "did you mean /join?"],
    ["/hist", "did you mean /history?"],
    ["/Qit", "did you mean /quit?"],
    ["/usr/bin/env", "/help lists them all"],
    ["/", "/help lists them all"],
    ["/join", "write /join ROOM"],
    ["/join two words", 'use "two_words" instead'],
    ["/msg", "write /msg NAME [TEXT]"],
    ["/me", "write /me TEXT"],
    ["/react :nothing-like-it:", "is not an emoji"],
    ["/name", "write /name NAME"],
    ["/name \x1b[2J", "letters and digits"],
    ["/search", "write /search QUERY"],
    [`/search ${"é".repeat(513)}`, "shorten it to 1024 bytes"],
    ["/history many", "1 to 200"],
    ["/history 201", "1 to 200"],
  ];
  for (const [line, message] of refused) assertThrows(() => parseSlashInput(line, lobby), Error, message, line);
  assertThrows(() => slashHelpLines("jion"), Error, "did you mean /join?");
  assertEquals(slashHelpLines("/msg"), slashHelpLines("msg"));
});

Deno.test("each help page fits on one screen, and together they list every command", () => {
  const pages = ["", ...HELP_TOPICS].map((topic) => slashHelpLines(topic));
  for (const lines of pages) {
    assert(lines.length <= 22);
    for (const line of lines) assert(line.length <= 80, line);
  }
  const all = pages.flat();
  for (const topic of HELP_TOPICS) assert(pages[0]!.some((line) => line.includes(`/help ${topic}`)), topic);
  for (const name of COMMAND_NAMES) {
    assert(all.some((line) => line.startsWith(`  /${name}`)), name);
    assertEquals(slashHelpLines(name).length, 2);
  }
});

Deno.test("a line with a password is never a message, however it is mistyped", () => {
  const lines = [
    "/login ada hunter2",
    " /login ada hunter2",
    "//login ada hunter2",
    "\t//login ada hunter2",
    "/LOGIN ada hunter2",
    "/lgin ada hunter2",
    "/lgoin ada hunter2",
    "/login ada\nhunter2",
    "/login hunter2!",
    "/register hunter2",
    "/regsiter hunter2",
    " //register hunter2",
  ];
  for (const line of lines) {
    assert(isSecret(line), line);
    const error = assertThrows(() => parseSlashInput(line, lobby), Error, undefined, line);
    assert(!error.message.includes("hunter2"), error.message);
  }
});

Deno.test("lines that only resemble commands with passwords are messages", () => {
  const lines = [
    "login is broken",
    "the /login page",
    "//usr/bin/login",
    "// comment",
    "//join",
    "//logic",
    " /me waves",
  ];
  for (const line of lines) {
    assert(!isSecret(line), line);
    assertEquals(parseSlashInput(line, lobby).type, "say", line);
  }
});

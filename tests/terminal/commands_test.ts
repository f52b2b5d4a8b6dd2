import { assert, assertEquals, assertThrows } from "@std/assert";
import { COMMAND_NAMES, helpLines, type Input, parseInput } from "../../src/terminal/commands.ts";

const EXAMPLES: readonly [string, Input][] = [
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
  ["/me waves", { type: "say", text: "/me waves" }],
  ["/who", { type: "who", room: undefined }],
  ["/rooms", { type: "rooms" }],
  ["/name zoë", { type: "name", name: "zoë" }],
  ["/topic", { type: "topic", text: undefined }],
  ["/topic tea at four", { type: "topic", text: "tea at four" }],
  ["/topic -", { type: "topic", text: "" }],
  ["/history", { type: "history", limit: 20 }],
  ["/history 200", { type: "history", limit: 200 }],
  ["/clear", { type: "clear" }],
  ["/quit", { type: "quit" }],
  ["/help", { type: "help", lines: helpLines() }],
  ["/help /msg", { type: "help", lines: helpLines("msg") }],
];

Deno.test("commands: each line asks for what it says", () => {
  for (const [line, input] of EXAMPLES) assertEquals(parseInput(line), input, line);
});

Deno.test("commands: what does not fit is refused with the next step", () => {
  const refused: [string, string][] = [
    ["/jion x", "did you mean /join?"],
    ["/hist", "did you mean /history?"],
    ["/Qit", "did you mean /quit?"],
    ["/usr/bin/env", "/help lists them all"],
    ["/", "/help lists them all"],
    ["/help jion", "did you mean /join?"],
    ["/join", "write /join ROOM"],
    ["/join two words", "letters and digits"],
    ["/msg ada", "write /msg NAME TEXT"],
    ["/msg", "write /msg NAME TEXT"],
    ["/me", "write /me TEXT"],
    ["/name", "write /name NAME"],
    ["/name \x1b[2J", "letters and digits"],
    ["/history many", "1 to 200"],
    ["/history 201", "1 to 200"],
  ];
  for (const [line, message] of refused) assertThrows(() => parseInput(line), Error, message, line);
});

Deno.test("commands: the help fits on one screen and has every command", () => {
  const lines = helpLines();
  assert(lines.length <= 22);
  for (const line of lines) assert(line.length <= 80, line);
  for (const name of COMMAND_NAMES) {
    assert(lines.some((line) => line.startsWith(`  /${name}`)), name);
    assertEquals(helpLines(name).length, 2);
  }
});

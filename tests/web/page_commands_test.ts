import { assertEquals, assertThrows } from "@std/assert";
import { pageHelpLines, parsePageInput } from "../../src/web/page_commands.ts";

Deno.test("a line is a message, and the usual commands mean what they mean in a terminal", () => {
  const cases: [string, ReturnType<typeof parsePageInput>][] = [
    ["hello", { type: "say", text: "hello" }],
    ["//usr/bin", { type: "say", text: "/usr/bin" }],
    ["/me waves", { type: "say", text: "/me waves" }],
    ["/msg ada are you\nthere?", { type: "msg", to: "ada", text: "are you\nthere?" }],
    ["/MSG @ada hi", { type: "msg", to: "ada", text: "hi" }],
    ["/join #Build", { type: "join", room: "build" }],
    ["/leave", { type: "leave" }],
    ["/reply ada yes", { type: "reply", words: "ada yes" }],
    ["/react 👍", { type: "react", emoji: "👍", remove: false, seq: undefined }],
    ["/react -👍 12", { type: "react", emoji: "👍", remove: true, seq: 12 }],
    ["/edit a\nb", { type: "edit", text: "a\nb" }],
    ["/edit", { type: "edit", text: "" }],
    ["/delete", { type: "delete", seq: undefined }],
    ["/delete 7", { type: "delete", seq: 7 }],
    ["/who", { type: "members" }],
    ["/name zoe", { type: "name", name: "zoe" }],
    ["/topic a  b", { type: "topic", text: "a b" }],
    ["/topic -", { type: "topic", text: "" }],
    ["/search from:ada tea", { type: "search", query: "from:ada tea" }],
    ["/login", { type: "login", name: undefined }],
    ["/room remove", { type: "remove room", room: undefined }],
    ["/room remove #Dev", { type: "remove room", room: "dev" }],
    ["/restrictions end all", { type: "end restrictions", by: undefined }],
    ["/restrictions end by @eve", { type: "end restrictions", by: "eve" }],
    ["/help", { type: "help" }],
    ["/quit", { type: "quit" }],
  ];
  for (const [line, input] of cases) assertEquals(parsePageInput(line), input, line);
});

Deno.test("what begins with a slash and is no command is never sent: it may hold a password", () => {
  for (
    const line of [
      "/logn ada secret",
      " /password secret",
      "/",
      "/msg ada",
      "/me",
      "/name a b",
      "/join",
      "/room",
      "/room dev",
      "/room remove dev now",
      "/restrictions",
      "/restrictions end all eve",
      "/restrictions end by",
      "/reply",
      "/react",
      "/react yes",
      "/delete it",
    ]
  ) {
    assertThrows(() => parsePageInput(line), Error);
  }
});

Deno.test("the help names each command once", () => {
  const names = pageHelpLines().flatMap((line) => /^\/(\w+)/.exec(line)?.[1] ?? []);
  assertEquals(names.length, new Set(names).size);
  assertEquals(names.includes("msg"), true);
});

import { assertEquals, assertThrows } from "@std/assert";
import { pageHelpLines, parsePageInput } from "../../src/web/page_commands.ts";

const lobby = () => ({ room: "lobby" });

Deno.test("a line is a message, and commands mean the same as in the terminal client", () => {
  const cases: [string, ReturnType<typeof parsePageInput>][] = [
    ["hello", { type: "say", text: "hello" }],
    ["//usr/bin", { type: "say", text: "/usr/bin" }],
    ["/me waves", { type: "say", text: "/me waves" }],
    ["/msg ada are you\nthere?", { type: "msg", to: "ada", text: "are you\nthere?" }],
    ["/MSG @ada hi", { type: "msg", to: "ada", text: "hi" }],
    ["/join #Build", { type: "join", room: "build" }],
    ["/leave", { type: "leave", room: undefined }],
    ["/reply ada yes", { type: "reply", text: "ada yes" }],
    ["/react 👍", { type: "react", emoji: "👍", remove: false, seq: undefined }],
    ["/react -👍 12", { type: "react", emoji: "👍", remove: true, seq: 12 }],
    ["/edit a\nb", { type: "edit", text: "a\nb" }],
    ["/edit", { type: "edit", text: "" }],
    ["/delete", { type: "delete", seq: undefined }],
    ["/delete 7", { type: "delete", seq: 7 }],
    ["/who", { type: "ask", command: { type: "members", room: "lobby" } }],
    ["/name zoe", { type: "name", name: "zoe" }],
    ["/topic a  b", { type: "ask", command: { type: "topic", room: "lobby", text: "a b" } }],
    ["/topic -", { type: "ask", command: { type: "topic", room: "lobby", text: "" } }],
    ["/search from:ada tea", {
      type: "ask",
      command: { type: "search", room: "lobby", query: "from:ada tea", limit: 20 },
    }],
    ["/login", { type: "login", name: undefined }],
    ["/room remove", { type: "remove room", room: "lobby" }],
    ["/room remove #Dev", { type: "remove room", room: "dev" }],
    ["/restrictions end all", { type: "ask", command: { type: "allow", all: true, room: "lobby" } }],
    ["/restrictions end by @eve", { type: "ask", command: { type: "allow", by: "eve" } }],
    ["/kick eve", { type: "ask", command: { type: "kick", room: "lobby", name: "eve", reason: undefined } }],
    ["/audit", { type: "ask", command: { type: "audit", room: "lobby", limit: 20 } }],
    ["/restrictions end 2", { type: "end", list: "restrictions", number: 2 }],
    ["/help", { type: "help", topic: "" }],
    ["/quit", { type: "quit" }],
  ];
  for (const [line, input] of cases) assertEquals(parsePageInput(line, lobby), input, line);
});

Deno.test("a line that begins with a slash and is not a command is never sent, because it may hold a password", () => {
  for (
    const line of [
      "/logn ada secret",
      " /password secret",
      "/",
      "/me",
      "/name a b",
      "/join",
      "/room",
      "/room dev",
      "/room remove dev now",
      "/restrictions end all eve",
      "/restrictions end by",
      "/reply",
      "/react",
      "/react yes",
      "/delete it",
      "/lock hunter2",
      "/register hunter2",
      "/set bell on",
    ]
  ) {
    assertThrows(() => parsePageInput(line, lobby), Error);
  }
});

Deno.test("the help pages name each command once", () => {
  const pages = ["", "messages", "accounts", "moderation"].map((topic) => pageHelpLines(topic));
  const names = pages.flat().flatMap((line) => /^\/(\w+)/.exec(line)?.[1] ?? []);
  assertEquals(names.length, new Set(names).size);
  assertEquals([names.includes("msg"), names.includes("kick")], [true, true]);
});

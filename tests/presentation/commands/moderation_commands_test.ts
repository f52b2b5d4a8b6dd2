import { assertEquals, assertThrows } from "@std/assert";
import type { ClientCommand } from "../../../src/protocol/messages/messages.ts";
import { parseCommand } from "../../../src/protocol/messages/validate.ts";
import { parseSlashLine } from "../../../src/presentation/commands/slash_commands.ts";

const parse = (line: string, room: () => string) =>
  parseSlashLine(line, { client: "terminal", place: () => ({ room: room() }) });
const lobby = () => "lobby";
const nowhere = () => {
  throw new Error("You are in no room");
};

const EXAMPLES: readonly [string, ClientCommand][] = [
  ["/kick eve", { type: "kick", room: "lobby", name: "eve", reason: undefined }],
  ["/kick @eve: enough  for\ntoday", { type: "kick", room: "lobby", name: "eve", reason: "enough for today" }],
  ["/mute eve", { type: "mute", name: "eve", room: "lobby", seconds: undefined, reason: undefined }],
  ["/mute eve 10m loud", { type: "mute", name: "eve", room: "lobby", seconds: 600, reason: "loud" }],
  ["/mute -all eve 1h", { type: "mute", name: "eve", room: undefined, seconds: 3_600, reason: undefined }],
  ["/allow eve", { type: "allow", name: "eve", room: "lobby" }],
  ["/allow eve -all", { type: "allow", name: "eve", room: undefined }],
  ["/lock", { type: "lock", room: "lobby" }],
  ["/lock OFF", { type: "lock", room: "lobby", off: true }],
  ["/slow 30", { type: "slow", room: "lobby", seconds: 30 }],
  ["/slow 2m", { type: "slow", room: "lobby", seconds: 120 }],
  ["/slow off", { type: "slow", room: "lobby", seconds: 0 }],
  ["/lockdown on", { type: "lockdown", on: true }],
  ["/lockdown Off", { type: "lockdown", on: false }],
  ["/mod bob", { type: "moderator", name: "bob", room: "lobby" }],
  ["/mod bob off", { type: "moderator", name: "bob", room: "lobby", off: true }],
  ["/mod bob -all off", { type: "moderator", name: "bob", room: undefined, off: true }],
  ["/restrictions", { type: "restrictions", room: "lobby" }],
  ["/restrictions end all", { type: "allow", all: true, room: "lobby" }],
  ["/restrictions end by @eve", { type: "allow", by: "eve" }],
  ["/restrictions -all", { type: "restrictions", room: undefined }],
  ["/audit", { type: "audit", room: "lobby", limit: 20 }],
  ["/audit -all 100", { type: "audit", room: undefined, limit: 100 }],
];

Deno.test("each moderation command becomes a valid command of the protocol", () => {
  for (const [line, command] of EXAMPLES) {
    assertEquals(parse(line, lobby), { type: "ask", command }, line);
    assertEquals(parseCommand(JSON.parse(JSON.stringify(command))).type, command.type, line);
  }
  assertEquals(parse("/lock password", lobby), { type: "lock", room: "lobby" });
  assertEquals(parse("/restrictions end 12", lobby), { type: "end", list: "restrictions", number: 12 });
});

Deno.test("/ban takes time, place, reach and reason, with options anywhere before the reason", () => {
  const ban = {
    type: "ban",
    name: "eve",
    also: undefined,
    room: "lobby",
    seconds: undefined,
    reason: undefined,
  } as const;
  const examples: readonly [string, ClientCommand][] = [
    ["/ban eve", ban],
    ["/ban eve 2h spam", { ...ban, seconds: 7_200, reason: "spam" }],
    ["/ban eve spam 2h", { ...ban, reason: "spam 2h" }],
    ["/ban -all eve 7d", { ...ban, room: undefined, seconds: 604_800 }],
    ["/ban eve -network 1d -all flooding", {
      ...ban,
      also: "network",
      room: undefined,
      seconds: 86_400,
      reason: "flooding",
    }],
    ["/ban eve -address no -all", { ...ban, also: "address", reason: "no -all" }],
  ];
  for (const [line, command] of examples) assertEquals(parse(line, lobby), { type: "ask", command }, line);
});

Deno.test("/ban of an address applies to the whole server and needs no current room", () => {
  for (const address of ["192.0.2.7", "192.0.2.0/24", "2001:db8::/64"]) {
    assertEquals(parse(`/ban ${address} 1h`, nowhere), {
      type: "ask",
      command: { type: "ban", address, seconds: 3_600, reason: undefined },
    });
  }
});

Deno.test("invalid arguments of moderation commands are refused with the next step", () => {
  const refused: readonly [string, string][] = [
    ["/kick", "write /kick NAME [REASON]"],
    ["/kick \x1b", "letters and digits"],
    [`/kick eve ${"é".repeat(129)}`, "shorten it to 256 bytes"],
    ["/ban", "write /ban NAME [TIME]"],
    ["/ban -all", "write /ban NAME [TIME]"],
    ["/ban eve -everywhere", "use -all or -address or -network"],
    ["/ban eve 0m", "such as 10m, 2h or 7d"],
    ["/ban eve 99999d", "such as 10m, 2h or 7d"],
    ["/mute eve -network", "use -all"],
    ["/allow", "write /allow NAME"],
    ["/allow eve bob", "write /allow NAME"],
    ["/lock hunter2", "write /lock password"],
    ["/slow", "write /slow SECONDS|off"],
    ["/slow soon", "write /slow 30, /slow 1m or /slow off"],
    ["/slow 2h", "write /slow 30"],
    ["/slow -1", "write /slow 30"],
    ["/lockdown", "write /lockdown on|off"],
    ["/lockdown now", "write /lockdown on|off"],
    ["/mod", "write /mod NAME [off]"],
    ["/mod bob on", "write /mod NAME [off]"],
    ["/restrictions end", "Write /restrictions end 2, all or by NAME"],
    ["/restrictions end by", "needs more"],
    ["/restrictions all", "write /restrictions [end WHICH] [-all]"],
    ["/audit many", "1 to 200"],
    ["/audit 201", "1 to 200"],
    ["/audit 5 6", "write /audit [N] [-all]"],
  ];
  for (const [line, message] of refused) assertThrows(() => parse(line, lobby), Error, message, line);
});

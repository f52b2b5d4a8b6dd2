import { assertEquals, assertThrows } from "@std/assert";
import { parseSlashLine } from "../../../src/presentation/commands/slash_commands.ts";
import type { SlashInput } from "../../../src/presentation/commands/slash_input.ts";

const parse = (line: string, room: () => string) =>
  parseSlashLine(line, { client: "terminal", place: () => ({ room: room() }) });
const nowhere = () => {
  throw new Error("You are in no room");
};

Deno.test("account commands are parsed without a current room", () => {
  const invite = { type: "invite", room: undefined, expires: 86_400, uses: undefined } as const;
  const examples: readonly [string, SlashInput][] = [
    ["/register", { type: "register" }],
    ["/login ada", { type: "login", name: "ada" }],
    ["/login", { type: "login", name: undefined }],
    ["/sessions", { type: "ask", command: { type: "sessions" } }],
    ["/sessions end 2", { type: "end", list: "sessions", number: 2 }],
    ["/invite", { type: "ask", command: invite }],
    ["/invite #Build 2h 10", { type: "ask", command: { ...invite, room: "build", expires: 7_200, uses: 10 } }],
    ["/invite 1 30d", { type: "ask", command: { ...invite, expires: 2_592_000, uses: 1 } }],
    ["/invites", { type: "ask", command: { type: "invites" } }],
    ["/invites end 1", { type: "end", list: "invites", number: 1 }],
  ];
  for (const [line, input] of examples) assertEquals(parse(line, nowhere), input, line);
});

Deno.test("invalid arguments of account commands are refused with the next step", () => {
  const refused: readonly [string, string][] = [
    ["/login ada hunter2", "write /login NAME, and it asks for the password"],
    ["/register hunter2", "write /register, and it asks for the password"],
    ["/sessions stop 2", "write /sessions [end N]"],
    ["/invites end", "write /invites [end N]"],
    ["/invite build", "write /invite [#ROOM] [TIME] [USES]"],
    ["/invite #a #b", "write /invite [#ROOM] [TIME] [USES]"],
    ["/invite #", "letters and digits"],
    ["/invite 31d", "up to 30d"],
    ["/invite 0m", "up to 30d"],
    ["/invite 0", "use 1 to 10000"],
    ["/invite 10001", "use 1 to 10000"],
  ];
  for (const [line, message] of refused) assertThrows(() => parse(line, nowhere), Error, message, line);
});

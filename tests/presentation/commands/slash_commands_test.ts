import { assert, assertEquals, assertThrows } from "@std/assert";
import { commandsFor, helpColumns, helpText, helpTopics } from "../../../src/presentation/commands/command_help.ts";
import type { ClientKind } from "../../../src/presentation/commands/slash_command.ts";
import {
  commandsOf,
  findCommand,
  isSecret,
  parseSlashLine,
  SLASH_COMMANDS,
} from "../../../src/presentation/commands/slash_commands.ts";
import { ProtocolError } from "../../../src/protocol/errors.ts";

const CLIENTS: readonly ClientKind[] = ["terminal", "page", "plain"];
const parse = (client: ClientKind, line: string) => parseSlashLine(line, { client, place: () => ({ room: "lobby" }) });

Deno.test("command names are unique and differ from the topics of the help", () => {
  const names = SLASH_COMMANDS.map(({ name }) => name);
  assertEquals(names.length, new Set(names).size);
  for (const client of CLIENTS) {
    assertEquals(helpTopics(client).filter((topic) => names.includes(topic)), []);
  }
});

Deno.test("variants are only for clients that have the command, and give a reason", () => {
  for (const { name, clients, variants = {} } of SLASH_COMMANDS) {
    for (const [client, { reason }] of Object.entries(variants)) {
      assert(clients === undefined || clients.includes(client as ClientKind), `${name} in ${client}`);
      assert(reason.length > 0);
    }
  }
});

Deno.test("the help pages of each client list each of its commands once, and each command has a page", () => {
  for (const client of CLIENTS) {
    const listed = ["", ...helpTopics(client)].flatMap((topic) => {
      const help = helpText(client, topic);
      return help.type === "list" ? help.commands.map(({ name }) => name) : [];
    });
    assertEquals(listed, commandsOf(client).map(({ name }) => name));
    for (const { name, usage, summary, details } of commandsFor(client)) {
      assert(usage === `/${name}` || usage.startsWith(`/${name} `));
      assert(!summary.endsWith(".") && details.length > 0, name);
      assertEquals(helpText(client, `/${name.toUpperCase()}`).type, "command");
    }
    assertThrows(() => helpText(client, "jion"), ProtocolError, "did you mean /join?");
  }
});

Deno.test("wrong arguments name the usage of the client", () => {
  const usages: readonly [ClientKind, string, string][] = [
    ["terminal", "/allow", "/allow NAME [-all]"],
    ["plain", "/allow", "/allow NAME|ID [-all]"],
    ["page", "/room", "/room remove [ROOM]"],
    ["plain", "/room remove", "/room remove ROOM"],
    ["plain", "/login", "/login [NAME] PASSWORD"],
    ["plain", "/topic", "/topic TEXT"],
  ];
  for (const [client, line, usage] of usages) assertThrows(() => parse(client, line), ProtocolError, usage);
});

Deno.test("a client refuses the commands of other clients", () => {
  for (const client of CLIENTS) {
    for (const { name } of SLASH_COMMANDS) {
      if (commandsOf(client).some((command) => command.name === name)) continue;
      const error = assertThrows(() => parse(client, `/${name}`), ProtocolError, "is unknown");
      assertEquals(error.code, "unknown_type");
    }
  }
});

Deno.test("in every client a second slash sends a line that begins with one, and an unknown command is not sent", () => {
  for (const client of CLIENTS) {
    assertEquals(parse(client, "//usr/bin"), { type: "say", text: "/usr/bin" });
    assertEquals(parse(client, "hello /there"), { type: "say", text: "hello /there" });
    for (const line of ["/usr/bin", " /usr/bin", "/", "\t/password hunter2"]) {
      const error = assertThrows(() => parse(client, line), ProtocolError, "second /");
      assert(!error.message.includes("hunter2"));
    }
  }
});

Deno.test("where the client asks for passwords, a password in the line is neither sent nor repeated", () => {
  for (const client of ["terminal", "page"] as const) {
    for (const line of ["/login ada hunter2", "//login ada hunter2", " /LOGIN ada hunter2", "/lgoin ada hunter2"]) {
      assert(isSecret(line));
      const error = assertThrows(() => parse(client, line), ProtocolError);
      assert(!error.message.includes("hunter2"), error.message);
    }
  }
});

Deno.test("commands about messages act on the current place, and commands about a room refuse a conversation", () => {
  const place = { to: "0190c3a1-7000-7000-8000-000000000000" };
  for (const client of CLIENTS) {
    const there = (line: string) => parseSlashLine(line, { client, place: () => place });
    assertEquals(there("/search tea"), {
      type: "ask",
      command: { type: "search", ...place, query: "tea", limit: 20 },
    });
    assertEquals(there("/who #dev"), { type: "ask", command: { type: "members", room: "dev" } });
    for (const line of ["/topic tea", "/who", "/kick eve", "/slow 5", "/lock", "/mute eve", "/audit"]) {
      const error = assertThrows(() => there(line), ProtocolError, "is about a room: switch to one first");
      assertEquals(error.code, "invalid");
    }
    assertEquals(there("/audit -all").type, "ask");
  }
});

Deno.test("/msg without a text, and @NAME in place of a room, open a conversation", () => {
  for (const line of ["/msg bob", "/msg @bob", "/join @bob", "/conversations bob"]) {
    for (const client of CLIENTS) assertEquals(parse(client, line), { type: "open", to: "bob" }, line);
  }
  assertEquals(parse("terminal", "/room @bob"), { type: "open", to: "bob" });
  assertEquals(parse("terminal", "/conversations 2"), { type: "open", to: 2 });
  assertEquals(parse("plain", "/conversations 2"), { type: "open", to: "2" });
  assertEquals(parse("terminal", "/msg 2"), { type: "open", to: "2" });
});

Deno.test("on nc /history names the member of a conversation", () => {
  assertEquals(parse("plain", "/history @bob 5"), { type: "history", limit: 5, to: "bob" });
  assertEquals(parse("plain", "/history 5"), { type: "history", limit: 5 });
  assertThrows(() => parse("terminal", "/history @bob"), ProtocolError, "/history [N]");
});

Deno.test("on nc passwords come in the line", () => {
  assertEquals(parse("plain", "/login hunter2"), { type: "login", name: undefined, password: "hunter2" });
  assertEquals(parse("plain", "/login ada two words"), { type: "login", name: "ada", password: "two words" });
  assertEquals(parse("plain", "/register two words"), { type: "register", password: "two words" });
  assertEquals(parse("plain", "/join dev sesame"), { type: "join", room: "dev", password: "sesame" });
  assertEquals(parse("plain", "/lock sesame"), {
    type: "ask",
    command: { type: "lock", room: "lobby", password: "sesame" },
  });
});

Deno.test("entries of lists end by number, or by id without a list that was shown", () => {
  const id = "0190c3a1-7000-7000-8000-000000000000";
  for (const client of CLIENTS) {
    assertEquals(parse(client, "/invites end 2"), { type: "end", list: "invites", number: 2 });
    assertEquals(parse(client, `/invites end ${id}`), { type: "ask", command: { type: "revoke", invite: id } });
    assertEquals(parse(client, `/restrictions end ${id}`), {
      type: "ask",
      command: { type: "allow", restriction: id },
    });
    assertEquals(parse(client, `/allow ${id}`), { type: "ask", command: { type: "allow", restriction: id } });
  }
});

Deno.test("summaries wrap below their beginning at the given width", () => {
  const rows = [{ usage: "/a", summary: "one two three" }, { usage: "/long X", summary: "four" }];
  assertEquals(helpColumns(rows, 19), ["  /a       one two", "           three", "  /long X  four"]);
  assertEquals(helpColumns(rows)[0], "  /a       one two three");
});

Deno.test("the terminal sends, saves, opens and cancels files, and no other client has these commands", () => {
  const typed = (line: string) => parse("terminal", line);
  assertEquals(typed("/send 'my file' b.png hello"), { type: "send", argument: "'my file' b.png hello" });
  assertEquals(typed("/save"), { type: "save", seq: undefined, path: "" });
  assertEquals(typed("/save 12 ~/my files"), { type: "save", seq: 12, path: "~/my files" });
  assertEquals(typed("/save ~/a"), { type: "save", seq: undefined, path: "~/a" });
  assertEquals([typed("/open"), typed("/open 7")], [{ type: "view", seq: undefined }, { type: "view", seq: 7 }]);
  assertEquals(["", " 2", " ALL"].map((rest) => typed(`/cancel${rest}`)), [
    { type: "cancel", number: undefined },
    { type: "cancel", number: 2 },
    { type: "cancel", number: "all" },
  ]);
  for (const line of ["/send", "/open x", "/cancel 0", "/open 0"]) assertThrows(() => typed(line), ProtocolError, "/");
  for (const client of ["page", "plain"] as const) {
    for (const name of ["send", "save", "open", "cancel"]) assertEquals(findCommand(client, name), undefined);
  }
});

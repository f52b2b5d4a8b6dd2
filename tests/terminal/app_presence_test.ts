import { assertEquals } from "@std/assert";
import { IDLE_AFTER_MS, TYPING_LAPSE_MS, TYPING_REPORT_MS } from "../../src/protocol/limits.ts";
import { start } from "./app_stage.ts";
import type { MemberInfo, ServerEvent } from "../../src/protocol/messages/messages.ts";
import { ADA, AT, BOB, joined, roomMessage, YOU } from "./memory_terminal.ts";

const typing = (member: MemberInfo, room = "lobby"): ServerEvent => ({ type: "typing", room, member });

Deno.test("app: the prompt says that the user is away, and /away without a text ends it then", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 60 });
  await type("/away tea\r");
  client.receive({ type: "away", member: { ...YOU, away: { since: AT, text: "tea" } }, at: AT });
  await settled();
  assertEquals(screen.joined.slice(-2), ["* You are away: tea (/back ends it)", "#lobby (away)>"]);
  await type("/away\r");
  client.receive({ type: "away", member: YOU, at: AT });
  await settled();
  assertEquals(screen.joined.slice(-2), ["* You are back", "#lobby>"]);
  await type("/away\r/back\r");
  const sent = client.asked.filter((command) => (command as { type?: string }).type === "away");
  assertEquals(sent, [
    { type: "away", text: "tea" },
    { type: "away", off: true },
    { type: "away" },
    { type: "away", off: true },
  ]);
  await quit();
});

Deno.test("app: another member who goes away prints nothing", async () => {
  const { screen, client, settled, quit } = await start({ columns: 60 });
  const before = screen.text;
  client.receive({ type: "away", member: { ...ADA, away: { since: AT, text: "tea" } }, at: AT });
  await settled();
  assertEquals(screen.text, before);
  await quit();
});

Deno.test("app: ten minutes without a key are reported, but no focus of the window, and /set idle off keeps them back", async () => {
  const { client, clock, type, quit } = await start();
  const reports = () => client.asked.filter((command) => (command as { type?: string }).type === "away");
  await type("x");
  clock.advance(IDLE_AFTER_MS - 1);
  await type("\x1b[O");
  clock.advance(1);
  await type("\x1b[I");
  assertEquals(reports(), [{ type: "away", idle: true }]);
  client.emit({ type: "status", status: { kind: "connecting", attempt: 1 } });
  client.emit({ type: "status", status: { kind: "online" } });
  assertEquals(reports().length, 2);
  await type("\b");
  assertEquals(reports().at(-1), { type: "away", idle: true, off: true });
  await type("/set idle off\r");
  clock.advance(2 * IDLE_AFTER_MS);
  await type("x");
  assertEquals(reports().length, 3);
  await quit();
});

Deno.test("app: who is typing stands at the end of the prompt's row, without moving the cursor, until they have written", async () => {
  const { screen, client, clock, type, settled, quit } = await start({ columns: 50 });
  await type("hel");
  const { row, column } = screen.cursor;
  client.receive(typing(ADA));
  await settled();
  assertEquals(screen.joined.at(-1), `#lobby> hel${"ada is typing…".padStart(38)}`);
  assertEquals(screen.cursor, { row, column });
  client.receive(typing(BOB));
  await type("lo");
  assertEquals(screen.joined.at(-1), `#lobby> hello${"ada and bob are typing…".padStart(36)}`);
  client.receive(roomMessage("hi"));
  await settled();
  assertEquals(screen.joined.slice(-2), ["[12:03] ada: hi", `#lobby> hello${"bob is typing…".padStart(36)}`]);
  clock.advance(TYPING_LAPSE_MS);
  await settled();
  assertEquals(screen.joined.at(-1), "#lobby> hello");
  await quit();
});

Deno.test("app: a longer line hides typing, which is never a row of its own", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 40 });
  client.receive(typing(ADA));
  for (let length = 1; length <= 70; length++) {
    await type("x");
    const rows = screen.joined.slice(2);
    assertEquals(rows.join("").replace("ada is typing…", "").replaceAll(" ", ""), `#lobby>${"x".repeat(length)}`);
    assertEquals(rows[0]!.endsWith("ada is typing…"), length <= 15, `${length}`);
  }
  await settled();
  await quit();
});

Deno.test("app: typing in other rooms, and of ignored members is not shown, and typing to the user is", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 60 });
  client.receive(joined("dev"));
  await type("/ignore bob\r");
  const toUser = (member: MemberInfo): ServerEvent => ({ type: "typing", with: member, member });
  client.receive(typing(ADA, "dev"), typing(BOB));
  await settled();
  assertEquals(screen.joined.at(-1), "#lobby>");
  client.receive(toUser(ADA), toUser(BOB));
  await settled();
  assertEquals(screen.joined.at(-1), `#lobby>${"ada is typing to you…".padStart(52)}`);
  await quit();
});

Deno.test("app: typing a message is reported now and then, and a command, a recalled line or an empty one is not", async () => {
  const { client, clock, type, quit } = await start();
  const reports = () => client.typing;
  await type("/login ada secret\x15 //login ada secret\x15   \x15");
  for (const letter of "/topic tea") await type(letter);
  await type("\r\x1b[A\x15");
  assertEquals(reports(), []);
  for (const letter of "hello") await type(letter);
  assertEquals(reports(), [{ type: "typing", room: "lobby" }]);
  clock.advance(TYPING_REPORT_MS);
  await type("\x7f");
  assertEquals(reports().length, 1);
  await type("//");
  assertEquals(reports().length, 2);
  await type("\x15/set typing off\r");
  clock.advance(TYPING_REPORT_MS);
  await type("hello");
  assertEquals(reports().length, 2);
  await quit();
});

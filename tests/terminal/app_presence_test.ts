import { assertEquals } from "@std/assert";
import { IDLE_AFTER_MS } from "../../src/protocol/limits.ts";
import { start } from "./app_stage.ts";
import { ADA, AT, YOU } from "./memory_terminal.ts";

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

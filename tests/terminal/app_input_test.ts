import { assert, assertEquals } from "@std/assert";
import { start } from "./app_stage.ts";
import { joined, roomMessage } from "./memory_terminal.ts";

const PASTE = "\x1b[200~";
const PASTED = "\x1b[201~";

Deno.test("app: a paste without an end is over after ten seconds, even if typing goes on", async () => {
  const { screen, client, clock, settled, type, quit } = await start();
  await type(`${PASTE}pasted `);
  for (let second = 0; second < 5; second++) {
    clock.advance(1_999);
    await type(`${second}\r`);
  }
  assertEquals(screen.joined.at(-1), "#lobby>");
  clock.advance(5);
  await settled();
  assertEquals(screen.joined.slice(-6), ["#lobby> pasted 0", "│ 1", "│ 2", "│ 3", "│ 4", "│"]);
  await type("\r");
  assertEquals(client.pending.map(({ text }) => text), ["pasted 0\n1\n2\n3\n4"]);
  await quit();
});

Deno.test("app: a paste of more than five lines needs a confirmation below the input line while messages arrive", async () => {
  const { screen, client, settled, type, quit } = await start({ columns: 90 });
  await type(`see: ${PASTE}1\r2\r3\r4\r5\r6${PASTED}`);
  client.receive(roomMessage("hi"));
  await settled();
  const question = "Paste 6 lines? Enter inserts them, Esc drops them (Ctrl-Y brings them back)";
  assertEquals(screen.joined.slice(-3), ["[12:03] ada: hi", "#lobby> see:", question]);
  await type("\r");
  assertEquals(screen.joined.slice(-6), ["#lobby> see: 1", "│ 2", "│ 3", "│ 4", "│ 5", "│ 6"]);
  assertEquals(client.pending, []);
  await type("\r");
  assertEquals(client.pending.map(({ text }) => text), ["see: 1\n2\n3\n4\n5\n6"]);
  await quit();
});

Deno.test("app: each room keeps its draft until it is current again", async () => {
  const { screen, client, settled, type, quit } = await start();
  client.receive(joined("dev"));
  await settled();
  await type("/room dev\r");
  await type("half a sen");
  client.receive({ type: "leave", room: "dev", member: { id: "9", name: "zoe" }, at: "", reason: "kicked" });
  await settled();
  assertEquals(screen.joined.at(-1), "#lobby>");
  await type("to the lobby\r");
  client.receive(joined("dev"));
  await settled();
  await type("/room dev\r");
  assertEquals(screen.joined.at(-1), "#dev> half a sen");
  await type("tence\x1b[A");
  assertEquals(screen.joined.at(-1), "#dev> /room dev");
  await type("\x1b[B\r");
  assertEquals(client.pending.map(({ target, text }) => [target, text]), [
    [{ room: "lobby" }, "to the lobby"],
    [{ room: "dev" }, "half a sentence"],
  ]);
  await quit();
});

Deno.test("app: sent lines are stored, except those with passwords or invites and cleared ones", async () => {
  const kept: string[] = [];
  const typed = { lines: ["from the last time"], add: (line: string) => kept.push(line) };
  const { screen, client, type, settled, quit } = await start({ columns: 80, typed });
  await type("\x1b[A");
  assertEquals(screen.joined.at(-1), "#lobby> from the last time");
  await type("\r/login ada hunter2\r/nonsense\r\x03given up\x03come by confab://x@y:1#a\r/topic tea\r");
  await type("not sent yet");
  client.end({ kind: "closed", cause: "lost", reason: "Gone" });
  await settled();
  assert(screen.text.includes('! Not sent: "not sent yet"'), screen.text);
  assertEquals(kept, ["from the last time", "/topic tea", "not sent yet"]);
  await quit();
});

Deno.test("app: the user's editor has the terminal alone, and its text becomes the input line", async () => {
  const written: string[] = [];
  const gate = Promise.withResolvers<string>();
  const runEditor = (text: string) => {
    written.push(text);
    return gate.promise;
  };
  const { terminal, screen, client, settled, type, quit } = await start({ columns: 60, runEditor });
  await type("a line\x18\x05");
  assertEquals([written, terminal.lent], [["a line"], true]);
  const before = terminal.writes.length;
  client.receive(roomMessage("hi"));
  await type("not for us");
  assertEquals(terminal.writes.length, before);
  gate.resolve("two\nlines");
  await settled();
  assertEquals(terminal.lent, false);
  assertEquals(screen.joined.slice(-3), ["[12:03] ada: hi", "#lobby> two", "│ linesnot for us"]);
  assertEquals(client.pending, []);
  await quit();
});

Deno.test("app: /editor opens with its text, and a failed start shows the reason", async () => {
  const runEditor = (text: string) => Promise.reject(new Error(`Cannot write ${text}`));
  const { terminal, screen, type, quit } = await start({ columns: 60, runEditor });
  await type("/editor dear all\r");
  assertEquals(screen.joined.slice(-2), ["! Cannot write dear all", "#lobby>"]);
  await type("still\x18\x05");
  assertEquals(screen.joined.slice(-2), ["! Cannot write still", "#lobby> still"]);
  assertEquals(terminal.lent, false);
  await quit();
});

Deno.test("app: a signal ends the editor and restores the terminal", async () => {
  const runEditor = (_: string, signal: AbortSignal) =>
    new Promise<string>((_, reject) => signal.addEventListener("abort", () => reject(new Error("Ended"))));
  const { terminal, screen, type, ended } = await start({ columns: 60, runEditor });
  await type("dear all\x18\x05");
  terminal.events!.stopped("SIGTERM");
  assertEquals((await ended).reason, "SIGTERM");
  assert(screen.text.endsWith('! Ended\n! Not sent: "dear all"'), screen.text);
});

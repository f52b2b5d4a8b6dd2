import { assert, assertEquals } from "@std/assert";
import type { JoinedEvent } from "../../src/protocol/messages/messages.ts";
import { HEAD, start } from "./app_stage.ts";
import { ADA, AT, BOB, joined, roomMessage } from "./memory_terminal.ts";

Deno.test("app: a password is masked at its prompt while the input line waits", async () => {
  const { terminal, screen, client, type, quit } = await start({ columns: 60 });
  await type("/login ada\rhunter2\x1b[D");
  assertEquals(screen.text, `${HEAD}\nPassword of ada: •••••••`);
  assertEquals(screen.cursor.column, "Password of ada: ••••••".length);
  await type("\r");
  assertEquals(client.asked.at(-1), { login: "ada", password: "hunter2" });
  assertEquals(screen.joined.at(-1), "#lobby>");
  await type("\x1b[A\x1b[A");
  assertEquals(screen.joined.at(-1), "#lobby>", "neither the password nor the line before it is remembered");
  assert(!terminal.writes.join("").includes("hunter"));
  await quit();
});

Deno.test("app: a password prompt while a line is typed leaves the line unchanged", async () => {
  const { screen, client, settled, type, quit } = await start({ columns: 60 });
  await type("half a sen");
  const answer = client.askPassword!({ kind: "room", room: "ops", name: "zoe" });
  await settled();
  assertEquals(screen.joined.at(-1), "Password of #ops:");
  await type("open\r");
  assertEquals(await answer, "open");
  assertEquals(screen.joined.at(-1), "#lobby> half a sen");
  await type("tence\r");
  assertEquals(client.pending.map(({ text }) => text), ["half a sentence"]);
  await quit();
});

Deno.test("app: pasted lines answer both password prompts and are not sent as messages", async () => {
  const { screen, client, type, quit } = await start({ columns: 60 });
  await type("/register\rcorrect horse\rcorrect horse\rhello\r");
  assertEquals(client.asked.at(-1), { type: "register", password: "correct horse" });
  assertEquals(client.pending.map(({ text }) => text), ["hello"]);
  await type("/register\r");
  assertEquals(screen.joined.at(-1), "New password for your name:");
  await type("\x1b[200~correct horse\n\x1b[201~\r");
  assertEquals(screen.joined.at(-1), "Repeat the password:");
  await type("\x03");
  assertEquals(screen.joined.at(-1), "#lobby>");
  assert(screen.text.includes("* No password entered: nothing was changed"));
  await quit();
});

Deno.test("app: Ctrl-C, Ctrl-D and Enter on an empty line give no answer", async () => {
  for (const keys of ["\x03", "abc\x03", "\x04", "\r"]) {
    const { screen, client, type, quit } = await start({ columns: 60 });
    await type(`/login\r${keys}`);
    assertEquals(screen.text, `${HEAD}\n* No password entered: you are not logged in\n#lobby>`);
    assertEquals(client.asked, ["start"]);
    await quit();
  }
});

Deno.test("app: a password after /login is neither sent, nor shown again, nor stored", async () => {
  for (const line of ["/login ada hunter2", " /login ada hunter2", "//register hunter2", "/lgoin ada hunter2"]) {
    for (const end of ["\r", "\x03"]) {
      const { screen, client, type, quit } = await start({ columns: 120 });
      await type(line + end);
      assert(!screen.text.includes("hunter2"), screen.text);
      await type("\x1b[A");
      assertEquals(screen.joined.at(-1), "#lobby>");
      assertEquals([client.asked, client.pending], [["start"], []]);
      await quit();
    }
  }
});

Deno.test("app: /who marks moderators and names that belong to another member now", async () => {
  const { screen, client, settled, quit } = await start({ columns: 100 });
  const eve = { id: "7", name: "eve", new: true } as const;
  client.receive(
    { type: "members", room: "lobby", members: [{ ...ADA, role: "moderator" }, BOB, eve], count: 3 },
    { type: "join", room: "lobby", member: eve, at: AT },
    roomMessage("hi", 1, eve),
  );
  await settled();
  assertEquals(screen.joined.slice(2, -1), [
    "* 3 in #lobby: @ada, bob, eve (new) (@ moderates, new: not the member who had the name before)",
    "* eve joined, and is not the eve from before",
    "[12:03] eve (new): hi",
  ]);
  await quit();
});

Deno.test("app: a rejoin as another member is reported, and a rejoin as the same member is not", async () => {
  const { screen, client, settled, quit } = await start({ columns: 100 });
  client.receive(joined("lobby"));
  await settled();
  assertEquals(screen.text, `${HEAD}\n#lobby>`);
  const you = { id: "77", name: "lovelace", token: "t" };
  client.receive({ ...(joined("lobby") as JoinedEvent), you });
  await settled();
  assertEquals(screen.text, `${HEAD}\n* You are lovelace now\n#lobby>`);
  await quit();
});

Deno.test("app: joining a locked and slow room shows both", async () => {
  const { screen, client, settled, quit } = await start({ columns: 100 });
  const room = { id: "r", name: "dev", topic: "", locked: true, slow: 30 } as const;
  client.receive({ ...(joined("dev") as JoinedEvent), room });
  await settled();
  assertEquals(screen.joined.slice(3, -1), [
    "* #dev is locked: new members need a password or an invite",
    "* #dev is slow: one message every 30 s per member",
  ]);
  await quit();
});

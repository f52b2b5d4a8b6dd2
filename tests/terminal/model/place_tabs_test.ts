import { assert, assertEquals } from "@std/assert";
import { MAX_HELD_MESSAGES } from "../../../src/protocol/limits.ts";
import type { JoinedEvent } from "../../../src/protocol/messages/messages.ts";
import { HEAD, start } from "../app_stage.ts";
import { ADA, AT, BOB, directMessage, joined, roomMessage } from "../memory_terminal.ts";

type Stage = Awaited<ReturnType<typeof start>>;

/** zoe in #lobby and #dev, with #dev current. */
async function inTwoRooms(columns = 80): Promise<Stage> {
  const stage = await start({ columns, rows: 20 });
  await stage.type("/join dev\r");
  stage.client.receive(joined("dev"));
  await stage.settled();
  return stage;
}

Deno.test("rooms: the prompt counts unread messages and mentions of other rooms, and switching shows them", async () => {
  const { screen, client, type, settled, quit } = await inTwoRooms();
  client.receive(roomMessage("one", 1), roomMessage("two", 2, BOB));
  await settled();
  assertEquals(screen.joined.at(-1), "#dev [1 #lobby 2]>");
  client.receive(roomMessage("zoe: three", 3));
  await settled();
  assertEquals(screen.joined.slice(-2), ["[12:03] #lobby ada: zoe: three", "#dev [1 #lobby 3 @1]>"]);
  await type("\x1b1");
  assertEquals(screen.joined.slice(-6), [
    "* You write to #lobby now",
    "--- 3 new in #lobby ---",
    "[12:03] ada: one",
    "[12:03] bob: two",
    "[12:03] ada: zoe: three",
    "#lobby>",
  ]);
  await quit();
});

Deno.test("rooms: Alt and a number switches rooms, /room switches by name or number, and each room keeps its draft", async () => {
  const { screen, type, quit } = await inTwoRooms();
  await type("half a dev");
  await type("\x1b1");
  assertEquals(screen.joined.at(-1), "#lobby>");
  await type("half a lobby\x1b2");
  assertEquals(screen.joined.at(-1), "#dev> half a dev");
  await type("\x1b2\x1b9");
  assertEquals(screen.joined.at(-1), "#dev> half a dev");
  await type("\x15/room 1\r");
  assertEquals(screen.joined.at(-1), "#lobby> half a lobby");
  await type("\x15/room #dev\r");
  assertEquals(screen.joined.at(-1), "#dev>");
  await quit();
});

Deno.test("rooms: /room and /rooms show unread messages", async () => {
  const { screen, client, type, settled, quit } = await inTwoRooms();
  client.receive(roomMessage("one", 1), roomMessage("Zoe!", 2));
  await type("/room\r");
  assertEquals(screen.joined.at(-2), "* You are in 1 #lobby (2 new, 1 for you), 2 #dev");
  const rooms = [{ id: "a", name: "lobby", topic: "tea", count: 3 }, { id: "b", name: "dev", topic: "", count: 3 }];
  client.receive({ type: "rooms", rooms, count: 2 });
  await settled();
  assertEquals(screen.joined.slice(-3, -1), ["  #lobby  3 here  (2 new, 1 for you)  tea", "  #dev    3 here"]);
  await quit();
});

Deno.test("rooms: of too many held messages the last are shown, and /history continues before them", async () => {
  const { screen, client, type, quit } = await inTwoRooms();
  const total = MAX_HELD_MESSAGES + 20;
  for (let seq = 1; seq <= total; seq++) client.receive(roomMessage(`message ${seq}`, seq));
  await type("/room lobby\r");
  const shown = screen.joined.filter((line) => line.includes("message"));
  assertEquals([shown.length, shown[0]], [MAX_HELD_MESSAGES, "[12:03] ada: message 21"]);
  assert(screen.joined.includes("--- 120 new in #lobby, the last 100 are here: /history has the others ---"));
  await type("/history\r");
  assertEquals(client.asked.at(-1), { type: "history", room: "lobby", before: 21, limit: 20 });
  await quit();
});

Deno.test("rooms: /set elsewhere shows all messages of other rooms at once, or none", async () => {
  const { screen, client, type, settled, quit } = await inTwoRooms();
  await type("/set elsewhere all\r");
  client.receive(roomMessage("one", 1), { type: "join", room: "lobby", member: { id: "7", name: "eve" }, at: AT });
  await settled();
  assertEquals(screen.joined.slice(-3, -1), ["[12:03] #lobby ada: one", "* eve joined #lobby"]);
  await type("/set elsewhere none\r");
  client.receive(roomMessage("zoe", 2), { type: "leave", room: "lobby", member: ADA, at: AT, reason: "left" });
  await settled();
  assert(screen.joined.at(-2)!.startsWith("* elsewhere is none"));
  assertEquals(screen.joined.at(-1), "#dev [1 #lobby 1 @1]>");
  assertEquals(client.read, [["lobby", 1]]);
  await quit();
});

Deno.test("rooms: a prompt too long for the window shows sums, and then only the room", async () => {
  const { terminal, screen, client, settled, quit } = await inTwoRooms();
  client.receive(joined("operations"), roomMessage("a", 1, ADA, "operations"), roomMessage("zoe", 1));
  await settled();
  assertEquals(screen.joined.at(-1), "#dev [1 #lobby 1 @1, 3 #operations 1]>");
  for (
    const [columns, prompt] of [[60, "#dev [2 @1]>"], [20, "#dev>"], [80, "#dev [1 #lobby 1 @1, 3 #operations 1]>"]]
  ) {
    terminal.resize(columns as number, 20);
    await settled();
    assertEquals(screen.joined.at(-1), prompt);
  }
  await quit();
});

Deno.test("rooms: messages that arrive while the user looks away are printed below a separator, and so are missed ones", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 60 });
  await type("\x1b[O");
  client.receive(roomMessage("one", 1), roomMessage("two", 2));
  await settled();
  const away = ["--- new since you looked away ---", "[12:03] ada: one", "[12:03] ada: two"];
  assertEquals(screen.joined.slice(2, -1), away);
  assertEquals(client.read, []);
  await type("\x1b[I");
  assertEquals(client.read, [["lobby", 2]]);
  client.receive(roomMessage("three", 3));
  await type("\x1b[O");
  client.receive(roomMessage("four", 4));
  await settled();
  assertEquals(screen.joined.slice(5, -1), ["[12:03] ada: three", away[0]!, "[12:03] ada: four"]);
  assertEquals(client.read.at(-1), ["lobby", 3]);
  await type("x");
  assertEquals(client.read.at(-1), ["lobby", 4]);
  client.receive(
    { ...(joined("dev") as JoinedEvent), missed: 2 },
    roomMessage("old", 1, ADA, "dev"),
    roomMessage("new", 2, ADA, "dev"),
  );
  await type("\x15/room dev\r");
  assertEquals(screen.joined.slice(-4, -1), ["--- 2 new in #dev ---", "[12:03] ada: old", "[12:03] ada: new"]);
  await quit();
});

Deno.test("rooms: messages missed before the start are printed below a separator", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 60 });
  await type("/join dev\r");
  client.receive({ ...(joined("dev") as JoinedEvent), seq: 9, missed: 1 }, roomMessage("meanwhile", 9, ADA, "dev"));
  await settled();
  assertEquals(screen.joined.slice(-3, -1), ["--- 1 new since you left ---", "[12:03] ada: meanwhile"]);
  await quit();
});

Deno.test("rooms: joins and leaves in a row share a line from the fourth on, until another line is printed", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 70 });
  const people = ["carl", "dan", "eve", "fay", "gus", "hal"].map((name) => ({ id: name, name }));
  for (const member of people) client.receive({ type: "join", room: "lobby", member, at: AT });
  await settled();
  const told = ["* carl joined", "* dan joined", "* eve joined"];
  assertEquals(screen.joined.slice(2), [...told, "* fay, gus, hal joined", "#lobby>"]);
  for (const member of [people[3]!, BOB]) {
    client.receive({ type: "leave", room: "lobby", member, at: AT, reason: "left" });
  }
  await settled();
  assertEquals(screen.joined.slice(2), [...told, "* gus, hal joined; bob left; fay came and went", "#lobby>"]);
  client.receive(roomMessage("busy here"), { type: "join", room: "lobby", member: BOB, at: AT });
  await settled();
  const folded = "* gus, hal joined; bob left; fay came and went";
  assertEquals(screen.joined.slice(2), [...told, folded, "[12:03] ada: busy here", "* bob joined", "#lobby>"]);
  await type("/set fold 0\r");
  client.receive({ type: "join", room: "lobby", member: ADA, at: AT });
  await type("/topic\r");
  assertEquals(screen.joined.slice(-3, -1), ["* ada joined", "* #lobby has no topic: /topic TEXT sets one"]);
  await quit();
});

Deno.test("rooms: an ignored member's messages are hidden under any name until /unignore", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 70 });
  await type("/ignore zoe\r\x15/ignore bob\r");
  const history = [roomMessage("a", 1, BOB), roomMessage("b", 2)] as never;
  client.receive(
    ...[
      roomMessage("spam", 3, BOB),
      roomMessage("more", 4, { ...BOB, name: "rob" }),
      roomMessage("again", 5, { id: "77", name: "BOB" }),
    ],
    { type: "leave", room: "lobby", member: BOB, at: AT, reason: "left" },
    { type: "history", room: "lobby", messages: history, more: false },
    directMessage("psst", 1, BOB),
  );
  await settled();
  const lines = screen.text;
  assert(!/\] .*bob|rob|psst|spam|again|left/i.test(lines), lines);
  assert(lines.startsWith(`${HEAD}\n! You cannot ignore yourself: name another member`), lines);
  assert(lines.includes("* You no longer see messages of bob: /unignore bob ends that\n"), lines);
  await type("/ignore\r");
  assertEquals(screen.joined.at(-2), "* You ignore bob");
  await type("/unignore Bob\r/unignore bob\r");
  client.receive(roomMessage("back", 6, BOB));
  await settled();
  assert(screen.joined.includes("! You do not ignore bob: /ignore lists ignored members"));
  assertEquals(screen.joined.at(-2), "[12:03] bob: back");
  await quit();
});

Deno.test("rooms: a failed message stays above the prompt until it is sent again or dropped", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 90 });
  await type("/msg nobdy hi\r/msg nobdy there\r");
  client.refuse("No member is called nobdy");
  client.refuse("No member is called nobdy");
  await settled();
  assertEquals(screen.joined.slice(-3), [
    "✗ 1 → nobdy: hi (failed: /resend 1 or /drop 1)",
    "✗ 2 → nobdy: there (failed: /resend 2 or /drop 2)",
    "#lobby>",
  ]);
  await type("/drop 1\r");
  assertEquals(screen.joined.slice(-3), [
    '* Dropped: "hi"',
    "✗ 1 → nobdy: there (failed: /resend 1 or /drop 1)",
    "#lobby>",
  ]);
  await type("/resend\r");
  assertEquals(client.pending, [{ ref: "r2", target: { to: "nobdy" }, text: "there" }]);
  assertEquals(screen.joined.slice(-2), ["… → nobdy: there", "#lobby>"]);
  client.online = false;
  await type("/drop waiting\r");
  assertEquals(screen.joined.slice(-2), ["* Dropped 1 waiting message", "#lobby>"]);
  await type("/drop waiting\r");
  assertEquals(
    screen.joined.at(-2),
    "! No message is waiting: a message that was sent cannot be dropped",
  );
  await quit();
});

Deno.test("rooms: /ping shows how long the server took", async () => {
  const { screen, client, clock, type, settled, quit } = await start({ columns: 60 });
  await type("/ping\r");
  assertEquals(client.asked.at(-1), { type: "ping", ref: "ping-0" });
  clock.advance(42);
  client.receive({ type: "pong", ref: "other" }, { type: "pong", ref: "ping-0" }, { type: "pong", ref: "ping-0" });
  await settled();
  assertEquals(screen.joined.slice(-2), ["* The server answered in 42 ms", "#lobby>"]);
  await quit();
});

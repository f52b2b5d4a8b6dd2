import { assert, assertEquals } from "@std/assert";
import { MAX_HELD_MESSAGES } from "../../src/protocol/limits.ts";
import type {
  ConversationsEvent,
  ConversationSummary,
  JoinedEvent,
  ServerEvent,
} from "../../src/protocol/messages/messages.ts";
import { start } from "./app_stage.ts";
import { ADA, AT, BOB, directMessage, idOf, joined, roomMessage, YOU } from "./memory_terminal.ts";

const UUID = "0192f0c1-0000-7000-8000-00000000abcd";
const KIM = { id: UUID, name: "kim" };
const WITH_BOB = { to: BOB.id };

function listed(ref: string | undefined, ...conversations: ConversationSummary[]): ConversationsEvent {
  return { type: "conversations", ref, conversations, more: false };
}

Deno.test("conversations: /msg without a text makes it the current place, which the prompt names and lines go to", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 80 });
  await type("/msg bob\r");
  assertEquals(screen.joined.slice(-2), ["* You write to @bob now: /history shows earlier messages", "@bob>"]);
  await type("hello\r");
  assertEquals(client.pending.at(-1), { ref: "r0", target: WITH_BOB, text: "hello" });
  assertEquals(screen.joined.slice(-2), ["… hello", "@bob>"]);
  client.receive(directMessage("hello", 1, YOU, BOB), directMessage("hi", 2, BOB), directMessage("psst", 1));
  await settled();
  assertEquals(screen.joined.slice(-5, -2), ["[12:03] zoe: hello", "[12:03] bob: hi", "[12:03] ada → you: psst"]);
  await type("/msg ada not now\r");
  assertEquals(screen.joined.slice(-3), ["… hello", "… → ada: not now", "@bob>"]);
  assertEquals(screen.commands.at(-1), "2;@bob - Confab");
  await quit();
});

Deno.test("conversations: /history, /search and changes of messages act in the current one", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 80 });
  await type("/join @bob\r");
  client.receive(directMessage("mine", 1, YOU, BOB), directMessage("yours", 2, BOB));
  await type("/history\r");
  assertEquals(client.asked.at(-1), { type: "history", ...WITH_BOB, before: 1, limit: 20 });
  await type("/search tea\r");
  assertEquals(client.asked.at(-1), { type: "search", ...WITH_BOB, query: "tea", limit: 20 });
  const page = { with: BOB, messages: [directMessage("tea", 7, BOB)] as never, more: false };
  client.receive({ type: "search", query: "tea", ...page }, { type: "history", with: BOB, messages: [], more: false });
  await settled();
  assert(screen.joined.includes('--- found for "tea" in @bob ---'));
  assert(screen.joined.includes("[12:03 · 7] bob: tea"));
  assert(screen.joined.includes("* There are no older messages in @bob"));
  for (const line of ["/reply yes", "/react \u{1f44d}", "/edit ours", "/delete 1"]) await type(`${line}\r`);
  assertEquals(client.pending.map(({ target, intent }) => [target, intent]), [
    [WITH_BOB, { kind: "reply", to: idOf(1_002) }],
    [WITH_BOB, { kind: "react", of: idOf(1_002) }],
    [WITH_BOB, { kind: "edit", of: undefined }],
    [WITH_BOB, { kind: "delete", of: idOf(1_001) }],
  ]);
  await type("/topic\r");
  assert(screen.joined.includes("! Command /topic is about a room: switch to one first: /room lists yours"));
  await quit();
});

Deno.test("conversations: each has a number after the rooms, its own draft, and is closed by /leave", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 80 });
  client.receive(joined("dev"), directMessage("psst", 1, BOB));
  await type("half a line\x1b3");
  assertEquals(screen.joined.at(-1), "@bob>");
  await type("/room\r");
  assertEquals(screen.joined.at(-2), "* You are in 1 #lobby, 2 #dev, 3 @bob");
  await type("\x1b1");
  assertEquals(screen.joined.at(-1), "#lobby> half a line");
  await type("\x15/room @bob\r/leave\r");
  assertEquals(screen.joined.slice(-2), ["* @bob is closed and its messages are kept: /msg bob opens it", "#lobby>"]);
  assert(!client.asked.some((command) => JSON.stringify(command).includes("leave")));
  await type("\x1b3");
  assertEquals(screen.joined.at(-1), "#lobby>");
  client.receive(directMessage("again", 2, BOB));
  await settled();
  await type("\x1b3");
  assertEquals(screen.joined.at(-1), "@bob>");
  await quit();
});

Deno.test("conversations: the list has numbers, and a number or a name opens one", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 80 });
  await type("/conversations\r");
  assertEquals(client.asked.at(-1), { type: "conversations", ref: "conversations", limit: 50 });
  const last = { seq: 2, from: KIM, text: "lunch?", at: AT };
  client.receive(listed("conversations", { with: KIM, seq: 2, last, unread: 3 }, { with: ADA, seq: 1, unread: 0 }));
  await settled();
  const rows = screen.joined.slice(-4, -1);
  assertEquals([rows[0], rows[2]], ["* Your conversations, newest first: /conversations N opens one", "  2. ada"]);
  assert(/^ {2}1\. kim \(3 new\), .*: kim: lunch\?$/.test(rows[1]!), rows[1]);
  await type("/conversations 3\r");
  assertEquals(screen.joined.at(-2), "! There is no number 3: write /conversations to see the list");
  await type("\x15/conversations 1\r");
  assertEquals(screen.joined.at(-1), "@kim>");
  await type("/conversations ada\r");
  assertEquals(screen.joined.at(-1), "@ada>");
  await quit();
});

Deno.test("conversations: one with a member who is nowhere to be seen opens once the server has told who they are", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 80 });
  await type("/msg kim\r");
  assertEquals(client.asked.at(-1), { type: "whois", ref: "open", name: "kim" });
  assertEquals(screen.joined.at(-1), "#lobby>");
  client.receive({ type: "whois", ref: "open", member: KIM, rooms: [] });
  await settled();
  assertEquals(screen.joined.at(-1), "@kim>");
  await type("are you there?\r");
  assertEquals(client.pending.at(-1)?.target, { to: UUID });
  client.receive(directMessage("are you there?", 1, YOU, KIM));
  const message = client.pending.shift()!;
  client.emit({ type: "acknowledged", message, ack: { type: "ack", ref: "r0", id: "i", at: AT, waiting: true } });
  await settled();
  assertEquals(screen.joined.slice(-3), [
    "[12:03] zoe: are you there?",
    "* kim is not connected and gets your message later",
    "@kim>",
  ]);
  await quit();
});

Deno.test("conversations: pending and failed messages name the member, never an id", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 90 });
  client.receive(directMessage("hi", 1, KIM));
  await type("/msg kim one\r/msg @KIM: two\r");
  client.refuse("The message is refused");
  await settled();
  assertEquals(screen.joined.slice(-3), [
    "✗ 1 → kim: one (failed: /resend 1 or /drop 1)",
    "… → kim: two",
    "#lobby>",
  ]);
  client.receive({ type: "rename", member: { id: UUID, name: "kimmy" }, was: "kim", at: AT });
  await settled();
  assertEquals(screen.joined.at(-2), "… → kimmy: two");
  client.restore({ ref: "r9", target: { to: "0192f0c1-0000-7000-8000-00000000ffff" }, text: "three" });
  await settled();
  assertEquals(screen.joined.at(-2), "… → a member: three");
  assert(!screen.text.includes(UUID));
  await quit();
});

Deno.test("conversations: Tab completes partners for /msg, and after @ in place of a room", async () => {
  const { screen, client, type, quit } = await start({ columns: 80 });
  client.receive(directMessage("hi", 1, KIM));
  await type("/msg ki\t");
  assertEquals(screen.joined.at(-1), "#lobby> /msg kim");
  await type("\x15/join @ki\t");
  assertEquals(screen.joined.at(-1), "#lobby> /join @kim");
  await type("\x15/room @k\t\r");
  assertEquals(screen.joined.at(-1), "@kim>");
  await quit();
});

Deno.test("conversations: messages that were missed are shown as new, after those read on any device", async () => {
  const { screen, client, settled, quit } = await start({ columns: 80 });
  client.receive(
    listed(undefined, { with: BOB, seq: 3, mark: { seq: 1 }, unread: 2 }, { with: ADA, seq: 9, unread: 0 }),
  );
  client.receive(directMessage("read", 1, BOB), directMessage("one", 2, BOB), directMessage("two", 3, BOB));
  client.receive(directMessage("live", 4, BOB));
  await settled();
  assertEquals(screen.joined.slice(2), [
    "[12:03] bob → you: read",
    "--- 2 new with @bob since you left ---",
    "[12:03] bob → you: one",
    "[12:03] bob → you: two",
    "[12:03] bob → you: live",
    "#lobby>",
  ]);
  await quit();
});

Deno.test("read marks: what is shown while the user looks is read, and the rest once they look", async () => {
  const { client, type, settled, quit } = await start();
  client.receive(roomMessage("one", 1), directMessage("psst", 1, BOB));
  assertEquals(client.read, [["lobby", 1], [`@${BOB.id}`, 1]]);
  client.receive(joined("dev"), roomMessage("elsewhere", 1, ADA, "dev"));
  await type("\x1b[O");
  client.receive(roomMessage("two", 2), directMessage("hey", 2, BOB));
  await settled();
  assertEquals(client.read.length, 2);
  await type("\x1b[I");
  assertEquals(client.read.slice(2), [["lobby", 2], [`@${BOB.id}`, 2]]);
  await type("\x1b2");
  assertEquals(client.read.at(-1), ["dev", 1]);
  await quit();
});

Deno.test("read marks: what is read on another device is no longer counted, in the prompt or in the title", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 80 });
  client.receive(joined("dev"), roomMessage("zoe!", 1, ADA, "dev"), roomMessage("two", 2, ADA, "dev"));
  await type("\x1b[O");
  client.receive(directMessage("psst", 1, BOB));
  await settled();
  assertEquals(screen.joined.at(-1), "#lobby [2 #dev 2 @1, 3 @bob 1]>");
  assertEquals(screen.commands.at(-1), "2;(3) #lobby - Confab");
  client.receive({ type: "mark", room: "dev", id: idOf(1), seq: 1 }, { type: "mark", with: BOB, id: "x", seq: 1 });
  await settled();
  assertEquals(screen.joined.at(-1), "#lobby [2 #dev 1]>");
  assertEquals(screen.commands.at(-1), "2;(1) #lobby - Confab");
  client.receive({ type: "mark", room: "dev", id: idOf(2), seq: 2 });
  await settled();
  assertEquals([screen.joined.at(-1), screen.commands.at(-1)], ["#lobby>", "2;#lobby - Confab"]);
  await type("\x1b[I\x1b2");
  assertEquals(screen.joined.slice(-3), ["[12:03] ada: zoe!", "[12:03] ada: two", "#dev>"]);
  await quit();
});

Deno.test("read marks: the separator is where the member stopped reading on any device", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 80 });
  const mark = { id: idOf(2), seq: 2 };
  const messages = (room: string): ServerEvent[] =>
    [1, 2, 3].map((seq) => roomMessage(`message ${seq}`, seq, ADA, room));
  client.receive({ ...joined("dev") as JoinedEvent, seq: 3, missed: 3, mark }, ...messages("dev"));
  await settled();
  assertEquals(screen.joined.at(-1), "#lobby [2 #dev 1]>");
  await type("\x1b2");
  const shown = ["[12:03] ada: message 1", "[12:03] ada: message 2", "--- 1 new in #dev ---", "[12:03] ada: message 3"];
  assertEquals(screen.joined.slice(-5, -1), shown);
  await type("/join ops\r");
  client.receive({ ...joined("ops") as JoinedEvent, seq: 3, missed: 3, mark }, ...messages("ops"));
  await settled();
  assertEquals(screen.joined.slice(-5, -1), shown.with(2, "--- 1 new since you left ---"));
  await quit();
});

Deno.test("read marks: a notice that waits is dropped when its message is read on another device", async () => {
  const { terminal, screen, client, type, settled, quit } = await start({ settings: { osc9: true } });
  const notices = () => screen.commands.filter((command) => command.startsWith("9;"));
  const held = Promise.withResolvers<void>();
  await type("\x1b[O");
  terminal.held = held.promise;
  client.receive(roomMessage("slow", 1));
  await settled();
  client.receive(directMessage("psst", 1, BOB), { type: "mark", with: BOB, id: "x", seq: 1 });
  held.resolve();
  await settled();
  assertEquals(notices(), []);
  client.receive(directMessage("read", 2, BOB));
  await settled();
  await quit();
});

Deno.test("conversations: /ignore stops the delivery of private messages, and /unignore resumes it", async () => {
  const { client, type, quit } = await start({ columns: 80 });
  await type("/ignore bob\r/unignore bob\r/ignore nobody\r/ignore\r");
  assertEquals(client.asked.filter((command) => (command as ServerEvent).type as string === "block"), [
    { type: "block", to: BOB.id },
    { type: "block", to: BOB.id, off: true },
  ]);
  assertEquals(client.reader.ignored, [["nobody", ""]]);
  await quit();
});

Deno.test("conversations: many of them get at most twenty numbers, and the current one keeps its own", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 80 });
  await type("/msg bob\r");
  const many = Array.from({ length: MAX_HELD_MESSAGES }, (_, index) => ({ id: `id-${index}`, name: `guest${index}` }));
  for (const guest of many) client.receive(directMessage("hi", 1, guest));
  await type("/room\r");
  await settled();
  assertEquals(screen.joined.at(-2)!.match(/\d+ @guest\d+/g)?.length, 19);
  assertEquals(screen.joined.at(-1), "@bob>");
  await quit();
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  DEFAULT_RATE_BURST,
  DEFAULT_RATE_PER_SECOND,
  FIRST_BYTES_WAIT_MS,
  FIRST_LINE_TIMEOUT_MS,
  GREETING_TIMEOUT_MS,
  PING_INTERVAL_MS,
} from "../../src/protocol/limits.ts";
import type { RoomMessage } from "../../src/protocol/messages/messages.ts";
import { type Of, Stage } from "./stage.ts";

const HI = { type: "message", room: "lobby", text: "hi" };

Deno.test("a silent client is greeted as a user, asked for a name, and closed after a while", async () => {
  await using stage = new Stage();
  const [silent, ada] = [await stage.arrive(), await stage.join("ada")];
  assertEquals(stage.server.snapshot().connections, 2);
  stage.timers.advance(400);
  assertMatch((await silent.line())!, /^\* Welcome to test/);
  assertEquals(await silent.line(), "Your name?");
  stage.now += GREETING_TIMEOUT_MS;
  await ada.events();
  stage.pass(0);
  assertEquals(await silent.rest(), ["* The server received nothing from you for too long. Goodbye."]);
  silent.hangUp();
});

Deno.test("a user who was silent first is greeted once, and continues with a name", async () => {
  await using stage = new Stage();
  const bob = await stage.arrive();
  stage.timers.advance(400);
  await bob.write("bob\r\n");
  assertMatch((await bob.line())!, /^\* Welcome/);
  assertEquals(await bob.line(), "Your name?");
  assertEquals(await bob.line(), "* You are bob in #lobby, nobody else is here");
});

Deno.test("a user types a name, and chats with programs", async () => {
  await using stage = new Stage();
  const [ada, bob] = [await stage.join("ada"), stage.dial()];
  await bob.write("bob\r\n");
  assertMatch((await bob.line())!, /^\* Welcome/);
  assertEquals([await bob.line(), await bob.line()], ["Your name?", "* You are bob in #lobby, 2 here: ada"]);
  await ada.until("join");
  await bob.write("hello\r\n");
  assertEquals((await ada.until("message")).text, "hello");
  await ada.say({ ...HI, text: "hello, bob" });
  assertMatch((await bob.line())!, /^\[\d\d:\d\d\] ada: hello, bob$/);
});

Deno.test("a user's lines of one batch are handled one after another", async () => {
  await using stage = new Stage();
  const [ada, bob] = [await stage.join("ada", "dev"), stage.dial()];
  await bob.write("bob\n/join dev\nhello\n/quit\n");
  assertEquals((await ada.until("message") as RoomMessage).room, "dev");
  assertEquals((await ada.until("leave")).reason, "left");
  assertEquals((await bob.rest()).at(-1), "* Goodbye.");
  bob.hangUp();
});

Deno.test("a user's own messages are not echoed in plain text, and the user is not pinged", async () => {
  await using stage = new Stage();
  const [ada, bob] = [await stage.join("ada"), stage.dial()];
  await bob.write("bob\n");
  for (let n = 0; n < 3; n++) await bob.line();
  await bob.write("hello\n");
  await ada.until("message");
  for (let n = 0; n < 9; n++) {
    stage.pass(PING_INTERVAL_MS);
    await ada.events();
  }
  await bob.write("/rooms\n");
  assertEquals([await bob.line(), await bob.line()], ["* 1 room", "* #lobby, 2 here"]);
});

Deno.test("a user who disconnects leaves at once", async () => {
  await using stage = new Stage();
  const [ada, bob] = [await stage.join("ada"), stage.dial()];
  await bob.write("bob\n");
  await ada.until("join");
  bob.hangUp();
  assertEquals((await ada.until("leave")).reason, "closed");
});

Deno.test("a client greeted as a user that then sends JSON gets JSON", async () => {
  await using stage = new Stage();
  const late = await stage.arrive();
  stage.timers.advance(400);
  assertMatch((await late.line())!, /^\* Welcome/);
  await late.say({ type: "join", name: "late", room: "dev" });
  assertEquals(await late.line(), "Your name?");
  assertEquals((await late.event()).type, "welcome");
  assertEquals((await late.event() as Of<"joined">).room.name, "dev");
  stage.pass(PING_INTERVAL_MS);
  assertEquals(await late.event(), { type: "ping" });
});

Deno.test("a client that begins a line within 400 ms is not greeted before the line is complete", async () => {
  await using stage = new Stage();
  const slow = await stage.arrive();
  Object.defineProperty(slow.there, "firstByte", { value: "{".charCodeAt(0) });
  stage.timers.advance(400);
  slow.there.deliver(['{"type":"ping"}']);
  assertEquals((await slow.event()).type, "welcome");
  assertEquals((await slow.events()).map(({ type }) => type), ["pong"]);
});

Deno.test("a client that never ends its first line is closed, and one asked for a name has more time", async () => {
  await using stage = new Stage();
  const person = await stage.arrive();
  stage.timers.advance(FIRST_BYTES_WAIT_MS);
  const slow = await stage.arrive();
  for (const guest of [slow, person]) Object.defineProperty(guest.there, "firstByte", { value: "b".charCodeAt(0) });
  stage.timers.advance(FIRST_BYTES_WAIT_MS);
  stage.pass(FIRST_LINE_TIMEOUT_MS - 1);
  assert(!slow.there.closed);
  stage.pass(1);
  assert(slow.there.closed);
  assertEquals(await slow.rest(), []);
  stage.pass(GREETING_TIMEOUT_MS - FIRST_LINE_TIMEOUT_MS - 1);
  const ada = await stage.join("ada");
  await person.write("bob\n");
  assertEquals((await ada.until("join")).member.name, "bob");
});

Deno.test("a pasted paragraph arrives whole, and a far longer paste does not", async () => {
  const rate = { perSecond: DEFAULT_RATE_PER_SECOND, burst: DEFAULT_RATE_BURST };
  await using stage = new Stage({ rate });
  const [ada, bob] = [await stage.join("ada"), stage.dial()];
  await bob.write("bob\n");
  await ada.until("join");
  const paste = async (count: number) => {
    const lines = Array.from({ length: count }, (_, n) => `line ${n} of the paragraph`);
    await bob.write([...lines, "/rooms", ""].join("\n"));
    while (await bob.line() !== "* #lobby, 2 here");
    const heard = (await ada.events()).map((event) => event.type === "message" && event.text);
    assertEquals(heard, lines.slice(0, heard.length));
    return heard.length;
  };
  assertEquals(await paste(DEFAULT_RATE_BURST), DEFAULT_RATE_BURST);
  assertEquals(await paste(10), 0);
  stage.pass(1_000);
  assertEquals(await paste(10), DEFAULT_RATE_PER_SECOND);
});

Deno.test("a browser gets its response, and the connection ends", async () => {
  await using stage = new Stage();
  const browser = stage.dial();
  await browser.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const answer = await browser.rest();
  assertEquals([answer[0], ...answer.slice(-2)], ["HTTP/1.1 200 OK", "", "hello"]);
  browser.hangUp();
});

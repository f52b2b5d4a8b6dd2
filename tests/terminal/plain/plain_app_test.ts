import { assert, assertEquals } from "@std/assert";
import { runPlain } from "../../../src/terminal/plain/plain_app.ts";
import { IDLE_AFTER_MS } from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { ADA, AT, FakeClient, joined } from "../memory_terminal.ts";

/** Runs `--plain` on chunks of input from the test. */
function start(confirmQuit?: () => string) {
  const chunks = new TransformStream<Uint8Array, Uint8Array>();
  const writer = chunks.writable.getWriter();
  const state = { written: "", hidden: false, hides: 0 };
  const clock = new FakeClock(Date.parse(AT));
  let client!: FakeClient;
  let leave!: () => void;
  const ended = runPlain({
    makeClient: (onEvent) => client = new FakeClient(onEvent),
    ...{ room: "lobby", timeZone: "UTC", now: () => Date.parse(AT), clock },
    confirmQuit,
    input: chunks.readable,
    onStop: (listener) => leave = listener,
    hide: () => {
      state.hidden = true;
      state.hides++;
      return { [Symbol.dispose]: () => void (state.hidden = false) };
    },
    write: (text) => state.written += text,
  });
  client.receive(joined("lobby"));
  const type = (chunk: string | Uint8Array) =>
    writer.write(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
  const said = () => client.pending.map(({ text }) => text);
  const finish = async () => {
    client.end({ kind: "closed", cause: "left", reason: "Left" });
    await writer.close();
    await ended;
    assert(!state.hidden, "what is typed is shown again");
  };
  return { client, clock, state, type, said, writer, ended, finish, leave };
}

Deno.test("plain: lines are messages, split at any byte, and the last one needs no line end", async () => {
  const { client, type, said, writer, ended } = start();
  for (const byte of new TextEncoder().encode("one\ntwo é\r\n\n  \nthree\nfour")) await type(Uint8Array.of(byte));
  const closing = writer.close();
  while (said().length < 4) await Promise.resolve();
  assertEquals(said(), ["one", "two é", "three", "four"]);
  for (let seq = 1; seq <= 4; seq++) client.acknowledge(seq);
  await closing;
  assertEquals((await ended).cause, "left");
});

Deno.test("plain: a line that is not UTF-8 is reported and not sent", async () => {
  const { state, type, said, finish } = start();
  await type(Uint8Array.of(0xff, 0x0a));
  await type("fine\n");
  await finish();
  assert(state.written.includes("! The line is not valid UTF-8 and was not sent\n"));
  assertEquals(said(), ["fine"]);
});

Deno.test("plain: echo is off while a password is asked for, and on again after it", async () => {
  const { client, state, type, said, finish } = start();
  await type("/login ada\n");
  assert(state.hidden);
  assert(state.written.endsWith("Password of ada: (what you type is not shown)\n"), state.written);
  for (const byte of new TextEncoder().encode("hunterx\x7f2\r")) await type(Uint8Array.of(byte));
  await type("hello\n");
  assertEquals([state.hidden, state.hides], [false, 1]);
  assertEquals(client.asked.at(-1), { login: "ada", password: "hunter2" });
  assertEquals(said(), ["hello"]);
  assert(!state.written.includes("hunter"));
  await finish();
});

Deno.test("plain: input that arrives early answers the password prompts and is not sent", async () => {
  const { client, state, type, said, finish } = start();
  await type("/register\ncorrect horse\ncorrect horse\nhello\n");
  await type("");
  assertEquals(client.asked.at(-1), { type: "register", password: "correct horse" });
  assertEquals([said(), state.hides], [["hello"], 1]);
  await finish();
});

Deno.test("plain: Ctrl-C cancels a password prompt, and the end of the chat turns echo on again", async () => {
  const { client, state, type, finish } = start();
  await type("/login ada\n");
  await type("hun\x03");
  await type("");
  assert(state.written.endsWith("* No password entered: you are not logged in\n"));
  assert(!state.hidden);
  await type("/login ada\n");
  await type("");
  assert(state.hidden);
  assertEquals(client.asked, ["start"]);
  await finish();
});

Deno.test("plain: a password on the line of /login is not sent", async () => {
  const { state, type, said, finish } = start();
  await type(" /login ada hunter2\n//login ada hunter2\n");
  await finish();
  assertEquals(said(), []);
  assert(!state.written.includes("hunter2"));
});

Deno.test("plain: if quitting needs confirmation, the first /quit only asks", async () => {
  const { client, state, type, writer, ended } = start(() => "Others are here: quit again");
  for (const line of ["/quit\n", "hello\n", "/quit\n"]) await type(line);
  assertEquals(state.written.split("* Others are here: quit again\n").length, 3);
  assertEquals(client.asked, ["start"]);
  client.acknowledge(1);
  await type("/quit\n");
  assertEquals((await ended).cause, "left");
  await writer.close();
});

Deno.test("plain: the client leaves when the system asks the program to end", async () => {
  const { client, ended, leave } = start();
  leave();
  assert(client.asked.includes("close"));
  assertEquals((await ended).cause, "left");
});

Deno.test("plain: ten minutes without a line are reported until the next one, typing is neither reported nor shown", async () => {
  const { client, clock, state, type, said, finish } = start();
  const before = state.written;
  client.receive({ type: "typing", room: "lobby", member: ADA });
  clock.advance(IDLE_AFTER_MS);
  assertEquals([client.asked.at(-1), state.written], [{ type: "away", idle: true }, before]);
  await type("hello\n");
  while (said().length < 1) await Promise.resolve();
  assertEquals([client.asked.at(-1), client.typing], [{ type: "away", idle: true, off: true }, []]);
  await finish();
  assertEquals(clock.timers, 0);
});

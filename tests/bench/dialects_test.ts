import { assertEquals } from "@std/assert";
import { type Client, dialectOf, type Mode } from "./load/dialects.ts";

const RECEIVER: Client = { number: 3, sends: false, receives: true };
const SENDER: Client = { number: 7, sends: true, receives: false };
const OPTIONS = {
  room: "load",
  join: '{"join":"%s","name":"u%d"}',
  msg: '{"say":"%s","in":"load%d"}',
  expect: '"joined"',
};

/** The bytes that a client sends in reply to these lines until it has joined. */
function answers(mode: Mode, lines: readonly string[]): string[] {
  const dialect = dialectOf(mode, OPTIONS);
  return lines.map((line) => {
    const step = dialect.step(line);
    return step === undefined ? "" : "joined" in step ? "joined" : step.answer;
  });
}

Deno.test("JSON lines join and send by their templates", () => {
  const dialect = dialectOf("jsonl", OPTIONS);
  assertEquals(dialect.hello(RECEIVER), '{"join":"load","name":"u3"}\n');
  assertEquals(dialect.message("~hi~", SENDER), '{"say":"~hi~","in":"load7"}\n');
  assertEquals(answers("jsonl", ['{"type":"welcome"}', '{"type":"joined"}']), ["", "joined"]);
});

Deno.test("WebSocket clients send the same in frames after their request, and do not wait for line ends", () => {
  const dialect = dialectOf("websocket", OPTIONS);
  const [head, hello] = dialect.hello(RECEIVER).split("\r\n\r\n") as [string, string];
  assertEquals(head.split("\r\n")[0], "GET /ws HTTP/1.1");
  assertEquals(hello, `\x81${String.fromCharCode(0x80 | 27)}\0\0\0\0{"join":"load","name":"u3"}`);
  const long = "x".repeat(300);
  const framed = `{"say":"${long}","in":"load7"}`;
  const start = String.fromCharCode(0x81, 0xfe, framed.length >> 8, framed.length & 0xff, 0, 0, 0, 0);
  assertEquals(dialect.message(long, SENDER), start + framed);
  assertEquals([dialect.unlined, ...answers("websocket", ['\x81{"type":"jo', '\x81{"type":"joined"}'])], [
    true,
    "",
    "joined",
  ]);
});

Deno.test("raw clients send only their text, and wait only if a greeting is expected", () => {
  const dialect = dialectOf("raw", OPTIONS);
  assertEquals([dialect.hello(SENDER), dialect.message("~hi~", SENDER)], ["", "~hi~\n"]);
  assertEquals([dialect.waits, dialectOf("raw", { ...OPTIONS, expect: "" }).waits], [true, false]);
});

Deno.test("NATS clients subscribe if they receive, and answer a ping", () => {
  const dialect = dialectOf("nats", OPTIONS);
  assertEquals(dialect.hello(RECEIVER).split("\r\n").slice(1), ["SUB load 1", "PING", ""]);
  assertEquals(dialect.hello(SENDER).split("\r\n").slice(1), ["PING", ""]);
  assertEquals(dialect.message("~hi~", SENDER), "PUB load 4\r\n~hi~\r\n");
  assertEquals(answers("nats", ["INFO {}", "PING", "PONG"]), ["", "PONG\r\n", "joined"]);
});

Deno.test("Redis clients subscribe or ping", () => {
  const dialect = dialectOf("redis", OPTIONS);
  assertEquals(dialect.hello(RECEIVER), "*2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nload\r\n");
  assertEquals(dialect.hello(SENDER), "*1\r\n$4\r\nPING\r\n");
  assertEquals(dialect.message("~hi~", SENDER), "*3\r\n$7\r\nPUBLISH\r\n$4\r\nload\r\n$4\r\n~hi~\r\n");
  assertEquals(answers("redis", ["*3", "$9", "subscribe"]), ["", "", "joined"]);
  assertEquals(answers("redis", ["+PONG"]), ["joined"]);
});

Deno.test("IRC clients join after the welcome, and answer a ping", () => {
  const dialect = dialectOf("irc", OPTIONS);
  assertEquals(dialect.hello(SENDER), "NICK u7\r\nUSER u7 0 * :load\r\n");
  assertEquals(dialect.message("~hi~", SENDER), "PRIVMSG #load :~hi~\r\n");
  assertEquals(
    answers("irc", ["PING :abc", ":irc.test 001 u7 :Hi", ":irc.test 353 u7 = #load :u7", ":irc.test 366 u7"]),
    [
      "PONG :abc\r\n",
      "JOIN #load\r\n",
      "",
      "joined",
    ],
  );
});

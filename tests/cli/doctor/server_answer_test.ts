import { assert, assertEquals } from "@std/assert";
import { type Answer, converse } from "../../../src/cli/doctor/server_answer.ts";
import { MAX_LINE_BYTES } from "../../../src/protocol/limits.ts";
import { dialTcp } from "../../../src/transports/tcp.ts";

const CLOCKS = { now: () => 0, stopwatch: () => performance.now() };

/** Talks with a program that does this with its one connection. Returns the answer and the received bytes. */
async function talkWith(
  program: (conn: Deno.Conn) => Promise<void>,
  signal = new AbortController().signal,
): Promise<{ answer: Answer; received: number }> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = listener.accept().then(async (conn) => {
    await program(conn).catch(() => {});
    conn.close();
  });
  const connection = await dialTcp("127.0.0.1", (listener.addr as Deno.NetAddr).port);
  const answer = await converse(connection, CLOCKS, signal);
  connection.close();
  await serving;
  return { answer, received: connection.receivedBytes };
}

/** Writes the text again and again until the other end closes. */
function flood(text: string): (conn: Deno.Conn) => Promise<void> {
  const chunk = new TextEncoder().encode(text.repeat(Math.ceil(MAX_LINE_BYTES / text.length)));
  return async (conn) => {
    while (true) await conn.write(chunk);
  };
}

Deno.test("floods of bytes, of lines and of events are read up to a limit only", async () => {
  const kinds = new Map<string, Answer["kind"]>([["A", "silent"], ["A\n", "foreign"], ['{"type":"ping"}\n', "silent"]]);
  for (const [text, kind] of kinds) {
    const { answer, received } = await talkWith(flood(text));
    assertEquals(answer.kind, kind, text);
    assert(received < 40 * MAX_LINE_BYTES, `${received} bytes`);
  }
});

Deno.test("a program that is silent, or never ends its line, is left when the time is over", async () => {
  for (const text of ["", "SSH"]) {
    const time = new AbortController();
    const { answer } = await talkWith(async (conn) => {
      await conn.write(new TextEncoder().encode(text));
      await conn.read(new Uint8Array(64));
      time.abort();
      while (await conn.read(new Uint8Array(64)) !== null);
    }, time.signal);
    assertEquals(answer.kind, "silent", text);
  }
});

Deno.test("a program that closes at once is silent", async () => {
  assertEquals((await talkWith(() => Promise.resolve())).answer, { kind: "silent", began: false });
});

import { assertEquals, assertRejects } from "@std/assert";
import { type FileRequest, HttpLink, refusalOf } from "../../../src/client/files/http_link.ts";
import { TransferError } from "../../../src/client/files/transfer_error.ts";
import { MAX_HTTP_HEAD_BYTES, MAX_INTERIM_REPLIES, MAX_REPLY_BODY_BYTES } from "../../../src/protocol/limits.ts";
import { FakeLink } from "./fake_link.ts";

const GET: FileRequest = { method: "GET", path: "/files/a", headers: {} };

function open() {
  const link = new FakeLink();
  let moves = 0;
  const http = new HttpLink({ link, moved: () => moves++ });
  return { link, http, moves: () => moves };
}

async function rejects(promise: Promise<unknown>, kind: TransferError["kind"], message: string): Promise<void> {
  const error = await assertRejects(() => promise, TransferError, message);
  assertEquals(error.kind, kind);
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(new TextEncoder().encode(text));
}

Deno.test("requests follow one another on a link, each with its head, its body and its response", async () => {
  const { link, http, moves } = open();
  const first = http.ask({
    method: "PUT",
    path: "/files/1",
    headers: { Authorization: "Bearer t" },
    body: { bytes: 6, pieces: pieces("abc", "def") },
  });
  assertEquals(
    await link.request(6),
    "PUT /files/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\nContent-Length: 6\r\n\r\nabcdef",
  );
  link.reply(["HTTP/1.1 201 Created"], '{"a":1}');
  assertEquals([(await first).status, await http.text()], [201, '{"a":1}']);
  const second = http.ask(GET);
  assertEquals(await link.request(), "GET /files/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  link.reply(["HTTP/1.1 200 OK"], "12345");
  assertEquals((await second).left, 5);
  const buffer = new Uint8Array(3);
  assertEquals([await http.read(buffer), await http.read(buffer), await http.read(buffer)], [3, 2, 0]);
  assertEquals(moves() > 4, true);
  http[Symbol.dispose]();
  assertEquals(link.isClosed, true);
});

Deno.test("a response may come byte by byte, after provisional ones", async () => {
  const { link, http } = open();
  const reply = http.ask(GET);
  await link.request();
  const text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 104 Upload Resumption Supported\r\nUpload-Offset: 3\r\n\r\n" +
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
  for (const char of text) link.send(char);
  assertEquals([(await reply).status, await http.text()], [200, "hi"]);
});

Deno.test("a response that arrives before the body has gone out stops the body", async () => {
  const { link, http } = open();
  let given = 0;
  async function* endless() {
    for (; given < 1_000; given++) {
      if (given === 2) link.reply(["HTTP/1.1 413 Content Too Large"], "too much");
      yield await Promise.resolve(new Uint8Array(10));
    }
  }
  const reply = await http.ask({ ...GET, method: "PUT", body: { bytes: 10_000, pieces: endless() } });
  assertEquals([reply.status, await http.text()], [413, "too much"]);
  assertEquals(given < 1_000, true);
});

Deno.test("the server's response counts even if writing fails", async () => {
  const { link, http } = open();
  link.failsWrites = true;
  const reply = http.ask({ ...GET, method: "PUT", body: { bytes: 3, pieces: pieces("abc") } });
  link.reply(["HTTP/1.1 507 Insufficient Storage"], "full");
  assertEquals((await reply).status, 507);
});

Deno.test("a link that breaks before the response is broken, and an error of the body's source stays what it is", async () => {
  const { link, http } = open();
  const reply = http.ask(GET);
  link.break();
  await rejects(reply, "broken", "Connection lost: the link is broken");
  const ended = open();
  ended.link.end();
  await rejects(ended.http.ask(GET), "broken", "without an answer");
  const failing = open();
  async function* unreadable(): AsyncGenerator<Uint8Array> {
    yield await Promise.reject(new Error("disk error"));
  }
  const asked = failing.http.ask({ ...GET, method: "PUT", body: { bytes: 3, pieces: unreadable() } });
  await assertRejects(() => asked, Error, "disk error");
  failing.link.close();
});

Deno.test("a body that ends too early is broken", async () => {
  const { link, http } = open();
  const reply = http.ask(GET);
  link.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  link.end();
  await reply;
  await rejects(http.text(), "broken", "in the middle of the file");
});

Deno.test("responses that cannot be right are refused: no HTTP, no length, a head or a text without end", async () => {
  const answers: readonly (readonly [string, string])[] = [
    ["hello\r\n\r\n", "it is not HTTP"],
    ["HTTP/1.1 200 OK\r\n\r\n", "does not say its length"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "does not say its length"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "does not say its length"],
    [`HTTP/1.1 200 OK\r\nA: ${"x".repeat(MAX_HTTP_HEAD_BYTES)}`, "its head is too long"],
    ["HTTP/1.1 100 Continue\r\n\r\n".repeat(MAX_INTERIM_REPLIES + 1), "never comes to an end"],
  ];
  for (const [answer, message] of answers) {
    const { link, http } = open();
    const reply = http.ask(GET);
    link.send(answer);
    await rejects(reply, "invalid", message);
  }
  const { link, http } = open();
  const reply = http.ask(GET);
  link.reply(["HTTP/1.1 400 Bad Request"], "x".repeat(MAX_REPLY_BODY_BYTES + 1));
  await reply;
  await rejects(http.text(), "invalid", "its text is too long");
});

Deno.test("a path or a token that would add lines to a request is never sent", async () => {
  for (const request of [{ ...GET, path: "/a\r\nX: y" }, { ...GET, path: "a" }, { ...GET, headers: { A: "b\r\nc" } }]) {
    const { link, http } = open();
    await rejects(http.ask(request), "invalid", "names no path");
    link.close();
  }
});

Deno.test("some refusals pass, and say how long to wait at most", () => {
  const kind = (status: number, after = "") => refusalOf({ status, headers: new Map([["retry-after", after]]) }, "no");
  for (const status of [408, 409, 423, 429, 500, 503]) assertEquals(kind(status).kind, "busy", `${status}`);
  for (const status of [301, 400, 401, 403, 404, 413, 501, 507]) {
    assertEquals(kind(status).kind, "refused", `${status}`);
  }
  assertEquals([kind(503, "7").retryAfterMs, kind(503, "999999999").retryAfterMs, kind(503).retryAfterMs], [
    7_000,
    3_600_000,
    0,
  ]);
  assertEquals(refusalOf({ status: 418, headers: new Map() }, "").message, "The server answered with 418");
});

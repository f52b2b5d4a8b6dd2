import { assertEquals } from "@std/assert";
import {
  bodyBytesOf,
  contentRangeOf,
  numberIn,
  parseHttpReply,
  ReplyHead,
} from "../../../src/framing/http/http_reply.ts";
import { MAX_HTTP_HEAD_BYTES } from "../../../src/protocol/limits.ts";

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const reply = (head: string) => parseHttpReply(head)!;

Deno.test("a response has a status and headers by names in lower case, and repeated ones as a list", () => {
  const { status, headers } = reply('HTTP/1.1 206 Partial Content\r\nETag:  "x" \r\nVia: a\r\nVIA: b');
  assertEquals([status, [...headers]], [206, [["etag", '"x"'], ["via", "a, b"]]]);
  assertEquals(reply("HTTP/1.0 200").status, 200);
});

Deno.test("a head that is malformed is no response", () => {
  for (
    const head of [
      ...["", "{}", "HTTP/2 200", "HTTP/1.1 99", "HTTP/1.1 600 x", "HTTP/1.1 20x", "http/1.1 200 OK", " HTTP/1.1 200"],
      ...["HTTP/1.1 200 OK\n folded", "HTTP/1.1 200 OK\nno colon", "HTTP/1.1 200 OK\n: x", "HTTP/1.1 200 OK\nA : x"],
      ...["HTTP/1.1 200 OK\na: x\ry", "HTTP/1.1 200 OK\r\r\n"],
    ]
  ) assertEquals(parseHttpReply(head), undefined, head);
});

Deno.test("a head is found wherever it is split, and what follows it is not taken", () => {
  const whole = "HTTP/1.1 200 OK\r\nA: b\r\n\r\nHTTP";
  for (let cut = 0; cut < whole.length; cut++) {
    const head = new ReplyHead();
    const first = head.push(bytes(whole.slice(0, cut)));
    const found = first ?? head.push(bytes(whole.slice(cut)));
    assertEquals(found !== undefined && found !== "too long" && found.text, "HTTP/1.1 200 OK\r\nA: b");
    const end = (found as { end: number }).end;
    assertEquals((first === undefined ? cut : 0) + end, whole.length - 4);
  }
  const slow = new ReplyHead();
  const founds = [...whole].map((char) => slow.push(bytes(char))).filter((found) => found !== undefined);
  assertEquals(founds[0], { text: "HTTP/1.1 200 OK\r\nA: b", end: 1 });
});

Deno.test("a head beyond the limit is refused before it ends", () => {
  const head = new ReplyHead();
  assertEquals(head.push(bytes("HTTP/1.1 200 OK\r\nA: ")), undefined);
  assertEquals(head.push(bytes("x".repeat(MAX_HTTP_HEAD_BYTES))), "too long");
});

Deno.test("the length of a body is known only from a valid Content-Length, or from a status and a method without bodies", () => {
  const length = (fields: string, method = "GET", status = "200") =>
    bodyBytesOf(reply(`HTTP/1.1 ${status} x\n${fields}`), method);
  assertEquals(length("Content-Length: 12"), 12);
  assertEquals(length("Content-Length: 12", "HEAD"), 0);
  assertEquals(length("Content-Length: 12", "GET", "204"), 0);
  assertEquals(length("A: b", "GET", "304"), 0);
  assertEquals(length("A: b", "GET", "100"), 0);
  for (
    const fields of [
      ...["A: b", "Content-Length: -1", "Content-Length: 1e3", "Content-Length: 12\nContent-Length: 12"],
      ...["Content-Length: 0x10", "Content-Length: 9999999999999999", "Content-Length:"],
      ...["Content-Length: 12\nTransfer-Encoding: chunked", "Transfer-Encoding: identity"],
    ]
  ) assertEquals(length(fields), undefined, fields);
});

Deno.test("a part of a file is known only from a valid Content-Range", () => {
  const range = (value: string) => contentRangeOf(reply(`HTTP/1.1 206 x\nContent-Range: ${value}`));
  assertEquals(range("bytes 5-9/20"), { start: 5, end: 10, size: 20 });
  for (
    const value of [
      "",
      "bytes 5-9/*",
      "bytes */20",
      "bytes 9-5/20",
      "bytes 5-20/20",
      "5-9/20",
      "bytes 5-9/20, bytes 5-9/20",
    ]
  ) {
    assertEquals(range(value), undefined, value);
  }
  assertEquals(["7", "", "-7", "7 ", undefined].map(numberIn), [7, undefined, undefined, undefined, undefined]);
});

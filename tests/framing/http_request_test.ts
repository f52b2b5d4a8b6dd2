import { assertEquals } from "@std/assert";
import { parseRequest } from "../../src/framing/http_request.ts";

Deno.test("a head is read with its headers, whatever their case, and without the query", () => {
  const request = parseRequest("GET /a/b?c=?d HTTP/1.1\r\nHost: x:1\r\nX-Two:  a \r\nx-two:b\r\nEmpty:")!;
  assertEquals([request.method, request.path, request.version], ["GET", "/a/b", "1.1"]);
  assertEquals([...request.headers], [["host", "x:1"], ["x-two", "a, b"], ["empty", ""]]);
  assertEquals(parseRequest("\ufeffHEAD / HTTP/1.0")?.method, "HEAD");
});

Deno.test("a head that is broken is none", () => {
  const broken = ["X", " X: y", "X : y", ": y", "X: y\n folded", "X\0: y"];
  for (const line of broken) assertEquals(parseRequest(`GET / HTTP/1.1\nHost: x\n${line}`), undefined, line);
  for (const line of ["", "GET / HTTP/2.0", "GET  / HTTP/1.1", "get / HTTP/1.1", "GET /"]) {
    assertEquals(parseRequest(line), undefined, line);
  }
});

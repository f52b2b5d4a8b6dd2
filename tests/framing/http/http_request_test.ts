import { assertEquals } from "@std/assert";
import { parseRequest } from "../../../src/framing/http/http_request.ts";

Deno.test("a head is parsed with its headers in any case, and without the query", () => {
  const request = parseRequest("GET /a/b?c=?d HTTP/1.1\r\nHost: x:1\r\nX-Two:  a \r\nx-two:b\r\nEmpty:")!;
  assertEquals([request.method, request.path, request.query, request.version], ["GET", "/a/b", "?c=?d", "1.1"]);
  assertEquals([...request.headers], [["host", "x:1"], ["x-two", "a, b"], ["empty", ""]]);
  assertEquals(parseRequest("\ufeffHEAD / HTTP/1.0")?.method, "HEAD");
});

Deno.test("any token is a method, with its case, and any number a version", () => {
  for (const method of ["get", "X1", "M-SEARCH", "!#$%&'*+-.^_`|~"]) {
    assertEquals(parseRequest(`${method} / HTTP/1.1`)?.method, method);
  }
  for (const version of ["0.9", "1.0", "2.0", "3", "11.12"]) {
    assertEquals(parseRequest(`GET / HTTP/${version}`)?.version, version);
  }
});

Deno.test("an invalid head is not a request", () => {
  const broken = ["X", " X: y", "X : y", ": y", "X: y\n folded", "X\0: y"];
  for (const line of broken) assertEquals(parseRequest(`GET / HTTP/1.1\nHost: x\n${line}`), undefined, line);
  for (
    const line of [
      "",
      "GET / http/1.1",
      "GET  / HTTP/1.1",
      "G(T / HTTP/1.1",
      "GET / HTTP/1.",
      "GET / HTTP/1.1.1",
      "GET /",
    ]
  ) {
    assertEquals(parseRequest(line), undefined, line);
  }
});

import { assertEquals } from "@std/assert";
import { detectDialect, withoutMark } from "../../src/framing/dialect.ts";

Deno.test("a line that begins with a brace is JSON, also after blanks and a byte order mark", () => {
  for (const line of ['{"type":"ping"}', "{", "  {}", "\t{", "\ufeff{}", "\ufeff {}"]) {
    assertEquals(detectDialect(line), "json", line);
  }
});

Deno.test("an HTTP request is detected", () => {
  for (const line of ["GET / HTTP/1.1", "POST /x?y=z HTTP/1.0", "OPTIONS * HTTP/1.1", "\ufeffGET / HTTP/1.1"]) {
    assertEquals(detectDialect(line), "http", line);
  }
});

Deno.test("a line that ends like a request line is HTTP, with any method, version and case", () => {
  const methods = ["get", "patch", "X1", "M-SEARCH", "a", "VERSION-CONTROL-2", "!#$%&'*+-.^_`|~", "{", "/me", "é"];
  const versions = ["HTTP/1.1", "HTTP/2.0", "HTTP/3", "http/1.1", "Http/9", "HTTP/", "HTTP/1.", "HTTP/x.y"];
  for (const line of methods.flatMap((method) => versions.map((version) => `${method} / ${version}`))) {
    for (const first of [line, ` \t${line} `, `\ufeff${line}`, `${line}\nHost: x`, `${line} \n{`]) {
      assertEquals(detectDialect(first), "http", first);
    }
  }
  for (const line of ["GET  HTTP/1.1", "GET\t/\tHTTP/1.1", "GET /a b HTTP/1.1", "HTTP/1.1"]) {
    assertEquals(detectDialect(line), "http", line);
  }
});

Deno.test("any other line is plain text", () => {
  for (
    const line of [
      "",
      "ada",
      "[1]",
      "GET",
      "GET / HTTP/1.1 please",
      "GET /HTTP/1.1",
      "a HTTP 1.1",
      "xHTTP/1.1",
      "/help",
    ]
  ) {
    assertEquals(detectDialect(line), "plain", line);
  }
});

Deno.test("one byte order mark is removed, and only at the start", () => {
  assertEquals(withoutMark("\ufeffa\ufeff"), "a\ufeff");
  assertEquals(withoutMark("\ufeff\ufeffa"), "\ufeffa");
  assertEquals(withoutMark("a"), "a");
});

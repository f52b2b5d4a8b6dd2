import { assertEquals } from "@std/assert";
import { detectDialect, withoutMark } from "../../src/framing/detect.ts";

Deno.test("a line that begins with a brace is JSON, behind blanks and a byte order mark, too", () => {
  for (const line of ['{"type":"ping"}', "{", "  {}", "\t{", "\ufeff{}", "\ufeff {}"]) {
    assertEquals(detectDialect(line), "json", line);
  }
});

Deno.test("an HTTP request is a browser", () => {
  for (const line of ["GET / HTTP/1.1", "POST /x?y=z HTTP/1.0", "OPTIONS * HTTP/1.1", "\ufeffGET / HTTP/1.1"]) {
    assertEquals(detectDialect(line), "http", line);
  }
});

Deno.test("anything else is a person", () => {
  for (const line of ["", "ada", "[1]", "GET", "GET / HTTP/1.1 please", "get / HTTP/1.1", "GET  HTTP/1.1", "/help"]) {
    assertEquals(detectDialect(line), "plain", line);
  }
});

Deno.test("one byte order mark goes, and only from the beginning", () => {
  assertEquals(withoutMark("\ufeffa\ufeff"), "a\ufeff");
  assertEquals(withoutMark("\ufeff\ufeffa"), "\ufeffa");
  assertEquals(withoutMark("a"), "a");
});

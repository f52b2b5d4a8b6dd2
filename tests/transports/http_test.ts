import { assertEquals, assertStringIncludes } from "@std/assert";
import { httpAnswer } from "../../src/transports/http.ts";

Deno.test("the answer to a browser is whole HTTP, with the length of its body in bytes", () => {
  const answer = httpAnswer("Grüße", ["confab connect 10.0.0.1", "nc 10.0.0.1 5050"]);
  const [head, body] = answer.split("\r\n\r\n");
  const [status, ...fields] = head!.split("\r\n");
  assertEquals(status, "HTTP/1.1 200 OK");
  const headers = new Headers(fields.map((field) => field.split(": ") as [string, string]));
  assertEquals(headers.get("content-length"), String(new TextEncoder().encode(body).length));
  assertEquals(headers.get("connection"), "close");
  assertEquals(headers.get("content-type"), "text/plain; charset=utf-8");
  assertStringIncludes(body!, "Grüße");
  assertStringIncludes(body!, "nc 10.0.0.1 5050\n");
});

import { assertEquals, assertThrows } from "@std/assert";
import { FailedMessages } from "../../../src/terminal/model/failed_messages.ts";

Deno.test("if sending one of all failed messages again throws, the rest stay failed", () => {
  const sent: string[] = [];
  const messages = new FailedMessages({
    send: (_, text) => {
      if (text === "two") throw new Error("the client is closed");
      sent.push(text);
    },
    drop: () => false,
    pending: () => [],
  });
  for (const text of ["one", "two", "three"]) {
    const message = { ref: text, target: { room: "lobby" }, text };
    messages.handle({ type: "failed", message, error: { type: "error", code: "forbidden", message: "refused" } });
  }
  assertThrows(() => messages.resend(undefined), Error, "the client is closed");
  assertEquals(sent, ["one"]);
  assertEquals(messages.failed.map(({ text }) => text), ["two", "three"]);
});

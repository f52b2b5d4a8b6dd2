import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { stackOf } from "../../../src/server/monitor/log_events.ts";

Deno.test("an internal error is logged by its type and origin", () => {
  const stack = stackOf(new RangeError("Too long"));
  assertMatch(stack, /^RangeError\n\s+at /);
  assertStringIncludes(stack, "log_events_test.ts");
});

const SECRETS = ["xyzzy", "two\n    at xyzzy (lines.ts:1:1)", "", "Error", "Error: xyzzy", "(xyzzy"];

Deno.test("the message of an internal error is not logged, since it may quote a user", () => {
  for (const message of SECRETS) {
    assertEquals(stackOf(new Error(message)).includes("xyzzy"), false, message);
    assertEquals(stackOf(new TypeError(message)).includes("xyzzy"), false, message);
  }
});

class OwnError extends Error {
  override readonly name = "OwnError";
}

Deno.test("a changed message, a custom name and a cause are not logged either", () => {
  const changed = new Error("xyzzy");
  changed.message = "other";
  const faults = [changed, new OwnError("xyzzy"), new Error("plugh", { cause: new Error("xyzzy") })];
  for (const fault of faults) assertEquals(stackOf(fault).includes("xyzzy"), false, fault.stack);
  assertMatch(stackOf(new OwnError("xyzzy")), /^OwnError\n\s+at /);
});

Deno.test("a thrown value that is not an error is logged by its type", () => {
  assertEquals(["xyzzy", undefined, { text: "xyzzy" }].map(stackOf), ["string", "undefined", "object"]);
});

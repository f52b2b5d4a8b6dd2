import { assert, assertEquals, assertMatch } from "@std/assert";
import { explain } from "../../../src/cli/platform/system_errors.ts";

const { errors } = Deno;

Deno.test("errors of the system are explained in plain words", () => {
  const faults: [Error, string][] = [
    [new errors.AddrInUse("Address already in use (os error 98)"), "the address is already in use"],
    [new errors.AddrNotAvailable("(os error 99)"), "this machine does not have that address"],
    [new errors.PermissionDenied("(os error 13)"), "the operating system denies permission"],
    [new errors.ConnectionRefused("(os error 111)"), "connection refused; check the address"],
    [new errors.ConnectionReset("(os error 104)"), "the other side reset the connection"],
    [new errors.NotFound("(os error 2)"), "it does not exist"],
    [new errors.TimedOut("(os error 110)"), "timed out waiting for an answer"],
    [new DOMException("Signal timed out.", "TimeoutError"), "timed out waiting for an answer"],
    [new Error("failed to lookup address information: Name or service not known"), "unknown host; check the spelling"],
  ];
  for (const [error, words] of faults) assert(explain(error).startsWith(words), explain(error));
});

Deno.test("a missing Deno permission is explained with its flag", () => {
  const net = new errors.NotCapable('Requires net access to "127.0.0.1:5050", run again with the --allow-net flag');
  assertEquals(explain(net), "Deno was not given net access: run it with --allow-net");
});

Deno.test("any other error is one line without a stack trace", () => {
  assertEquals(explain(new Error("first\n    at somewhere (file.ts:1:1)")), "first");
  assertEquals(explain(new Error("")), "the system did not say why");
  assertEquals(explain("a string"), "a string");
  assertEquals(explain(undefined), "undefined");
  for (const thrown of [null, 5, {}, Symbol("x"), new Error("\n\n")]) {
    const words = explain(thrown);
    assert(words !== "" && !words.includes("\n"));
  }
});

Deno.test("real errors of the system are explained in plain words", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  let inUse: unknown;
  try {
    Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    inUse = error;
  }
  listener.close();
  assertMatch(explain(inUse), /^the address is already in use/);
  const refused = await Deno.connect({ hostname: "127.0.0.1", port }).catch((error) => error);
  assertMatch(explain(refused), /^connection refused/);
  const unknown = await Deno.connect({ hostname: "no.such.host.invalid", port }).catch((error) => error);
  assertMatch(explain(unknown), /^unknown host/);
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import { explain } from "../../../src/cli/platform/system_errors.ts";

const { errors } = Deno;

Deno.test("what the system says is told in words for whoever asked", () => {
  const faults: [Error, string][] = [
    [new errors.AddrInUse("Address already in use (os error 98)"), "something listens there already"],
    [new errors.AddrNotAvailable("(os error 99)"), "this machine does not have that address"],
    [new errors.PermissionDenied("(os error 13)"), "the system does not allow it"],
    [new errors.ConnectionRefused("(os error 111)"), "nobody listens there"],
    [new errors.ConnectionReset("(os error 104)"), "the other end broke the connection off"],
    [new errors.NotFound("(os error 2)"), "it does not exist"],
    [new errors.TimedOut("(os error 110)"), "there was no answer in time"],
    [new DOMException("Signal timed out.", "TimeoutError"), "there was no answer in time"],
    [new Error("failed to lookup address information: Name or service not known"), "no machine of that name is known"],
  ];
  for (const [error, words] of faults) assert(explain(error).startsWith(words), explain(error));
});

Deno.test("a right that Deno was not given is told with the flag that gives it", () => {
  const net = new errors.NotCapable('Requires net access to "127.0.0.1:5050", run again with the --allow-net flag');
  assertEquals(explain(net), "Deno was not given net access: run it with --allow-net");
});

Deno.test("whatever else goes wrong is one line, without a stack", () => {
  assertEquals(explain(new Error("first\n    at somewhere (file.ts:1:1)")), "first");
  assertEquals(explain(new Error("")), "the system did not say why");
  assertEquals(explain("a string"), "a string");
  assertEquals(explain(undefined), "undefined");
  for (const thrown of [null, 5, {}, Symbol("x"), new Error("\n\n")]) {
    const words = explain(thrown);
    assert(words !== "" && !words.includes("\n"));
  }
});

Deno.test("a real refusal of the system is told in words", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  let inUse: unknown;
  try {
    Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    inUse = error;
  }
  listener.close();
  assertMatch(explain(inUse), /^something listens there already/);
  const refused = await Deno.connect({ hostname: "127.0.0.1", port }).catch((error) => error);
  assertMatch(explain(refused), /^nobody listens there/);
  const unknown = await Deno.connect({ hostname: "no.such.host.invalid", port }).catch((error) => error);
  assertMatch(explain(unknown), /^no machine of that name is known/);
});

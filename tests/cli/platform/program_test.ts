import { assertEquals } from "@std/assert";
import { onUncaught } from "../../../src/cli/platform/program.ts";

Deno.test("a rejection that nobody handles, and an error that nobody catches, are called back and end nothing", async () => {
  const faults: unknown[] = [];
  let told = Promise.withResolvers<void>();
  onUncaught((error) => {
    faults.push(error);
    told.resolve();
  });
  const rejected = new Error("Rejected");
  void Promise.reject(rejected);
  await told.promise;
  told = Promise.withResolvers<void>();
  const thrown = new Error("Thrown");
  setTimeout(() => {
    throw thrown;
  }, 0);
  await told.promise;
  assertEquals(faults, [rejected, thrown]);
});

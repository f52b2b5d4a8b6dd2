import { assertEquals } from "@std/assert";
import { onUncaught } from "../../../src/cli/platform/program.ts";

Deno.test("unhandled rejections and uncaught errors are called back and do not end the program", async () => {
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

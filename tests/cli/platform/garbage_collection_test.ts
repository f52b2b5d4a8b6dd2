import { assert, assertEquals } from "@std/assert";
import { run } from "../../helpers/process.ts";

const MODULE = import.meta.resolve("../../../src/cli/platform/garbage_collection.ts");
const SCRIPT = `
import { garbageCollection } from "${MODULE}";
let garbage = Array.from({ length: 1_000_000 }, (_, index) => ({ index }));
const before = Deno.memoryUsage().heapUsed + garbage.length;
garbage = [];
const collect = garbageCollection();
await collect?.();
console.log(collect === undefined ? "missing" : before - Deno.memoryUsage().heapUsed);
`;

/** The bytes that a collection frees in a program with these options, or "missing". */
async function freed(...options: readonly string[]): Promise<string> {
  const args = ["run", "--no-config", "--no-prompt", ...options, "-"];
  const { stdout, stderr } = await run(Deno.execPath(), { args, input: SCRIPT });
  assertEquals(stderr, "");
  return stdout.trim();
}

Deno.test("garbage is collected on request, also if V8 was started without the flag", async () => {
  assert(Number(await freed("--v8-flags=--expose-gc")) > 10_000_000);
  const plain = await freed();
  // Deno 2.7 has no such function in later contexts.
  if (!Deno.version.deno.startsWith("2.7.")) assert(Number(plain) > 10_000_000, plain);
});

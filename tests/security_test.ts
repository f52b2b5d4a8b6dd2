import { assert } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

Deno.test("the tests that SECURITY.md names are there", () => {
  const text = Deno.readTextFileSync(new URL(".github/SECURITY.md", ROOT));
  const named = [...text.matchAll(/`(tests\/[^`]+)`/g)].map(([, path]) => path!);
  assert(named.length > 0);
  for (const path of named) Deno.statSync(new URL(path, ROOT));
});

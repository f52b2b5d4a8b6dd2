import { assert, assertEquals } from "@std/assert";
import { readTable } from "./manual/generated_table.ts";

const ROOT = new URL("../", import.meta.url);
const TEXT = Deno.readTextFileSync(new URL(".github/SECURITY.md", ROOT));

function exists(path: string): boolean {
  try {
    return Deno.statSync(new URL(path, ROOT)) !== undefined;
  } catch {
    return false;
  }
}

Deno.test("the tests that SECURITY.md names exist", () => {
  const named = [...TEXT.matchAll(/`((?:tests|\.ci)\/[^`]+)`/g)].map(([, path]) => path!);
  assert(named.length > 0);
  assertEquals(named.filter((path) => !exists(path)), []);
});

Deno.test("each attack in SECURITY.md names what stops it, and a test", () => {
  const tables = TEXT.split(/^## /m).filter((section) => section.includes("| Attack |"));
  const attacks = tables.flatMap(readTable);
  assert(attacks.length > 30);
  for (const [attack, defence, tests] of attacks) {
    assert(defence !== "" && /`(?:tests|\.ci)\//.test(tests!), attack);
  }
});

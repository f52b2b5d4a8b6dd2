import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { bundle } from "../../src/page/module_bundle.ts";
import { buildPage } from "../../src/page/page.ts";

/** Compressed it is less than a third of that. */
const MAX_PAGE_CHARS = 600 * 1024;

async function hashOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`;
}

function directives(policy: string): Map<string, string[]> {
  return new Map(
    policy.split("; ").map((directive) => {
      const [name, ...values] = directive.split(" ");
      return [name!, values];
    }),
  );
}

Deno.test("the page is one document without further requests, and its policy allows only its own script and styles", async () => {
  const { html, policy } = await buildPage();
  const scripts = Array.from(html.matchAll(/<script>([^]*?)<\/script>/g), ([, code]) => code!);
  const styles = Array.from(html.matchAll(/<style>([^]*?)<\/style>/g), ([, code]) => code!);
  assertEquals([scripts.length, styles.length], [1, 3]);
  const allowed = directives(policy);
  assertEquals(allowed.get("script-src"), await Promise.all(scripts.map(hashOf)));
  assertEquals(allowed.get("style-src"), await Promise.all(styles.map(hashOf)));
  assertEquals([allowed.get("default-src"), allowed.get("connect-src")], [["'none'"], ["'self'"]]);
  assertNotMatch(policy, /unsafe|\*/);
  const markup = html.replaceAll(/<(script|style)>[^]*?<\/\1>/g, "");
  assertNotMatch(markup, /<(script|style|link rel="stylesheet")| on\w+=| style=/);
  assert(html.length < MAX_PAGE_CHARS, `${html.length} characters`);
});

Deno.test("the script is valid JavaScript and contains the modules shared with the terminal client", async () => {
  const { html } = await buildPage();
  const [, code] = /<script>([^]*?)<\/script>/.exec(html)!;
  new Function(code!);
  for (const path of ["src/web/page_app.ts", "src/client/client.ts", "src/protocol/text/sanitize.ts"]) {
    assert(code!.includes(`"${path}"(require, exports, module)`), path);
  }
});

Deno.test("bundled modules see each other's exports, run once, and cannot end the script element", async () => {
  const folder = await Deno.makeTempDir();
  const root = new URL(`file://${folder.replaceAll("\\", "/").replace(/^(?=\w:)/, "/")}/`);
  try {
    await Deno.mkdir(new URL("deep", root));
    await Deno.writeTextFile(
      new URL("main.ts", root),
      `import { type Told, tell } from "./deep/tell.ts";
import * as all from "./deep/tell.ts";
const told: Told[] = [tell("</script><!--"), tell(all.tail satisfies string)];
(globalThis as unknown as { told: Told[] }).told = told;`,
    );
    await Deno.writeTextFile(
      new URL("deep/tell.ts", root),
      `import type { Never } from "./never.ts";
export interface Told { readonly text: string; readonly nth: number }
class Teller { #nth = 0; get next(): number { return this.#nth++; } }
const teller = new Teller();
export const tail = "?." as string;
export function tell(text: string): Told & Partial<Never> { return { text, nth: teller?.next ?? -1 }; }`,
    );
    const script = await bundle(root, "main.ts");
    assertNotMatch(script, /<\/script|<!--/i);
    const sandbox: { told?: unknown } = {};
    new Function("globalThis", script)(sandbox);
    assertEquals(sandbox.told, [{ text: "</script><!--", nth: 0 }, { text: "?.", nth: 1 }]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

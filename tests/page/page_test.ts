import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { gzipSync } from "node:zlib";
import { buildPage } from "../../src/page/page.ts";

/** Browsers take brotli, which is smaller, over TLS and on this machine, and gzip elsewhere. */
const MAX_GZIP_BYTES = 100_000;

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

Deno.test("the page is one document, and its policy allows only its own styles, its own script and what that imports", async () => {
  const { html, policy } = await buildPage();
  const scripts = Array.from(html.matchAll(/<script>([^]*?)<\/script>/g), ([, code]) => code!);
  const styles = Array.from(html.matchAll(/<style>([^]*?)<\/style>/g), ([, code]) => code!);
  assertEquals([scripts.length, styles.length], [1, 3]);
  const allowed = directives(policy);
  assertEquals(allowed.get("script-src"), [await hashOf(scripts[0]!), "'self'"]);
  assertEquals(allowed.get("style-src"), await Promise.all(styles.map(hashOf)));
  assertEquals([allowed.get("default-src"), allowed.get("connect-src")], [["'none'"], ["'self'"]]);
  assertNotMatch(policy, /unsafe|\*/);
  const markup = html.replaceAll(/<(script|style)>[^]*?<\/\1>/g, "");
  assertNotMatch(markup, /<(script|style|link rel="stylesheet")| on\w+=| style=/);
});

Deno.test("the first load of the page takes less than 100 KB as gzip", async () => {
  const { html } = await buildPage();
  const { length } = gzipSync(html, { level: 9 });
  assert(length < MAX_GZIP_BYTES, `${length} bytes`);
});

Deno.test("the script is valid JavaScript, and what few users need is in scripts that it imports", async () => {
  const { html, scripts } = await buildPage();
  const [, main] = /<script>([^]*?)<\/script>/.exec(html)!;
  new Function(main!);
  for (
    const [text, isFirst] of [["Reconnecting; ", true], ["Yes, it is mine", false], ["shape-rendering", false], [
      "Aabandon",
      false,
    ]] as const
  ) {
    const files = Array.from(scripts!, ([file, code]) => code.includes(text) ? [file] : []).flat();
    assertEquals([main!.includes(text), files.length], [isFirst, isFirst ? 0 : 1], text);
    for (const file of files) assertMatch(file, /^[\w-]{16}\/\d+\.js$/);
  }
});

import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { buildPage } from "../../src/page/page.ts";

/** Bytes of the first load. Browsers take brotli over TLS and on this machine, and gzip elsewhere. */
const MAX_PAGE_BYTES = { brotli: 100_000, gzip: 120_000 };

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
});

Deno.test("the first load of the page takes less than 100 KB as brotli, and 120 KB as gzip", async () => {
  const { html } = await buildPage();
  const sizes = { brotli: brotliCompressSync(html).length, gzip: gzipSync(html, { level: 9 }).length };
  assert(sizes.brotli < MAX_PAGE_BYTES.brotli && sizes.gzip < MAX_PAGE_BYTES.gzip, JSON.stringify(sizes));
});

Deno.test("the script is valid JavaScript and contains the modules shared with the terminal client", async () => {
  const { html } = await buildPage();
  const [, code] = /<script>([^]*?)<\/script>/.exec(html)!;
  new Function(code!);
  for (const name of ["class PageApp", "class Client{", "function sanitize("]) assert(code!.includes(name), name);
});

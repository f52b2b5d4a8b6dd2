/** The page for browsers: one document that holds all it needs, and a policy that lets it do nothing else. */

import type { StaticPage } from "../framing/http/http_response.ts";
import { bundle } from "./module_bundle.ts";

const ROOT = new URL("../../", import.meta.url);
const DOCUMENT = "src/web/index.html";
const STYLE = /<link rel="stylesheet" href="([^"]+)">/g;
const SCRIPT = /<script src="([^"]+)"><\/script>/g;

/** Takes some 100 ms. Rejects where the sources cannot be read, and never asks whoever runs the program for leave. */
export async function buildPage(): Promise<StaticPage> {
  const { state } = await Deno.permissions.query({ name: "read", path: ROOT });
  if (state !== "granted") throw new Error("Cannot make the page: Deno may not read the program's files");
  const source = await Deno.readTextFile(new URL(DOCUMENT, ROOT));
  const styles: string[] = [];
  const scripts: string[] = [];
  for (const [, path] of source.matchAll(STYLE)) styles.push(await Deno.readTextFile(resolve(path!)));
  for (const [, path] of source.matchAll(SCRIPT)) {
    scripts.push(await bundle(ROOT, resolve(path!).href.slice(ROOT.href.length)));
  }
  let style = 0;
  let script = 0;
  const html = source
    .replace(STYLE, () => `<style>${styles[style++]}</style>`)
    .replace(SCRIPT, () => `<script>${scripts[script++]}</script>`);
  return { html, policy: policyOf(await hashes(scripts), await hashes(styles)) };
}

function resolve(path: string): URL {
  return new URL(path, new URL(DOCUMENT, ROOT));
}

/** Strict in the sense of CSP level 3: nothing runs but what was hashed, and no text becomes markup. */
function policyOf(scripts: readonly string[], styles: readonly string[]): string {
  return [
    "default-src 'none'",
    `script-src ${scripts.join(" ")}`,
    `style-src ${styles.join(" ")}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

function hashes(texts: readonly string[]): Promise<string[]> {
  return Promise.all(texts.map(async (text) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return `'sha256-${btoa(String.fromCharCode(...digest))}'`;
  }));
}

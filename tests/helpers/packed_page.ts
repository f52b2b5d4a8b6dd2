/**
 * Takes the place of `src/page/page.ts` in servers of tests, by the import map of `packed_pages.ts`. The first server packs the
 * page, as users' servers do, and the others read it. The query of this module's address names the state of the sources.
 */

import type { StaticPage } from "../../src/framing/http/http_response.ts";
import type { PageOptions } from "../../src/page/page.ts";

const FOLDER = new URL(`../../vendor/.pages/${new URL(import.meta.url).search.slice(1)}/`, import.meta.url);

export async function buildPage(options: PageOptions = {}): Promise<StaticPage> {
  const file = new URL(`${await hashOf(options.title ?? "")}.json`, FOLDER);
  return await read(file) ?? await pack(options, file);
}

async function read(file: URL): Promise<StaticPage | undefined> {
  try {
    const { scripts, ...page } = JSON.parse(await Deno.readTextFile(file));
    return { ...page, scripts: new Map(scripts) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Other servers may do the same at the same time: none of them sees half a file. */
async function pack(options: PageOptions, file: URL): Promise<StaticPage> {
  const page = await (await import("../../src/page/page.ts")).buildPage(options);
  const part = new URL(`${file.href}.${crypto.randomUUID()}`);
  await Deno.writeTextFile(part, JSON.stringify({ ...page, scripts: [...page.scripts ?? []] }));
  await Deno.rename(part, file);
  return page;
}

async function hashOf(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
}

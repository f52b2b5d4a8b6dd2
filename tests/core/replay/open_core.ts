/** A copy of the core in which private fields are ordinary properties, so that tests see the whole state of a hub. */

import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";
import type { Hub } from "../../../src/core/hub.ts";

const SOURCES = fileURLToPath(new URL("../../../src", import.meta.url));
const PRIVATE_NAME = /(?<![\w"'`])#(?=[a-zA-Z])/g;

/** Loads the copy, from a folder that is removed at once. */
export async function openCore(): Promise<typeof Hub> {
  const folder = await Deno.makeTempDir({ prefix: "confab-core-" });
  try {
    for (const part of ["core", "protocol"]) await copy(join(SOURCES, part), join(folder, part));
    const { Hub } = await import(pathToFileURL(join(folder, "core", "hub.ts")).href);
    return Hub;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copy(join(from, name), join(to, name));
    else await Deno.writeTextFile(join(to, name), opened(await Deno.readTextFile(join(from, name))));
  }
}

function opened(source: string): string {
  return source.replaceAll(PRIVATE_NAME, "private_");
}

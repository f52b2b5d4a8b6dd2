/**
 * Files: rates and processor time of copies, compared with `nc` and a bare copy by Deno; delays of the chat beside transfers;
 * memory of the server; a folder of 10,000 files. Usage: deno task bench:files [--mb 1024] [--rounds 3]
 * [--only copies,chat,memory,folder]. Needs Linux, bash, nc and curl. Prints a table on standard error, and all figures as
 * one JSON object.
 */

import { parseArgs } from "@std/cli/parse-args";
import { removeFolders } from "../helpers/e2e_home.ts";
import { compareCopies } from "./files/comparison.ts";
import { Site } from "./files/site.ts";
import { measureChat } from "./files/chat_delays.ts";
import { measureMemory } from "./files/transfer_memory.ts";
import { measureFolder } from "./files/folder_pauses.ts";

const options = parseArgs(Deno.args, { string: ["mb", "rounds", "only"] });
const bytes = Number(options.mb ?? 1024) * 1024 ** 2;
const rounds = Number(options.rounds ?? 3);
const only = options.only?.split(",");

const SECTIONS: Readonly<Record<string, (site: Site) => Promise<unknown>>> = {
  copies: (site) => compareCopies(site, rounds),
  chat: measureChat,
  memory: measureMemory,
  folder: measureFolder,
};

const found: Record<string, unknown> = { mb: bytes / 1024 ** 2, rounds };
{
  await using site = await Site.open(bytes);
  for (const [name, measure] of Object.entries(SECTIONS)) {
    if (only?.includes(name) ?? true) found[name] = await measure(site);
  }
}
removeFolders();
console.log(JSON.stringify(found, null, 2));

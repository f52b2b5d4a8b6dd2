/** Renews the generated tables of the manual: `deno task manual`. */

import { MISSING, renew } from "./generated_table.ts";
import { PAGES, TABLES } from "./tables.ts";

for (const name of PAGES) {
  const url = new URL(`../../src/manual/${name}.md`, import.meta.url);
  const page = await Deno.readTextFile(url);
  const renewed = renew(page, TABLES);
  if (renewed === page) continue;
  await Deno.writeTextFile(url, renewed);
  console.log(`src/manual/${name}.md is renewed`);
  if (renewed.includes(MISSING)) console.log(`Write the sentences marked ${MISSING} in it`);
}

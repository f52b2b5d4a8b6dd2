/**
 * A load generator in a process of its own, for those who have no fanload: it takes its options and prints its JSON.
 * Usage: deno run -A tests/bench/load/main.ts --mode jsonl --port N …; load_options.ts lists them.
 * Ends with 1 where anything was lost or doubled, or did not come to an end.
 */

import { parseLoadOptions } from "./load_options.ts";
import { LoadRun } from "./load_run.ts";

const result = await new LoadRun(parseLoadOptions(Deno.args)).run();
console.log(JSON.stringify(result));
Deno.exit(result.status === "ok" && result.lost === 0 && result.dups === 0 && result.corrupt === 0 ? 0 : 1);

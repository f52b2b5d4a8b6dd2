/**
 * A load generator in a process of its own, for machines without fanload. It takes the same options and prints the same JSON.
 * Usage: deno run -A tests/bench/load/main.ts --mode jsonl --port N …; load_options.ts lists them.
 * Exits with 1 if a message was lost or duplicated, or the run did not finish.
 */

import { parseLoadOptions } from "./load_options.ts";
import { LoadRun } from "./load_run.ts";

const result = await new LoadRun(parseLoadOptions(Deno.args)).run();
console.log(JSON.stringify(result));
Deno.exit(result.status === "ok" && result.lost === 0 && result.dups === 0 && result.corrupt === 0 ? 0 : 1);

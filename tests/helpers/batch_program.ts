/** Runs each argument as a command line, and prints a line with its exit code to both outputs. */

import { runCli } from "../../src/cli/cli.ts";

for (const line of Deno.args) {
  const code = await runCli(JSON.parse(line));
  console.log(`\0${code}`);
  console.error(`\0${code}`);
}
Deno.exit(0);

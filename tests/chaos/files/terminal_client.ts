/** The program on pipes that pass for a terminal: `connect --plain` reads lines and prints lines. */

Deno.stdin.isTerminal = Deno.stdout.isTerminal = () => true;
const { runCli } = await import("../../../src/cli/cli.ts");
Deno.exit(await runCli(Deno.args));

import { assertEquals } from "@std/assert";
import { supportsHyperlinks } from "../../../src/cli/platform/user_terminal.ts";

const TAKING: readonly Readonly<Record<string, string>>[] = [
  { TERM: "xterm-kitty" },
  { TERM: "foot" },
  { TERM: "xterm-256color", TERM_PROGRAM: "WezTerm" },
  { TERM: "xterm-256color", VTE_VERSION: "6800" },
  { TERM: "xterm-256color", WT_SESSION: "1" },
  { TERM: "tmux-256color", TERM_PROGRAM: "tmux", TERM_PROGRAM_VERSION: "3.4" },
];

const NOT_TAKING: readonly Readonly<Record<string, string>>[] = [
  {},
  { TERM: "xterm-256color" },
  { TERM: "linux" },
  { TERM: "xterm-256color", TERM_PROGRAM: "Apple_Terminal" },
  { TERM: "xterm-256color", VTE_VERSION: "4800" },
  // The text outside the link does not matter.
  { TERM: "tmux-256color", TERM_PROGRAM: "tmux", TERM_PROGRAM_VERSION: "3.3a", VTE_VERSION: "6800" },
];

Deno.test("hyperlinks are used only on terminals that are known to support them", () => {
  for (const [terminals, taken] of [[TAKING, true], [NOT_TAKING, false]] as const) {
    for (const env of terminals) assertEquals([env, supportsHyperlinks((name) => env[name])], [env, taken]);
  }
});

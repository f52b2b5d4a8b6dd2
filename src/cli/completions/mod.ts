/**
 * Scripts that complete the command line in bash, zsh, fish and PowerShell. Pure text, made from the command specifications.
 *
 * Start with `completion_grammar.ts`: each script is made from that grammar.
 *
 * @module
 */

export { grammarOf } from "./completion_grammar.ts";

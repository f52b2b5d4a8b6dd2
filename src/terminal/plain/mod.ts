/**
 * The chat without drawing, for `--plain`, pipes and screen readers: the terminal edits input lines, output is appended.
 * It uses the same chat and the same sentences as the live terminal and writes no escape sequence except notifications.
 * Read `plain_app.ts` first. `plain_output.ts` alone serves pipes.
 *
 * @module
 */

export { runPlain } from "./plain_app.ts";
export { createPlainOutput } from "./plain_output.ts";

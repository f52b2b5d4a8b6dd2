/**
 * The command `doctor`: what can prevent a chat, on this machine and on the way to a server, and what to do about it.
 * A check looks and changes nothing: it neither joins a chat nor remembers a server. Each has a time limit, and reads no more
 * than it needs, because the other side may be hostile.
 *
 * Start with `check_result.ts` and `examination.ts`. `machine_examination.ts` and `server_examination.ts` list the checks. The files
 * named `…_check.ts` and `…_checks.ts` judge what `system_tools.ts` has read. `server_answer.ts` talks with a server, and
 * `report.ts` writes the lines.
 *
 * @module
 */

export { runDoctor } from "./examination.ts";

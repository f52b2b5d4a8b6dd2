/**
 * Members and their sessions: who is present, under which name, and what waits for them.
 *
 * Start with `member.ts`, then read `session.ts`.
 *
 * @module
 */

export { Member } from "./member.ts";

/**
 * Calls of two to four members. `call.ts` has the commands, `call_events.ts` who is told, `leave_call.ts` how a call ends. The
 * server relays sound and pictures itself: it is told whom to `admit` and to `dismiss`.
 *
 * @module
 */

export { answerCall, callMembers, hangUp } from "./call.ts";

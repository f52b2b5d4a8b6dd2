/**
 * The contract that server and client share: messages, their checks, limits and error codes. It knows no runtime, no
 * socket and no room, and imports only `valibot`.
 *
 * Read `messages/command_schemas.ts` and `messages/event_schemas.ts` first: each message has its one place there, and
 * its type follows from it. Then `messages/validate.ts`, `errors.ts` and `limits.ts`.
 *
 * @module
 */
export { DEFAULT_ROOM, PROTOCOL_VERSION } from "./conventions.ts";
export { ProtocolError } from "./errors.ts";

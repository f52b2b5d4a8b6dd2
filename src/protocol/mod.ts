/**
 * The contract that server and client share: messages, their checks, limits and error codes. It knows no runtime,
 * socket or state of the chat, and imports only `valibot`.
 *
 * Read `messages/command_schemas.ts` and `messages/event_schemas.ts` first: they define each message once, and its type
 * follows from them. Then read `messages/validate.ts`, `errors.ts` and `limits.ts`.
 *
 * @module
 */
export { DEFAULT_ROOM, PROTOCOL_VERSION } from "./conventions.ts";
export { ProtocolError } from "./errors.ts";

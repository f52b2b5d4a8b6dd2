/**
 * The messages of the protocol: one schema for each command (`command_schemas.ts`) and event (`event_schemas.ts`), made
 * of `fields.ts` and `event_parts.ts`. `messages.ts` derives the types, and `validate.ts` checks parsed JSON. Code that
 * needs only the types does not load `valibot`.
 *
 * @module
 */
export type { ClientCommand, ServerEvent } from "./messages.ts";

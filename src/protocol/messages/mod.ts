/**
 * The messages of the protocol. `command_schemas.ts` and `event_schemas.ts` have one schema for each, made of
 * `fields.ts` and `event_parts.ts`; `messages.ts` derives the types; `validate.ts` checks parsed JSON. Only
 * `validate.ts` loads `valibot`: the types cost nothing.
 *
 * @module
 */
export type { ClientCommand, ServerEvent } from "./messages.ts";

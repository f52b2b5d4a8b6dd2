/** Each kind of event with one text in all fields that a peer or a hostile server can choose. */

import type { ServerEvent } from "../../src/protocol/messages/messages.ts";
import { SAMPLE_EVENTS } from "./sample_events.ts";

/** Fields that no view shows. */
const FIXED: ReadonlySet<string> = new Set([
  "type",
  "id",
  "kind",
  "reason",
  "role",
  "ref",
  "code",
  "token",
  "action",
  "did",
  "state",
]);

export function hostileEvents(text: string): ServerEvent[] {
  return SAMPLE_EVENTS.map((event) => withText(event, text) as ServerEvent);
}

function withText(value: unknown, text: string): unknown {
  if (typeof value === "string") return text;
  if (Array.isArray(value)) return value.map((item) => withText(item, text));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, FIXED.has(key) ? field : withText(field, text)]),
  );
}

import { assertEquals, assertStringIncludes } from "@std/assert";
import { isStatelessReply } from "../../../src/protocol/messages/event_schemas.ts";
import { isOfRoom, type ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { parseEvent } from "../../../src/protocol/messages/validate.ts";
import { SAMPLE_EVENTS, SAMPLES } from "../../helpers/sample_events.ts";
import { protocolErrorOf } from "../../helpers/throws.ts";

Deno.test("every event survives JSON and parsing unchanged", () => {
  for (const event of SAMPLE_EVENTS) {
    const parsed = parseEvent(JSON.parse(JSON.stringify(event)));
    assertEquals(JSON.parse(JSON.stringify(parsed)), event);
  }
});

Deno.test("fields that a later server may add are dropped from every event", () => {
  for (const event of SAMPLE_EVENTS) {
    assertEquals(JSON.parse(JSON.stringify(parseEvent({ ...event, colour: "red", nested: { deep: [1] } }))), event);
  }
});

Deno.test("an event of an unknown type parses to undefined without an error", () => {
  for (const type of ["reaction", "", "__proto__", "constructor"]) assertEquals(parseEvent({ type }), undefined);
});

Deno.test("exactly these event types are stateless replies", () => {
  const stateless = Object.keys(SAMPLES).filter((type) => isStatelessReply({ type }));
  assertEquals(stateless.sort(), [
    ...[
      "audit",
      "devices",
      "history",
      "invite",
      "invites",
      "link",
      "registered",
      "revoked",
      "rooms",
      "search",
      "sessions",
      "slot",
      "url",
      "whois",
    ],
  ]);
  for (const type of ["constructor", "__proto__", "whatever"]) assertEquals(isStatelessReply({ type }), false);
});

Deno.test("every event is invalid without one of its required fields", () => {
  for (const [event] of Object.values(SAMPLES)) {
    for (const field of Object.keys(event!)) {
      if (OPTIONAL.has(field) && !(event!.type === "ack" && field === "ref")) continue;
      if (event!.type === "mark" && field === "id") continue;
      if (event!.type === "direct" && (field === "name" || field === "size")) continue;
      const { [field as "type"]: _, ...rest } = event! as ServerEvent & Record<string, unknown>;
      const error = protocolErrorOf(() => parseEvent(rest));
      assertEquals(error.code, "invalid", `${event!.type} without ${field}`);
    }
  }
});

const OPTIONAL = new Set(["ref", "truncated", "seq", "retryAfter", "suggestion", "room", "session", "invite", "since"]);

Deno.test("the error for an invalid event names the field", () => {
  assertStringIncludes(protocolErrorOf(() => parseEvent({ ...SAMPLES.ack[0], id: 5 })).message, "Field id ");
  assertStringIncludes(
    protocolErrorOf(() => parseEvent({ ...SAMPLES.join[0], member: {} })).message,
    "Field member.id ",
  );
  assertStringIncludes(
    protocolErrorOf(() => parseEvent({ ...SAMPLES.goodbye[0], reason: "?" })).message,
    "Field reason ",
  );
});

Deno.test("isOfRoom tells messages of rooms from those of conversations", () => {
  assertEquals(SAMPLES.message.map((message) => isOfRoom(message)), [true, false, true, true, true, false]);
});

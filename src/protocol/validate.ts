/** The only place where `unknown` becomes a command or an event. */

import * as v from "valibot";
import { ProtocolError } from "./errors.ts";
import * as limits from "./limits.ts";
import { type ClientCommand, DEFAULT_ROOM, type ServerEvent } from "./messages.ts";
import { parseName, parseRoom, quote } from "./names.ts";
import { utf8Length } from "./text.ts";

/** Throws `unknown_type`, `name_invalid` or `invalid`, which names the field, with the `ref` of the command if it has one. */
export function parseCommand(value: unknown): ClientCommand {
  const type = typeOf(value);
  const schema = COMMANDS.get(type);
  if (schema === undefined) {
    const known = [...COMMANDS.keys()].join(", ");
    throw new ProtocolError("unknown_type", `Type ${quote(type)} is unknown: use one of ${known}`, refOf(value));
  }
  return parse(schema, value);
}

/** Undefined for a type this version does not know; throws `invalid` where a known one has a wrong field. */
export function parseEvent(value: unknown): ServerEvent | undefined {
  const schema = EVENTS.get(typeOf(value));
  return schema === undefined ? undefined : parse(schema, value);
}

function parse<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  try {
    const result = v.safeParse(schema, value, ABORT_EARLY);
    if (result.success) return result.output;
    throw new ProtocolError("invalid", explain(result.issues[0]));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError(error.code, error.message, refOf(value));
  }
}

const ABORT_EARLY = { abortEarly: true, abortPipeEarly: true } as const;

function explain(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? "type";
  if (issue.expected === null) return `Field ${field} ${issue.message}`;
  const received = issue.received === "undefined" ? "is missing" : `is ${issue.received.slice(0, 60)}`;
  return `Field ${field} ${received}: expected ${issue.expected}`;
}

function typeOf(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("bad_json", `Line is no JSON object: write one object a line, such as {"type":"ping"}`);
  }
  const type = (value as { type?: unknown }).type;
  if (typeof type === "string") return type;
  const what = type === undefined ? "is missing" : `is no string`;
  throw new ProtocolError("invalid", `Field type ${what}: expected a string`, refOf(value));
}

function refOf(value: unknown): { ref?: string } {
  const ref = (value as { ref?: unknown }).ref;
  return typeof ref === "string" && ref.length <= limits.MAX_REF_CHARS ? { ref } : {};
}

function bytes(min: number, max: number) {
  return v.pipe(
    v.string(),
    v.check((text) => text.isWellFormed(), "holds half of a surrogate pair: expected well-formed Unicode"),
    v.check((text) => {
      if (text.length < min || text.length > max) return false;
      return text.length * 3 <= max || utf8Length(text) <= max;
    }, `is too short or too long: expected ${min} to ${max} bytes of UTF-8`),
  );
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const anyRef = v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_REF_CHARS)));
const room = v.pipe(v.string(), v.transform(parseRoom));
const name = v.pipe(v.string(), v.transform(parseName));
const limit = v.optional(
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.MAX_PAGE_MESSAGES)),
  limits.DEFAULT_PAGE_MESSAGES,
);
const singleLine = v.check<string, string>(
  (text) => !/\p{Cc}/u.test(text),
  "holds a control character: expected one line of text",
);

type Schema<T extends { type: string }> = { [K in T["type"]]: v.GenericSchema<unknown, Extract<T, { type: K }>> };

const COMMANDS = new Map<string, v.GenericSchema<unknown, ClientCommand>>(Object.entries(
  {
    join: v.object({
      type: v.literal("join"),
      ref: anyRef,
      room: v.optional(room, DEFAULT_ROOM),
      name: v.optional(name),
      token: v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_TOKEN_CHARS))),
      password: v.optional(bytes(0, limits.MAX_PASSWORD_BYTES)),
      after: v.optional(count),
    }),
    leave: v.object({ type: v.literal("leave"), ref: anyRef, room: v.optional(room) }),
    message: v.object({
      type: v.literal("message"),
      ref: anyRef,
      room: v.optional(room),
      to: v.optional(name),
      text: bytes(1, limits.MAX_TEXT_BYTES),
    }),
    rename: v.object({ type: v.literal("rename"), ref: anyRef, name }),
    topic: v.object({
      type: v.literal("topic"),
      ref: anyRef,
      room,
      text: v.pipe(bytes(0, limits.MAX_TOPIC_BYTES), singleLine),
    }),
    members: v.object({ type: v.literal("members"), ref: anyRef, room }),
    rooms: v.object({ type: v.literal("rooms"), ref: anyRef }),
    history: v.object({ type: v.literal("history"), ref: anyRef, room, before: v.optional(count), limit }),
    search: v.object({
      type: v.literal("search"),
      ref: anyRef,
      room,
      query: v.pipe(bytes(1, limits.MAX_QUERY_BYTES), singleLine),
      limit,
    }),
    ping: v.object({ type: v.literal("ping"), ref: anyRef }),
    pong: v.object({ type: v.literal("pong"), ref: anyRef }),
  } satisfies Schema<ClientCommand>,
));

const member = v.object({ id: v.string(), name: v.string() });
const members = v.array(member);
const roomSummary = v.object({ id: v.string(), name: v.string(), topic: v.string(), count: v.number() });
const roomMessage = v.object({
  type: v.literal("message"),
  id: v.string(),
  room: v.string(),
  seq: v.number(),
  from: member,
  text: v.string(),
  at: v.string(),
});
const directMessage = v.object({
  type: v.literal("message"),
  id: v.string(),
  to: member,
  from: member,
  text: v.string(),
  at: v.string(),
});

const EVENTS = new Map<string, v.GenericSchema<unknown, ServerEvent>>(Object.entries(
  {
    welcome: v.object({
      type: v.literal("welcome"),
      protocol: v.number(),
      server: v.object({ id: v.string(), name: v.string(), version: v.string() }),
      limits: v.object({
        lineBytes: v.number(),
        nameChars: v.number(),
        textBytes: v.number(),
        rooms: v.number(),
        page: v.number(),
        rate: v.optional(v.object({ perSecond: v.number(), burst: v.number() })),
      }),
    }),
    joined: v.object({
      type: v.literal("joined"),
      ref: anyRef,
      room: v.object({ id: v.string(), name: v.string(), topic: v.string() }),
      you: v.object({ id: v.string(), name: v.string(), token: v.string() }),
      seq: v.number(),
      members,
      count: v.number(),
      missed: v.number(),
      truncated: v.optional(v.literal(true)),
    }),
    join: v.object({ type: v.literal("join"), room: v.string(), member, at: v.string() }),
    leave: v.object({
      type: v.literal("leave"),
      ref: anyRef,
      room: v.string(),
      member,
      at: v.string(),
      reason: v.picklist(["left", "closed", "timeout", "slow", "kicked", "shutdown"]),
    }),
    presence: v.object({
      type: v.literal("presence"),
      room: v.string(),
      count: v.number(),
      joined: members,
      left: members,
    }),
    message: v.union([roomMessage, directMessage]),
    ack: v.object({
      type: v.literal("ack"),
      ref: v.string(),
      id: v.string(),
      seq: v.optional(v.number()),
      at: v.string(),
      waiting: v.optional(v.literal(true)),
    }),
    rename: v.object({ type: v.literal("rename"), ref: anyRef, member, was: v.string(), at: v.string() }),
    topic: v.object({
      type: v.literal("topic"),
      ref: anyRef,
      room: v.string(),
      text: v.string(),
      by: member,
      at: v.string(),
    }),
    members: v.object({ type: v.literal("members"), ref: anyRef, room: v.string(), members, count: v.number() }),
    rooms: v.object({ type: v.literal("rooms"), ref: anyRef, rooms: v.array(roomSummary), count: v.number() }),
    history: v.object({
      type: v.literal("history"),
      ref: anyRef,
      room: v.string(),
      messages: v.array(roomMessage),
      more: v.boolean(),
    }),
    search: v.object({
      type: v.literal("search"),
      ref: anyRef,
      room: v.string(),
      query: v.string(),
      messages: v.array(roomMessage),
      more: v.boolean(),
    }),
    error: v.object({
      type: v.literal("error"),
      ref: anyRef,
      code: v.string(),
      message: v.string(),
      retryAfter: v.optional(v.number()),
      suggestion: v.optional(v.string()),
    }),
    goodbye: v.object({
      type: v.literal("goodbye"),
      reason: v.picklist(["left", "shutdown", "timeout", "slow", "replaced", "refused"]),
      retryAfter: v.optional(v.number()),
    }),
    ping: v.object({ type: v.literal("ping"), ref: anyRef }),
    pong: v.object({ type: v.literal("pong"), ref: anyRef }),
  } satisfies Schema<ServerEvent>,
));

/** The only place where parsed JSON becomes a command or an event. */

import * as v from "valibot";
import { COMMAND_SCHEMAS } from "./command_schemas.ts";
import { ProtocolError } from "../errors.ts";
import { ENTRY_COMMANDS } from "./entry_schemas.ts";
import { EVENT_SCHEMAS } from "./event_schemas.ts";
import { MAX_REF_CHARS } from "../limits.ts";
import type { ChangeCommand, ClientCommand, MessageCommand, ServerEvent } from "./messages.ts";
import { unknownCharacter } from "../text/known_characters.ts";
import { quote } from "../text/names.ts";

// Maps, so that a type such as "constructor" is not found.
const COMMANDS = new Map<string, v.GenericSchema<unknown, ClientCommand>>(Object.entries(COMMAND_SCHEMAS));
const EVENTS = new Map<string, v.GenericSchema<unknown, ServerEvent>>(Object.entries(EVENT_SCHEMAS));

/**
 * Returns the checked command. Throws `unknown_type`, `name_invalid`, or `invalid` with the field, and
 * the command's `ref`.
 */
export function parseCommand(value: unknown): ClientCommand {
  const type = typeOf(value);
  const schema = COMMANDS.get(type);
  if (schema === undefined) {
    const next = "use one of the protocol, such as join or message: confab help protocol lists all";
    throw new ProtocolError("unknown_type", `Type ${quote(type)} is unknown: ${next}`, refOf(value));
  }
  const command = parse(schema, value);
  checkNames(command);
  return command;
}

/** Fields that have a name of a member or a room in some commands. */
const NAME_FIELDS = ["room", "name", "to", "reply", "by", "account", "before"] as const;
/** The commands whose `name` is that of a file or a device. */
const OTHER_NAMES: ReadonlySet<string> = new Set<ClientCommand["type"]>(["offer", "direct", "device", "link"]);

/** Throws `invalid` for a name with a character that another server of the chat may not know, and so would fold otherwise. */
function checkNames(command: ClientCommand): void {
  for (const field of NAME_FIELDS) {
    const name = (command as Readonly<Record<string, unknown>>)[field];
    if (typeof name !== "string" || (field === "name" && OTHER_NAMES.has(command.type))) continue;
    const unknown = unknownCharacter(name);
    if (unknown !== undefined) throw unknownIn(field, name, unknown, command);
  }
}

function unknownIn(field: string, name: string, unknown: string, { ref }: ClientCommand): ProtocolError {
  const point = unknown.codePointAt(0)!.toString(16).toUpperCase();
  const text = `Field ${field} is ${quote(name)}: U+${point} is not in Unicode 16, leave it out`;
  return new ProtocolError(field === "name" ? "name_invalid" : "invalid", text, { ref });
}

/** Throws as `parseCommand` if the message or change is not valid. Clients need no other schemas. */
export function checkEntryCommand(command: MessageCommand | ChangeCommand): void {
  parse<unknown>(ENTRY_COMMANDS[command.type], command);
}

/** Returns the checked event; `undefined` if its type is unknown. Throws `invalid` if a field is wrong. */
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
  const received = issue.received === "undefined" ? "is missing" : `is ${shown(issue)}`;
  return `Field ${field} ${received}: expected ${issue.expected}`;
}

function shown({ input, received }: v.BaseIssue<unknown>): string {
  return typeof input === "string" ? quote(input) : received.slice(0, 60);
}

function typeOf(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("bad_json", `Line is not a JSON object: send one object per line, such as {"type":"ping"}`);
  }
  const type = (value as { type?: unknown }).type;
  if (typeof type === "string") return type;
  const what = type === undefined ? "is missing" : `is not a string`;
  throw new ProtocolError("invalid", `Field type ${what}: expected a string`, refOf(value));
}

function refOf(value: unknown): { ref?: string } {
  const ref = (value as { ref?: unknown }).ref;
  return typeof ref === "string" && ref.length <= MAX_REF_CHARS ? { ref } : {};
}

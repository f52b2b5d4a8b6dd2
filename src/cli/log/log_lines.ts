import type { LogRecord } from "@logtape/logtape";
import { MAX_LOG_FIELD_CHARS } from "../../protocol/limits.ts";
import { sanitizeJson } from "../../protocol/text/sanitize.ts";

/** Makes a line, with its end, of what is logged. Nothing in it can begin another line, or draw on a terminal. */
export type LineOf = (record: LogRecord) => string;

/** For people: local time, what happened, and its circumstances. */
export const textLine: LineOf = (record) => {
  const details = fieldsOf(record).map(([name, value]) => ` ${name}=${shown(value)}`).join("");
  const level = record.level === "info" ? "" : `${levelOf(record)}: `;
  return `${localTime(record.timestamp)} ${level}${record.rawMessage}${details}\n`;
};

/** For programs: one JSON object, `at` in RFC 3339 UTC. */
export const jsonLine: LineOf = (record) => {
  const at = new Date(record.timestamp).toISOString();
  const fields = Object.fromEntries(fieldsOf(record));
  return `${quoted({ at, level: levelOf(record), event: record.rawMessage, ...fields })}\n`;
};

function fieldsOf({ properties }: LogRecord): [string, string | number][] {
  return Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, typeof value === "number" ? value : String(value).slice(0, MAX_LOG_FIELD_CHARS)]);
}

function levelOf({ level }: LogRecord): string {
  return level === "warning" ? "warn" : level;
}

function shown(value: string | number): string {
  const text = String(value);
  return /^[\w.:/[\]-]+$/.test(text) ? text : quoted(text);
}

function quoted(value: unknown): string {
  return sanitizeJson(JSON.stringify(value));
}

function localTime(timestamp: number): string {
  const minutesBehind = new Date(timestamp).getTimezoneOffset();
  return new Date(timestamp - minutesBehind * 60_000).toISOString().slice(0, 19).replace("T", " ");
}

import { sanitizeJson, sanitizeLine } from "../protocol/sanitize.ts";
import type { Log } from "../server/log.ts";

/** Lines for people: local time, what happened, and its circumstances. */
export function textLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  return (level, event, fields = {}) => {
    const time = now().toTimeString().slice(0, 8);
    const details = Object.entries(fields).map(([name, value]) => ` ${name}=${printable(value)}`).join("");
    write(`${time} ${level === "info" ? "" : `${level}: `}${event}${details}`);
  };
}

/** Lines for programs: one JSON object each, `at` in RFC 3339 UTC. */
export function jsonLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  return (level, event, fields = {}) =>
    write(sanitizeJson(JSON.stringify({ at: now().toISOString(), level, event, ...fields })));
}

function printable(value: string | number): string {
  const text = String(value);
  return /^[\w.:/[\]-]+$/.test(text) ? text : sanitizeLine(JSON.stringify(text));
}

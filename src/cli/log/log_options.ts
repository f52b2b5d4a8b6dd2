import type { LogRecord } from "@logtape/logtape";
import { MAX_LOG_FIELD_CHARS } from "../../protocol/limits.ts";
import { sanitizeJson } from "../../protocol/text/sanitize.ts";
import type { Arguments } from "../args/arguments.ts";
import type { OptionSpec } from "../args/command_spec.ts";
import { explain } from "../platform/system_errors.ts";
import { LogFile } from "./log_file.ts";
import type { LineOf, OpenLog } from "./log_sink.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;

export const LOG_OPTIONS: readonly OptionSpec[] = [
  { name: "log", value: "text|json", default: "text", help: "Format of the log" },
  {
    name: "log-level",
    value: "LEVEL",
    choices: LEVELS,
    default: "info",
    help: "Lowest level to log: debug, info, warn or error",
  },
  { name: "log-file", value: "PATH", default: "standard error", help: "Appends the log to this file" },
  { name: "quiet", help: "Prints only addresses and errors" },
];

/** Format, lowest level and file of a log. */
export interface LogPlan {
  readonly format: LineOf;
  readonly level: typeof LEVELS[number];
  /** `undefined` logs to standard error. */
  readonly path: string | undefined;
}

/** Resolves the options of the log. Throws a usage failure. */
export function planLog(args: Arguments): LogPlan {
  return {
    format: args.choice("log", ["text", "json"]) === "json" ? jsonLine : textLine,
    level: args.choice("log-level", LEVELS) ?? (args.flag("quiet") ? "error" : "info"),
    path: args.text("log-file"),
  };
}

/** An open log, which continues in the file of this path after `reopen`. */
export interface ReopenableLog extends OpenLog {
  /** For files that were renamed. Never throws: if the path cannot be opened, the log continues in the earlier file. */
  reopen(): void;
}

/** Opens a log. There is one at a time. Rejects with a failure if its file cannot be opened. */
export async function openLog({ format, level, path }: LogPlan): Promise<ReopenableLog> {
  // Loaded here because only a server has a log.
  const { startLog } = await import("./log_sink.ts");
  if (path === undefined) return { ...startLog(level, format, Deno.stderr), reopen() {} };
  const file = new LogFile(path);
  const { log, ...open } = startLog(level, format, file);
  return {
    log,
    reopen() {
      try {
        file.reopen();
      } catch (error) {
        log("warn", "log file not reopened", { path, error: explain(error, path) });
      }
    },
    async [Symbol.asyncDispose]() {
      await open[Symbol.asyncDispose]();
      file[Symbol.dispose]();
    },
  };
}

/** A line for people: local time, event and fields. */
export const textLine: LineOf = (record) => {
  const details = fieldsOf(record).map(([name, value]) => ` ${name}=${shown(value)}`).join("");
  const level = record.level === "info" ? "" : `${levelOf(record)}: `;
  return `${localTime(record.timestamp)} ${level}${record.rawMessage}${details}\n`;
};

/** A line for programs: one JSON object, with `at` in UTC (RFC 3339). */
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

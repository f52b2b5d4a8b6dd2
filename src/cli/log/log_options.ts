import { quote } from "../../protocol/text/names.ts";
import type { Arguments } from "../args/arguments.ts";
import type { OptionSpec } from "../args/command_spec.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { jsonLine, textLine } from "./log_lines.ts";
import type { OpenLog } from "./open_log.ts";

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

/** The log that was asked for. There is one at a time. Rejects with a failure where its file cannot be opened. */
export async function openLog(args: Arguments): Promise<OpenLog> {
  const line = args.choice("log", ["text", "json"]) === "json" ? jsonLine : textLine;
  const level = args.choice("log-level", LEVELS) ?? (args.flag("quiet") ? "error" : "info");
  const path = args.text("log-file");
  // Loaded here, since only a server has a log.
  const { startLog } = await import("./open_log.ts");
  if (path === undefined) return startLog(level, line, Deno.stderr);
  const file = openFile(path);
  const { log, ...open } = startLog(level, line, file);
  return {
    log,
    async [Symbol.asyncDispose]() {
      await open[Symbol.asyncDispose]();
      file.close();
    },
  };
}

/** A new file is for this user alone; one that is there keeps its mode. */
function openFile(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { append: true, create: true, mode: 0o600 });
  } catch (error) {
    const next = error instanceof Deno.errors.NotCapable ? "" : "; choose another with --log-file";
    throw new Failure(EXIT.cannotStore, `Cannot open the log file ${quote(path)}: ${explain(error)}${next}`, {
      cause: error,
    });
  }
}

import { DEFAULT_FILES_TOTAL_BYTES, DEFAULT_MAX_FILE_BYTES, MEMBER_FILE_BYTES_PER_DAY } from "../../protocol/limits.ts";
import { parseDuration } from "../../protocol/text/durations.ts";
import { type Arguments, badValue } from "./arguments.ts";
import type { OptionSpec } from "./command_spec.ts";

const UNITS: Readonly<Record<string, number>> = { kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40 };

/** Options of `serve` about the files that members send. */
export const FILE_OPTIONS: readonly OptionSpec[] = [
  { name: "files", value: "DIR", default: "files in the data folder", help: "Folder for the files of members" },
  {
    name: "max-file",
    value: "SIZE",
    default: `${DEFAULT_MAX_FILE_BYTES / UNITS.mb!}MB`,
    help: "Largest file; 0 for no files at all",
  },
  {
    name: "files-total",
    value: "SIZE",
    default: `${DEFAULT_FILES_TOTAL_BYTES / UNITS.gb!}GB, or a fifth of the free disk`,
    help: "All files; 0 for no files",
  },
  { name: "files-keep", value: "AGE", default: "as long as the message", help: "Removes files that are older: 30d" },
];

/** The folder of files, and the limits on them. */
export interface FilePlan {
  readonly folder: string;
  readonly maxFileBytes: number;
  /** `undefined` for the default, which depends on the disk. */
  readonly totalBytes: number | undefined;
  readonly bytesPerMemberAndDay: number;
}

/** Parses `FILE_OPTIONS`; `undefined` if there are no files. Throws a usage failure. */
export function parseFiles(args: Arguments, dataFolder: string | undefined): FilePlan | undefined {
  const folder = args.text("files") ?? (dataFolder === undefined ? undefined : `${dataFolder}/files`);
  const maxFileBytes = parseSize(args, "max-file") ?? DEFAULT_MAX_FILE_BYTES;
  const totalBytes = parseSize(args, "files-total");
  if (folder === undefined || maxFileBytes === 0 || totalBytes === 0) return undefined;
  const bytesPerMemberAndDay = Math.max(MEMBER_FILE_BYTES_PER_DAY, maxFileBytes);
  return { folder, maxFileBytes, totalBytes, bytesPerMemberAndDay };
}

/** Parses `--files-keep`, in milliseconds. Throws a usage failure. */
export function parseFileAge(args: Arguments): number | undefined {
  const text = args.text("files-keep");
  if (text === undefined) return undefined;
  const age = parseDuration(text);
  if (age === undefined) throw badValue("files-keep", text, "an age such as 30d, 12h or 15m");
  return age;
}

function parseSize(args: Arguments, option: string): number | undefined {
  const text = args.text(option);
  if (text === undefined) return undefined;
  const [, digits, unit] = /^(\d{1,9}(?:\.\d{1,3})?)\s?(kb|mb|gb|tb)$/i.exec(text) ??
    (text === "0" ? ["", "0", "kb"] : []);
  if (digits === undefined) throw badValue(option, text, "a size such as 100MB or 2GB, or 0");
  return Math.floor(Number(digits) * UNITS[unit!.toLowerCase()]!);
}

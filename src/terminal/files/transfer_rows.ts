/** The rows of transfers, below the messages. */

import type { TransferState } from "../../client/files/file_transfer.ts";
import { sizeText } from "../../presentation/sentences/file_text.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { truncate } from "../screen/text_width.ts";

const BAR_CHARS = 10;
const MAX_NAME_COLUMNS = 24;

/** One row for each transfer that runs, and one for all that wait. */
export function transferRows(states: readonly TransferState[]): string[] {
  const waiting = states.filter(({ stage }) => stage === "waiting").length;
  const more = `… ${waiting} more ${waiting === 1 ? "file waits" : "files wait"}`;
  return [
    ...states.filter(({ stage }) => stage !== "waiting").map(transferRow),
    ...waiting === 0 ? [] : [more],
  ];
}

/** `↑ 1 report.pdf [####------] 45 MB of 100 MB, 2.1 MB/s, 27 s left`. */
function transferRow(state: TransferState): string {
  const { number, direction, name, size, bytes } = state;
  const filled = size === 0 ? BAR_CHARS : Math.floor(Math.min(1, bytes / size) * BAR_CHARS);
  const bar = "#".repeat(filled) + "-".repeat(BAR_CHARS - filled);
  const arrow = direction === "send" ? "↑" : "↓";
  const shown = truncate(sanitizeLine(name), MAX_NAME_COLUMNS);
  return `${arrow} ${number} ${shown} [${bar}] ${sizeText(bytes)} of ${sizeText(size)}${pace(state)}`;
}

function pace({ stage, reason, rate, leftMs, bytes, size }: TransferState): string {
  if (stage === "paused") return `, paused: ${sanitizeLine(reason ?? "")}`;
  if (bytes === size) return ", finishing";
  return leftMs === undefined ? "" : `, ${sizeText(rate)}/s, ${leftText(leftMs)} left`;
}

/** `45 s`, `12 min` or `3 h`. */
function leftText(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 100) return `${seconds} s`;
  return seconds < 100 * 60 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

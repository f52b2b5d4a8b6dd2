import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { EXIT, type ExitCode } from "../args/exit_codes.ts";
import type { Finding, NamedFinding } from "./check_result.ts";

/** The first word of a line. Only a failure is in capitals, so that it is found without colours. */
const WORDS: Readonly<Record<Finding["verdict"], string>> = {
  ok: "ok",
  note: "note",
  warning: "warning",
  failed: "FAILED",
};
const WORD_WIDTH = Math.max(...Object.values(WORDS).map((word) => word.length));
/** Room for the longest name of a check. */
const NAME_WIDTH = 12;
const INDENT = " ".repeat(WORD_WIDTH + NAME_WIDTH + 4);

/** A server may send much more. */
const MAX_TEXT_CHARS = 500;

function shown(text: string): string {
  const line = sanitizeLine(text);
  return line.length > MAX_TEXT_CHARS ? `${line.slice(0, MAX_TEXT_CHARS).toWellFormed()}…` : line;
}

/** The line of a finding, and a second one that says what to do. Parts of both may come from a server. */
export function findingLines({ check, verdict, found, next }: NamedFinding): string[] {
  const line = `${WORDS[verdict].padEnd(WORD_WIDTH)}  ${check.padEnd(NAME_WIDTH)}  ${shown(found)}`;
  return next === undefined ? [line] : [line, `${INDENT}To do: ${shown(next)}`];
}

/** A finding as one line of JSON, for programs. */
export function findingJson({ check, verdict, found, next }: NamedFinding): string {
  return JSON.stringify({ check, verdict, found: shown(found), next: next && shown(next) });
}

/** The last line: how many checks failed. */
export function tallyLine(findings: readonly NamedFinding[]): string {
  const count = (verdict: Finding["verdict"]) => findings.filter((finding) => finding.verdict === verdict).length;
  const failures = count("failed");
  const warnings = count("warning");
  const warned = warnings === 0 ? "" : `, ${warnings} with a warning`;
  if (failures === 0) return `${findings.length} checks, none failed${warned}`;
  return `${findings.length} checks, ${failures} failed${warned}`;
}

/** The exit code of the first failure. */
export function exitCodeOfFindings(findings: readonly NamedFinding[]): ExitCode {
  for (const finding of findings) {
    if (finding.verdict === "failed") return finding.code;
  }
  return EXIT.fine;
}

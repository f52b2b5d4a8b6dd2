/** Runs the command `doctor`. */

import type { Arguments } from "../args/arguments.ts";
import type { ExitCode } from "../args/exit_codes.ts";
import { parseDestination } from "../joining/destination.ts";
import { Output } from "../platform/standard_io.ts";
import { type Check, type NamedFinding, perform } from "./check_result.ts";
import { hostChecks, visitorChecks } from "./machine_examination.ts";
import { exitCodeOfFindings, findingJson, findingLines, tallyLine } from "./report.ts";
import { ServerExamination } from "./server_examination.ts";
import { serverTools } from "./system_tools.ts";

/** How long a check may take. */
const CHECK_MS = 5_000;

export async function runDoctor(args: Arguments): Promise<ExitCode> {
  const output = new Output(() => {});
  const json = args.flag("json");
  const findings: NamedFinding[] = [];
  for await (const finding of args.operands.length === 0 ? examineHost(args) : examineServer(args)) {
    findings.push(finding);
    output.write(json ? `${findingJson(finding)}\n` : findingLines(finding).map((line) => `${line}\n`).join(""));
  }
  if (!json) output.write(`${tallyLine(findings)}\n`);
  await output.flushed();
  return exitCodeOfFindings(findings);
}

/** Whether this machine can host a chat. The checks do not depend on each other. */
async function* examineHost(args: Arguments): AsyncGenerator<NamedFinding> {
  for (const check of hostChecks(args)) yield await performInTime(check);
}

/** Whether this machine can join the chat. After a check of the server that fails, the others make no sense. */
async function* examineServer({ operands }: Arguments): AsyncGenerator<NamedFinding> {
  const examination = new ServerExamination(parseDestination(operands), serverTools());
  try {
    for (const check of visitorChecks()) yield await performInTime(check);
    for (const check of examination.checks) {
      const finding = await performInTime(check);
      yield finding;
      if (finding.verdict === "failed") return;
    }
    for (const check of examination.checksOfOthers) yield await performInTime(check);
  } finally {
    examination.close();
  }
}

function performInTime(check: Check): Promise<NamedFinding> {
  return perform(check, AbortSignal.timeout(CHECK_MS));
}

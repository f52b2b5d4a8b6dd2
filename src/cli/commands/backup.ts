import type { CommandSpec } from "../args/command_spec.ts";
import { DATA_OPTION, workInFolder } from "../hosting/data_folder.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";

export const BACKUP: CommandSpec = {
  name: "backup",
  operands: "FILE",
  maxOperands: 1,
  summary: "Copies all that is kept to a file; the server may run",
  options: [DATA_OPTION],
  examples: [{
    line: "backup confab-monday.db",
    what: "a copy, to be put in a data folder as confab.db",
  }],
  run: (args) => {
    const [file] = args.operands;
    if (file === undefined) throw new Failure(EXIT.usage, "A file to write is needed: see backup --help");
    return workInFolder(args, (folder) => backUp(folder, file));
  },
};

async function backUp(folder: string, file: string): Promise<ExitCode> {
  const { Archive } = await import("../../history/transfer/archive.ts");
  using archive = new Archive(folder);
  await archive.backUp(file);
  console.log(`Copied the history of ${folder} to ${file}`);
  return EXIT.fine;
}

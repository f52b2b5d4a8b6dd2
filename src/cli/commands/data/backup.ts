import { folderRights } from "../command_rights.ts";
import type { CommandSpec } from "../../args/arguments.ts";
import { DATA_OPTION, workInFolder } from "../../hosting/data_folder.ts";
import { copyFiles, type CopyPlan, copyPlan, fileCopyOptions, leftOutText } from "../../files/file_copies.ts";
import { EXIT, type ExitCode, Failure } from "../../args/exit_codes.ts";

export const BACKUP: CommandSpec = {
  name: "backup",
  operands: "FILE",
  maxOperands: 1,
  summary: "Copies all stored data to a file; the server may be running",
  options: [DATA_OPTION, ...fileCopyOptions("Also copies the files of messages to this folder")],
  examples: [{
    line: "backup confab-monday.db",
    what: "a copy; it can serve as confab.db",
  }, {
    line: "backup confab-monday.db --with-files monday-files",
    what: "copies the files, too",
  }],
  rights: folderRights,
  run: (args) => {
    const [file] = args.operands;
    if (file === undefined) throw new Failure(EXIT.usage, "Missing FILE: see backup --help");
    return workInFolder(args, (folder) => backUp(folder, file, copyPlan(args, folder)));
  },
};

async function backUp(folder: string, file: string, { files, other }: CopyPlan): Promise<ExitCode> {
  const { Archive } = await import("../../../history/transfer/archive.ts");
  using archive = new Archive(folder);
  await archive.backUp(file);
  console.log(`Copied the history of ${folder} to ${file}`);
  // After the database: a file of a message that is sent meanwhile is not missing then.
  const sizes = archive.fileSizes();
  const text = other === undefined ? leftOutText(sizes) : await copyFiles(sizes, files, other);
  if (text !== undefined) console.log(text);
  return EXIT.fine;
}

import { folderRights } from "../command_rights.ts";
import type { HistoryImport } from "../../../history/transfer/history_import.ts";
import { newIdSource } from "../../../server/turn/ids.ts";
import type { CommandSpec } from "../../args/arguments.ts";
import { DATA_OPTION, workInFolder } from "../../hosting/data_folder.ts";
import { copyFiles, type CopyPlan, copyPlan, fileCopyOptions, noteFile } from "../../files/file_copies.ts";
import type { RoomEntry } from "../../../protocol/messages/messages.ts";
import { EXIT, type ExitCode, Failure } from "../../args/exit_codes.ts";
import { standardInput } from "../../platform/standard_io.ts";
import { explain } from "../../platform/system_errors.ts";
import { toUtf8 } from "../../platform/foreign_text.ts";
import { byteLines, EXPORT_VERSION, type ImportLine, parseImportLine } from "./import_line.ts";

/** Invalid lines that are reported one by one. */
const MAX_ERRORS_REPORTED = 10;

export const IMPORT: CommandSpec = {
  name: "import",
  operands: "FILE",
  maxOperands: 1,
  summary: "Imports the output of export; adds the missing messages",
  options: [DATA_OPTION, ...fileCopyOptions("Imports the files of these messages from this folder")],
  examples: [
    { line: "import chat.jsonl", what: "imports messages from a file" },
    { line: "import chat.jsonl --with-files chat-files", what: "imports their files, too" },
    { line: "import - < chat.jsonl", what: "imports messages from standard input" },
  ],
  rights: folderRights,
  run: (args) => {
    const [file] = args.operands;
    if (file === undefined) {
      throw new Failure(EXIT.usage, "Missing FILE, or - for standard input: see import --help");
    }
    return workInFolder(args, (folder) => importAll(folder, file, copyPlan(args, folder)));
  },
};

async function importAll(folder: string, file: string, { files, other }: CopyPlan): Promise<ExitCode> {
  const { HistoryImport } = await import("../../../history/transfer/history_import.ts");
  const input = await open(file);
  const ids = newIdSource();
  const now = Date.now();
  using target = new HistoryImport({ folder, newId: () => ids.next(now), now });
  const tally = new Tally(file);
  for await (const line of byteLines(chunksOf(input, file))) tally.take(line, target);
  tally.throwOnErrors();
  // Before the messages: a file that no message names is removed at the next start, and a message keeps what it names.
  const text = other === undefined ? undefined : await copyFiles(tally.sizes, other, files);
  target.commit();
  console.log(tally.summary());
  if (text !== undefined) console.log(text);
  return EXIT.fine;
}

async function open(file: string): Promise<ReadableStream<Uint8Array>> {
  if (file === "-") return standardInput();
  try {
    return (await Deno.open(file)).readable.pipeThrough(toUtf8());
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function* chunksOf(input: ReadableStream<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* input;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): Failure {
  return new Failure(EXIT.usage, `Cannot read ${nameOf(file)}: ${explain(error, file)}`, { cause: error });
}

function nameOf(file: string): string {
  return file === "-" ? "standard input" : file;
}

/** Counts the imported lines and collects the errors of invalid ones. */
class Tally {
  readonly #source: string;
  /** Bytes of the files of messages, by their hashes. */
  readonly sizes = new Map<string, number>();
  #line = 0;
  #added = 0;
  #present = 0;
  #errors = 0;
  readonly #reported: string[] = [];

  constructor(file: string) {
    this.#source = nameOf(file);
  }

  /** Adds a line to the import. Throws a `Failure` for a file of a newer version. */
  take(line: Uint8Array, target: HistoryImport): void {
    this.#line++;
    if (line.length === 0) return;
    const parsed = this.#parse(line);
    // After an invalid line nothing is imported; the rest is only checked.
    if (parsed === undefined || this.#errors > 0) return;
    if (parsed.type === "export") this.#checkVersion(parsed.version);
    else if (parsed.type === "room") target.addRoom(parsed);
    else this.#add(parsed, target);
  }

  #add(entry: RoomEntry, target: HistoryImport): void {
    if (entry.type === "message") noteFile(entry, this.sizes);
    if (target.addEntry(entry)) this.#added++;
    else this.#present++;
  }

  #checkVersion(version: number): void {
    if (version <= EXPORT_VERSION) return;
    const versions = `its format is version ${version}, this program reads up to ${EXPORT_VERSION}`;
    throw new Failure(
      EXIT.usage,
      `Nothing was imported: ${this.#source} was written by a newer Confab (${versions}); update Confab`,
    );
  }

  #parse(line: Uint8Array): ImportLine | undefined {
    try {
      return parseImportLine(line);
    } catch (error) {
      this.#errors++;
      if (this.#reported.length < MAX_ERRORS_REPORTED) {
        this.#reported.push(`Line ${this.#line}: ${(error as Error).message}`);
      }
      return undefined;
    }
  }

  /** Throws a usage failure if any line is invalid. */
  throwOnErrors(): void {
    if (this.#errors === 0) return;
    const lines = this.#errors === 1 ? "1 line is" : `${this.#errors} lines are`;
    const more = this.#errors > this.#reported.length ? [`and ${this.#errors - this.#reported.length} more`] : [];
    const last = `Nothing was imported from ${this.#source}: ${lines} invalid; correct or remove them`;
    throw new Failure(EXIT.usage, [...this.#reported, ...more, last].join("\n"));
  }

  summary(): string {
    const added = `Imported ${this.#added} message${this.#added === 1 ? "" : "s"}`;
    return this.#present === 0 ? added : `${added}; ${this.#present} already existed`;
  }
}

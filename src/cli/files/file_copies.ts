/** Copies of the files of messages, for `backup`, `export` and `import`. */

import type { CopiedBlobs } from "../../files/disk/blob_copies.ts";
import { sizeText } from "../../presentation/sentences/file_text.ts";
import type { RoomMessage } from "../../protocol/messages/messages.ts";
import type { Arguments, CommandSpec } from "../args/arguments.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { FILE_OPTIONS } from "../args/file_options.ts";

type OptionSpec = CommandSpec["options"][number];

const FILES_OPTION: OptionSpec = FILE_OPTIONS.find(({ name }) => name === "files")!;

/** The options of a command that copies files out of a data folder or into it. */
export function fileCopyOptions(help: string): readonly OptionSpec[] {
  return [FILES_OPTION, { name: "with-files", value: "DIR", help }];
}

/** Files of messages: bytes by hash. Files with the same bytes are one. */
export type FileSizes = ReadonlyMap<string, number>;

/** Notes the file of a message, and its thumbnail. */
export function noteFile({ file }: RoomMessage, sizes: Map<string, number>): void {
  if (file === undefined) return;
  sizes.set(file.sha256, file.size);
  if (file.thumbnail !== undefined) sizes.set(file.thumbnail.sha256, file.thumbnail.size);
}

export interface CopyPlan {
  /** The folder of the data folder's files. */
  readonly files: string;
  /** The folder outside of it; `undefined` if no files are copied. */
  readonly other: string | undefined;
}

export function copyPlan(args: Arguments, dataFolder: string): CopyPlan {
  return { files: args.text("files") ?? `${dataFolder}/files`, other: args.text("with-files") };
}

/** Copies the files from a folder to another one, and returns a sentence about it. Rejects with a failure. */
export async function copyFiles(sizes: FileSizes, from: string, to: string): Promise<string> {
  const { DiskFileStore } = await import("../../files/disk/disk_file_store.ts");
  const { copyBlobs } = await import("../../files/disk/blob_copies.ts");
  const { FileStoreError } = await import("../../files/file_store.ts");
  try {
    const store = await DiskFileStore.open({ folder: to });
    try {
      return copiesText(await copyBlobs(sizes.keys(), { from, to: store, newId: () => crypto.randomUUID() }), to);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof FileStoreError)) throw error;
    throw new Failure(EXIT.cannotStore, error.message, { cause: error });
  }
}

/** `Copied 3 files (1.2 MB) to DIR; 1 was there already`. */
function copiesText({ copied, bytes, present, missing, damaged }: CopiedBlobs, to: string): string {
  const parts = [`Copied ${counted(copied)} (${sizeText(bytes)}) to ${to}`];
  if (present > 0) parts.push(`${present} ${present === 1 ? "was" : "were"} there already`);
  if (missing > 0) parts.push(`${missing} ${missing === 1 ? "is" : "are"} not kept any more`);
  if (damaged > 0) parts.push(`${damaged} ${damaged === 1 ? "is" : "are"} damaged and left out`);
  return parts.join("; ");
}

/** `The 3 files of its messages (1.2 MB) are not in it: --with-files DIR copies them`; `undefined` without files. */
export function leftOutText(sizes: FileSizes): string | undefined {
  if (sizes.size === 0) return undefined;
  const bytes = sizes.values().reduce((sum, size) => sum + size, 0);
  const is = sizes.size === 1 ? "is" : "are";
  return `The ${counted(sizes.size)} of its messages (${
    sizeText(bytes)
  }) ${is} not in it: --with-files DIR copies them`;
}

function counted(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

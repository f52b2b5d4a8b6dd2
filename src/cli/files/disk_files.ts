import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FileSink, FileSource } from "../../client/files/file_ports.ts";
import { safeFileName } from "../../protocol/files/file_names.ts";
import { MEDIA_SIGNATURE_BYTES, type MediaType, mediaTypeOf } from "../../protocol/files/media_types.ts";
import type { MessageFile } from "../../protocol/messages/messages.ts";
import { type LocalFiles, MAX_COMPLETED_PATHS } from "../../terminal/files/local_files.ts";
import { readVariable } from "../platform/program.ts";
import { DiskSink } from "./disk_sink.ts";
import { openDiskSource } from "./disk_source.ts";
import { downloadFolder, homeFolder } from "./download_folder.ts";
import { launchFile } from "./file_launcher.ts";

/** Characters of a hash that tell parts of different files of the same name. */
const TAG_CHARS = 8;

/** The files of this machine. Nothing asks the user for a permission of Deno. */
export class DiskFiles implements LocalFiles {
  readonly windows: boolean = Deno.build.os === "windows";
  /** Made when it is needed first. */
  #privateFolder: string | undefined;

  sizeOf(path: string): number | undefined {
    const info = look(expanded(path));
    return info?.isFile ? info.size : undefined;
  }

  pathsFrom(start: string): readonly string[] {
    const at = Math.max(start.lastIndexOf("/"), this.windows ? start.lastIndexOf("\\") : -1) + 1;
    const [folder, first] = [start.slice(0, at), start.slice(at)];
    const separator = this.windows && !folder.includes("/") ? "\\" : "/";
    // A hidden file is completed only by its dot.
    const fits = (name: string) => name.startsWith(first) && (first !== "" || !name.startsWith("."));
    return namesIn(expanded(folder === "" ? "." : folder))
      .filter(({ name }) => fits(name))
      .map(({ name, isFolder }) => folder + name + (isFolder ? separator : ""))
      .toSorted()
      .slice(0, MAX_COMPLETED_PATHS);
  }

  openSource(path: string): FileSource {
    return openDiskSource(expanded(path));
  }

  async openSink({ name, sha256 }: Pick<MessageFile, "name" | "sha256">, path?: string): Promise<FileSink> {
    const tag = sha256.slice(0, TAG_CHARS);
    const chosen = path === undefined ? downloads() : expanded(path);
    if (path === undefined || look(chosen)?.isDirectory) {
      return await DiskSink.open({ folder: chosen, name: safeFileName(name), tag });
    }
    if (/[/\\]$/.test(path)) throw new Error(`There is no folder ${path}: make it, or choose another one`);
    return await DiskSink.open({ folder: dirname(chosen), name: basename(chosen), tag });
  }

  async openPrivateSink({ name, sha256 }: Pick<MessageFile, "name" | "sha256">): Promise<FileSink> {
    this.#privateFolder ??= await Deno.makeTempDir({ prefix: "confab-" });
    return await DiskSink.open({
      folder: this.#privateFolder,
      name: safeFileName(name),
      tag: sha256.slice(0, TAG_CHARS),
    });
  }

  async mediaOf(path: string): Promise<MediaType> {
    using file = await Deno.open(path, { read: true });
    const bytes = new Uint8Array(MEDIA_SIGNATURE_BYTES);
    const count = await file.read(bytes);
    return mediaTypeOf(bytes.subarray(0, count ?? 0));
  }

  async launch(path: string): Promise<void> {
    await launchFile(path);
  }
}

/** The path itself: `~` is the home folder, and a dropped file may be a `file:` URL (RFC 8089). */
function expanded(path: string): string {
  if (/^file:\/\//i.test(path)) return fromUrl(path) ?? path;
  if (!/^~(?=$|[/\\])/.test(path)) return path;
  const home = homeFolder({ os: Deno.build.os, env: readVariable });
  return home === undefined ? path : join(home, path.slice(1));
}

function fromUrl(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

function downloads(): string {
  const isFolder = (path: string) => look(path)?.isDirectory === true;
  return downloadFolder({ os: Deno.build.os, env: readVariable, isFolder, read: textOf });
}

function look(path: string): Deno.FileInfo | undefined {
  return quietly(path, () => Deno.statSync(path));
}

function textOf(path: string): string | undefined {
  return quietly(path, () => Deno.readTextFileSync(path));
}

function namesIn(folder: string): { readonly name: string; readonly isFolder: boolean }[] {
  const read = () => {
    const entries = Array.from(Deno.readDirSync(folder));
    return entries.map((entry) => ({ name: entry.name, isFolder: isFolder(entry, folder) }));
  };
  return quietly(folder, read) ?? [];
}

function isFolder({ name, isDirectory, isSymlink }: Deno.DirEntry, folder: string): boolean {
  return isDirectory || (isSymlink && look(join(folder, name))?.isDirectory === true);
}

/** `undefined` if it cannot be read, or Deno would have to ask for the permission. */
function quietly<T>(path: string, read: () => T): T | undefined {
  try {
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
    return read();
  } catch {
    return undefined;
  }
}

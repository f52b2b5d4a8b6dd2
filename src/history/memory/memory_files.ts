import type { MessageFile, RoomMessage } from "../../protocol/messages/messages.ts";
import { type FileReferences, type StoredFile, THUMBNAIL_NAME } from "../store.ts";

interface MemoryFile extends StoredFile {
  /** The time of the message, in milliseconds. */
  readonly at: number;
}

/** The files of all messages in memory. */
export class MemoryFiles implements FileReferences {
  /** By id, oldest first. */
  readonly #byId = new Map<string, MemoryFile>();
  /** The number of files by hash. */
  readonly #counts = new Map<string, number>();
  readonly #unused = new Set<string>();

  /** Adds the file of a message, and its thumbnail. */
  add({ room, from, at }: RoomMessage, file: MessageFile): void {
    for (const each of filePartsOf(file)) {
      this.#byId.set(each.id, { room, author: from.id, file: each, at: Date.parse(at) });
      this.#counts.set(each.sha256, (this.#counts.get(each.sha256) ?? 0) + 1);
      this.#unused.delete(each.sha256);
    }
  }

  /** Removes the file and its thumbnail, because the message is gone. */
  remove(file: MessageFile): void {
    for (const each of filePartsOf(file)) this.#remove(each);
  }

  #remove({ id, sha256 }: FilePart): void {
    if (!this.#byId.delete(id)) return;
    const count = this.#counts.get(sha256)! - 1;
    if (count > 0) return void this.#counts.set(sha256, count);
    this.#counts.delete(sha256);
    this.#unused.add(sha256);
  }

  /** Removes files from before this time. */
  expire(beforeMs: number): void {
    for (const { file, at } of this.#byId.values()) if (at < beforeMs) this.#remove(file);
  }

  byId(id: string): StoredFile | undefined {
    const found = this.#byId.get(id);
    return found && { room: found.room, author: found.author, file: found.file };
  }

  bytesOf(memberId: string, sinceMs: number): number {
    const recent = this.#byId.values().filter(({ author, at }) => author === memberId && at >= sinceMs);
    return recent.reduce((sum, { file }) => sum + file.size, 0);
  }

  has(sha256: string): boolean {
    return this.#counts.has(sha256);
  }

  unused(limit: number): string[] {
    return [...this.#unused.values().take(limit)];
  }

  forget(hashes: readonly string[]): void {
    for (const hash of hashes) this.#unused.delete(hash);
  }
}

type FilePart = StoredFile["file"];

/** The file, and then its thumbnail, each as a file of its own. */
export function filePartsOf({ thumbnail, ...file }: MessageFile): readonly FilePart[] {
  if (thumbnail === undefined) return [file];
  const { width: _width, height: _height, ...picture } = thumbnail;
  return [file, { name: THUMBNAIL_NAME, ...picture }];
}

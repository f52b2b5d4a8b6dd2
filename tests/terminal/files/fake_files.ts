/** Files in memory, for a chat in a test. */

import type { FileSource } from "../../../src/client/files/file_ports.ts";
import { type MediaType, mediaTypeOf } from "../../../src/protocol/files/media_types.ts";
import type { MessageFile } from "../../../src/protocol/messages/messages.ts";
import type { FileSetup, LocalFiles } from "../../../src/terminal/files/local_files.ts";
import { FakeLinks, makeHash, MemorySink, sourceOf } from "../../client/files/fake_link.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

/** When every file was last changed. */
export const MODIFIED = 5_000;

/** A sink that is saved in `FakeFiles.saved`. */
class NamedSink extends MemorySink {
  readonly #save: (bytes: Uint8Array) => string;

  constructor(save: (bytes: Uint8Array) => string) {
    super();
    this.#save = save;
  }

  override finish(): Promise<string> {
    return Promise.resolve(this.#save(this.bytes));
  }
}

export class FakeFiles implements LocalFiles {
  readonly windows = false;
  /** Sources that were opened. */
  readonly opened: (FileSource & { closed: boolean })[] = [];
  readonly saved = new Map<string, Uint8Array>();
  readonly launched: string[] = [];
  readonly #files: ReadonlyMap<string, Uint8Array>;

  constructor(files: Readonly<Record<string, Uint8Array>> = {}) {
    this.#files = new Map(Object.entries(files));
  }

  sizeOf(path: string): number | undefined {
    return this.#files.get(path)?.length;
  }

  pathsFrom(start: string): readonly string[] {
    return [...this.#files.keys()].filter((path) => path.startsWith(start));
  }

  openSource(path: string): FileSource {
    const bytes = this.#files.get(path);
    if (bytes === undefined) throw new Error(`Cannot send ${path}: it does not exist`);
    const source = { ...sourceOf(bytes, path.split("/").at(-1)), origin: { path, modified: MODIFIED } };
    this.opened.push(source);
    return source;
  }

  openSink({ name }: Pick<MessageFile, "name">, path = `/downloads/${name}`): Promise<MemorySink> {
    return Promise.resolve(this.#sink(path));
  }

  openPrivateSink({ name }: Pick<MessageFile, "name">): Promise<MemorySink> {
    return Promise.resolve(this.#sink(`/private/${name}`));
  }

  mediaOf(path: string): Promise<MediaType> {
    return Promise.resolve(mediaTypeOf(this.saved.get(path)!));
  }

  launch(path: string): Promise<void> {
    this.launched.push(path);
    return Promise.resolve();
  }

  #sink(path: string): MemorySink {
    return new NamedSink((bytes) => {
      this.saved.set(path, bytes);
      return path;
    });
  }
}

export function fakeSetup(files: Readonly<Record<string, Uint8Array>> = {}) {
  const [local, links, clock] = [new FakeFiles(files), new FakeLinks(), new FakeClock()];
  const setup: FileSetup = { local, openLink: links.open, makeHash, clock, random: () => 1 };
  return { local, links, clock, setup };
}

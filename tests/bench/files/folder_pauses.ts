import { setImmediate } from "node:timers";
import { DiskFileStore } from "../../../src/files/disk/disk_file_store.ts";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import type { FileReferences } from "../../../src/history/store.ts";
import { ADA, batch, message, room } from "../../contracts/history_store_contract.ts";
import { file } from "../../contracts/files_contract.ts";
import { UnusedBlobs } from "../../../src/server/turn/unused_blobs.ts";
import { SLOT_MS } from "../../../src/protocol/limits.ts";
import type { Site } from "./site.ts";

const FILES = 10_000;

interface Pauses {
  readonly seconds: number;
  /** The longest turn of the event loop, in milliseconds. */
  readonly longestPauseMs: number;
}

/**
 * Pauses of the event loop with 10,000 files of one member: opening the folder, listing it, adding up the member's bytes of a
 * day, as each offer does, and removing all that is unused.
 */
export async function measureFolder({ folder }: Site): Promise<Record<string, Pauses>> {
  const files = `${folder}/files`;
  await fill(files);
  const found: Record<string, Pauses> = {};
  let store: DiskFileStore | undefined;
  found.open = await watched(async () => void (store = await DiskFileStore.open({ folder: files })));
  found.list = await watched(() => countAll(store!));
  found.quota = addUp(`${folder}/history`);
  found.remove = await watched(() => removeAll(store!));
  if (store!.usedBytes > 0) throw new Error("Not all files were removed");
  await store!.close();
  for (const [name, pauses] of Object.entries(found)) console.error(`${FILES} files: ${name}`, JSON.stringify(pauses));
  return found;
}

async function fill(folder: string): Promise<void> {
  await using store = await opened(folder);
  for (let nth = 0; nth < FILES; nth++) {
    const upload = await store.files.openUpload(crypto.randomUUID());
    await upload.append(new TextEncoder().encode(`file ${nth}`));
    await upload.complete();
    await upload.close();
  }
}

async function opened(folder: string): Promise<AsyncDisposable & { readonly files: DiskFileStore }> {
  const files = await DiskFileStore.open({ folder });
  return { files, [Symbol.asyncDispose]: () => files.close() };
}

async function countAll(store: DiskFileStore): Promise<void> {
  let count = 0;
  for await (const { size } of store.list()) count += size > 0 ? 1 : 0;
  if (count !== FILES) throw new Error(`There are ${count} files`);
}

/** Adds up what one member has sent in a day, three times. */
function addUp(folder: string): Pauses {
  const history = openSqliteHistory({ folder });
  const messages = Array.from(
    { length: FILES },
    (_, nth) => ({ message: { ...message(nth + 1, ""), file: file(nth, "a", 1) } }),
  );
  history.append(batch({ rooms: [room("lobby")], messages }));
  const times = [0, 0, 0].map(() => {
    const start = performance.now();
    if (history.files.bytesOf(ADA.id, 0) !== FILES) throw new Error("The bytes of some files are not counted");
    return performance.now() - start;
  });
  history.close();
  return pausesOf(times.reduce((sum, time) => sum + time), Math.max(...times));
}

/** As the server cleans at its start, a day later. */
async function removeAll(store: DiskFileStore): Promise<void> {
  const unused = new UnusedBlobs({
    store,
    files: NO_REFERENCES,
    log: (_level, event, fields) => console.error(event, fields),
    now: () => Date.now() + 2 * SLOT_MS,
    isSlot: () => false,
    isUploaded: () => false,
  });
  unused.sweep();
  await unused.idle;
}

async function watched(work: () => Promise<void>): Promise<Pauses> {
  let [longest, last, isOver] = [0, performance.now(), false];
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(turn);
  };
  const start = performance.now();
  turn();
  await work();
  isOver = true;
  return pausesOf(performance.now() - start, longest);
}

function pausesOf(ms: number, longest: number): Pauses {
  return { seconds: Math.round(ms) / 1_000, longestPauseMs: Math.round(10 * longest) / 10 };
}

const NO_REFERENCES: FileReferences = {
  byId: () => undefined,
  bytesOf: () => 0,
  has: () => false,
  unused: () => [],
  forget: () => {},
};

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type HistoryStore, StoreError } from "../../../src/history/store.ts";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { appendTexts, maintainFully, START_MS } from "../../contracts/history_store_contract.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

/** A file system of `bytes` on `path`, until its block ends; undefined where this user may not mount one. */
function smallDisk(path: string, options: string): Disposable | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return undefined;
  const mounted = new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", options, "tmpfs", path], stderr: "null" });
  if (!mounted.outputSync().success) return undefined;
  return { [Symbol.dispose]: () => void new Deno.Command("umount", { args: [path] }).outputSync() };
}

/** Appends until the store refuses, and returns why. */
function fillUp(store: HistoryStore): string {
  for (let round = 0; round < 5_000; round++) {
    try {
      appendTexts(store, Array.from({ length: 20 }, () => "x".repeat(1_000)));
    } catch (error) {
      assert(error instanceof StoreError, String(error));
      return error.message;
    }
  }
  throw new Error("The disk never was full");
}

Deno.test("a disk that fills up is told, loses no acknowledged batch and takes messages again once there is space", () => {
  using folder = temporaryFolder();
  using disk = smallDisk(folder.path, "size=3m");
  if (disk === undefined) return;
  Deno.writeFileSync(`${folder.path}/ballast`, new Uint8Array(500_000));
  const store = openSqliteHistory({ folder: folder.path });
  assertMatch(fillUp(store), /^Cannot use .*confab\.db: the disk is full; free some space and try again$/);
  const { seq } = store.rooms()[0]!;
  assertEquals(seq % 20, 0);
  assertEquals(store.read({ room: "lobby", limit: 1_000_000 }).length, seq);
  Deno.removeSync(`${folder.path}/ballast`);
  appendTexts(store, ["there is space again"]);
  store.close();
  const again = openSqliteHistory({ folder: folder.path });
  assertEquals(again.rooms()[0]!.seq, seq + 1);
  again.close();
});

Deno.test("a disk that is full at the start is told, and what is on it stays as it is", () => {
  using folder = temporaryFolder();
  using disk = smallDisk(folder.path, "size=1m");
  if (disk === undefined) return;
  const store = openSqliteHistory({ folder: folder.path });
  appendTexts(store, ["one"]);
  maintainFully(store, START_MS);
  store.close();
  const before = Deno.readFileSync(`${folder.path}/confab.db`);
  const size = 1024 * 1024 - before.length;
  try {
    Deno.writeFileSync(`${folder.path}/ballast`, new Uint8Array(size));
  } catch {
    // It took what there was.
  }
  try {
    openSqliteHistory({ folder: folder.path }).close();
  } catch (error) {
    assert(error instanceof StoreError, String(error));
    assertMatch(error.message, /the disk is full|the disk reports an error/);
  }
  assertEquals(Deno.readFileSync(`${folder.path}/confab.db`), before);
});

Deno.test("a disk that may only be read is told", () => {
  using folder = temporaryFolder();
  using disk = smallDisk(folder.path, "ro");
  if (disk === undefined) return;
  let told = "";
  try {
    openSqliteHistory({ folder: folder.path }).close();
  } catch (error) {
    assert(error instanceof StoreError);
    told = error.message;
  }
  assertMatch(told, /^Cannot use .*confab\.lock: /);
});

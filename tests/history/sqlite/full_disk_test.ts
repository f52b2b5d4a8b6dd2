import { assert, assertEquals, assertMatch } from "@std/assert";
import { type HistoryStore, StoreError } from "../../../src/history/store.ts";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { appendTexts, maintainFully, START_MS } from "../../contracts/history_store_contract.ts";
import { smallDisk } from "../../helpers/small_disk.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

/** Appends until the store throws a `StoreError`, and returns its message. */
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

Deno.test("a full disk is reported, loses no acknowledged batch, and takes messages again once there is space", () => {
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

Deno.test("a disk that is full at the start is reported, and its history stays unchanged", () => {
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
    // The file took all the space that was left.
  }
  try {
    openSqliteHistory({ folder: folder.path }).close();
  } catch (error) {
    assert(error instanceof StoreError, String(error));
    assertMatch(error.message, /the disk is full|the disk reports an error/);
  }
  assertEquals(Deno.readFileSync(`${folder.path}/confab.db`), before);
});

Deno.test("a read-only disk is reported", () => {
  using folder = temporaryFolder();
  using disk = smallDisk(folder.path, "ro");
  if (disk === undefined) return;
  let message = "";
  try {
    openSqliteHistory({ folder: folder.path }).close();
  } catch (error) {
    assert(error instanceof StoreError);
    message = error.message;
  }
  assertMatch(message, /^Cannot use .*confab\.lock: /);
});

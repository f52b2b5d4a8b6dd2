import { assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { compareStores } from "./store_comparison.ts";

Deno.test("a copy of a store is equal to it, also if it has indexed less, and one with another row differs", () => {
  using one = temporaryFolder();
  using other = temporaryFolder();
  openSqliteHistory({ folder: one.path }).close();
  change(one.path, "INSERT INTO rooms (id, name, topic) VALUES ('r', 'lobby', '')");
  Deno.copyFileSync(`${one.path}/confab.db`, `${other.path}/confab.db`);
  change(other.path, "UPDATE rooms SET indexed = 7, acked = 7, seq = 7");
  assertEquals(compareStores(one.path, [other.path]), []);
  change(other.path, "UPDATE rooms SET topic = 'other'");
  const [difference, ...more] = compareStores(one.path, [other.path]);
  assertMatch(difference!, /1 rows in place of 1, the first other one is rooms .*"topic":"other"/);
  assertEquals(more, []);
  change(one.path, "DELETE FROM rooms");
  assertEquals(compareStores(one.path, [other.path]).length, 1);
});

function change(folder: string, statement: string): void {
  using database = new DatabaseSync(`${folder}/confab.db`);
  database.exec(statement);
}

import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { takeCopy } from "../../../src/cli/cluster/newcomer.ts";

/** Opens a new database with one row. Its journal is there until it is closed. */
function makeDatabase(path: string, text: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; CREATE TABLE notes (text); INSERT INTO notes VALUES ('${text}')`);
  return database;
}

Deno.test("a copy is not mixed with the journal of a database that the operator has removed", () => {
  const folder = Deno.makeTempDirSync({ prefix: "confab-newcomer-" });
  const path = `${folder}/confab.db`;
  const running = makeDatabase(path, "old");
  Deno.copyFileSync(`${path}-wal`, `${folder}/kept`);
  running.close();
  Deno.removeSync(path);
  Deno.renameSync(`${folder}/kept`, `${path}-wal`);
  makeDatabase(`${folder}/copy`, "new").close();
  takeCopy(folder, `${folder}/copy`);
  const taken = new DatabaseSync(path);
  assertEquals(taken.prepare("SELECT text FROM notes").all().map(({ text }) => text), ["new"]);
  taken.close();
  Deno.removeSync(folder, { recursive: true });
});

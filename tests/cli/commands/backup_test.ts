import { setImmediate } from "node:timers";
import { assertEquals } from "@std/assert";
import { EXIT } from "../../../src/cli/args/exit_codes.ts";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { appendTexts, texts } from "../../contracts/history_store_contract.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { runCommand } from "../run_command.ts";

Deno.test("a backup taken while the server writes is complete and private", async () => {
  using folder = temporaryFolder();
  using copy = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  appendTexts(store, ["first"]);
  const file = `${copy.path}/confab.db`;
  let taken = false;
  const taking = runCommand(["backup", "--data", folder.path, file]).finally(() => taken = true);
  while (!taken) {
    appendTexts(store, Array.from({ length: 20 }, () => "more"));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { serverId } = store;
  store.close();
  assertEquals(await taking, { code: EXIT.fine, out: `Copied the history of ${folder.path} to ${file}\n`, err: "" });
  if (Deno.build.os !== "windows") assertEquals(Deno.statSync(file).mode! & 0o777, 0o600);
  const restored = openSqliteHistory({ folder: copy.path });
  assertEquals(restored.serverId, serverId);
  assertEquals((restored.rooms()[0]!.seq - 1) % 20, 0);
  assertEquals(texts(restored.read({ room: "lobby", after: 0, before: 2, limit: 1 })), ["first"]);
  restored.close();
});

Deno.test("a backup never overwrites a file", async () => {
  using folder = temporaryFolder();
  openSqliteHistory({ folder: folder.path }).close();
  const file = `${folder.path}/precious`;
  await Deno.writeTextFile(file, "precious");
  const { code, err } = await runCommand(["backup", "--data", folder.path, file]);
  assertEquals([code, err], [EXIT.cannotStore, `File ${file} already exists: choose another name or move that file\n`]);
  assertEquals(await Deno.readTextFile(file), "precious");
});

Deno.test("a backup without a history or a target fails", async () => {
  using folder = temporaryFolder();
  const none = await runCommand(["backup", "--data", folder.path, `${folder.path}/copy`]);
  assertEquals([none.code, none.err], [
    EXIT.cannotStore,
    `Folder ${folder.path} contains no history: name the server's data folder with --data\n`,
  ]);
  openSqliteHistory({ folder: folder.path }).close();
  const nowhere = await runCommand(["backup", "--data", folder.path, `${folder.path}/no/copy`]);
  assertEquals(nowhere.code, EXIT.cannotStore);
  assertEquals((await runCommand(["backup", "--data", folder.path])).code, EXIT.usage);
});

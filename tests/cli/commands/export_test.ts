import { assert, assertEquals } from "@std/assert";
import { EXIT } from "../../../src/cli/args/exit_codes.ts";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { file } from "../../contracts/files_contract.ts";
import { ADA, appendTexts, batch, BOB, message, room, START_MS } from "../../contracts/history_store_contract.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { runCommand } from "../run_command.ts";

Deno.test("export prints rooms and messages as lines of JSON while the server runs", async () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  const messages = [message(1, "hi\nthere"), message(2, "nul\0", BOB)];
  store.append(batch({ rooms: [room("lobby", "hello")], messages: messages.map((message) => ({ message })) }));
  appendTexts(store, ["other"], BOB, "ops");
  const { code, out, err } = await runCommand(["export", "--data", folder.path]);
  store.close();
  assertEquals([code, err], [EXIT.fine, ""]);
  assertEquals(out.trimEnd().split("\n").map((line) => JSON.parse(line)), [
    { type: "export", version: 1 },
    { type: "room", id: "lobby-id", name: "lobby", topic: "hello" },
    ...messages,
    { type: "room", id: "ops-id", name: "ops", topic: "" },
    message(1, "other", BOB, START_MS, "ops"),
  ]);
});

Deno.test("export as text contains no control characters", async () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  appendTexts(store, ["two\nlines", "esc \x1b[31m"], ADA, "ops");
  appendTexts(store, ["elsewhere"]);
  store.close();
  const { out } = await runCommand(["export", "--data", folder.path, "--room", "#OPS", "--format", "text"]);
  assertEquals(out, "[2026-11-10 12:00:00] #ops ada: two\n    lines\n[2026-11-10 12:00:00] #ops ada: esc ␛[31m\n");
});

Deno.test("export as text has the names of files", async () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  const messages = ["", "look"].map((text, n) => ({ ...message(n + 1, text), file: file(n + 1, "a") }));
  store.append(batch({ rooms: [room("lobby")], messages: messages.map((message) => ({ message })) }));
  store.close();
  const { out } = await runCommand(["export", "--data", folder.path, "--format", "text"]);
  assertEquals(out, "[2026-11-10 12:00:00] #lobby ada: [1.png]\n[2026-11-10 12:00:00] #lobby ada: look [2.png]\n");
});

Deno.test("export of a long history writes all of it", async () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  appendTexts(store, Array.from({ length: 2_500 }, (_, index) => `text ${index}`));
  store.close();
  const { out } = await runCommand(["export", "--data", folder.path]);
  assertEquals(out.trimEnd().split("\n").length, 2_502);
});

Deno.test("export without a history or a room fails with the reason", async () => {
  using folder = temporaryFolder();
  const nothing = await runCommand(["export", "--data", `${folder.path}/none`]);
  assertEquals(nothing.code, EXIT.cannotStore);
  assertEquals(
    nothing.err,
    `Folder ${folder.path}/none contains no history: name the server's data folder with --data\n`,
  );
  const store = openSqliteHistory({ folder: folder.path });
  appendTexts(store, ["one"]);
  store.close();
  const room = await runCommand(["export", "--data", folder.path, "--room", "ops"]);
  assertEquals([room.code, room.err], [EXIT.usage, 'Unknown room "ops": the rooms are lobby\n']);
  assert(room.out === "");
});

import { assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { assertOneLine, runConfab, serve, WINDOWS } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";

/** Obstacles to a server's start, and their errors. */
async function assertRefused(folder: string, message: RegExp): Promise<void> {
  const { code, stdout, stderr } = await runConfab(["serve", "--port", "0", "--data", folder]);
  assertEquals([code, stdout], [7, ""], stderr);
  assertOneLine(stderr);
  assertMatch(stderr, message);
}

/** A data folder with some messages. */
async function usedFolder(): Promise<string> {
  await using server = await serve();
  await using ada = await Peer.join(server.address, "ada");
  await ada.send({ type: "message", text: "precious", ref: "1" });
  await ada.next({ type: "ack" });
  await server.stop();
  return server.folder;
}

Deno.test("a data folder that cannot be created gives a one-line error and exit code 7, and changes nothing", async () => {
  const file = `${newFolder()}/notes.txt`;
  await Deno.writeTextFile(file, "precious");
  for (const folder of [file, `${file}/data`]) {
    await assertRefused(folder, /^Cannot use \S+notes\.txt/);
    assertEquals(await Deno.readTextFile(file), "precious");
  }
});

for (
  const [what, bytes] of [
    ["text", new TextEncoder().encode("These are my notes, and no history at all.\n".repeat(200))],
    ["a few bytes", Uint8Array.of(1)],
    ["random bytes", crypto.getRandomValues(new Uint8Array(10_000))],
    ["half of a SQLite header", new TextEncoder().encode("SQLite format 3\0".padEnd(4_096, "\xff"))],
  ] as const
) {
  Deno.test(`a file of ${what} in place of the history gives a one-line error and exit code 7, and stays unchanged`, async () => {
    const folder = newFolder();
    await Deno.writeFile(`${folder}/confab.db`, bytes);
    await assertRefused(folder, /^Cannot use \S+confab\.db: it is damaged/);
    assertEquals(await Deno.readFile(`${folder}/confab.db`), Uint8Array.from(bytes));
  });
}

Deno.test("another program's file gives a one-line error and exit code 7, and stays unchanged", async () => {
  const folder = newFolder();
  const database = new DatabaseSync(`${folder}/confab.db`);
  database.exec("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('precious')");
  database.close();
  const before = await Deno.readFile(`${folder}/confab.db`);
  await assertRefused(folder, /belongs to another program: choose another folder with --data$/);
  assertEquals(await Deno.readFile(`${folder}/confab.db`), before);
});

Deno.test({
  name:
    "a file of a newer version gives a one-line error and exit code 7, and stays unchanged (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    const folder = await usedFolder();
    const database = new DatabaseSync(`${folder}/confab.db`);
    database.exec("PRAGMA user_version = 999");
    database.close();
    const before = await Deno.readFile(`${folder}/confab.db`);
    await assertRefused(
      folder,
      /was written by a newer Confab \(its format is version 999, this program reads up to \d+\)/,
    );
    assertEquals(await Deno.readFile(`${folder}/confab.db`), before);
  },
});

Deno.test({
  name: "a truncated file gives a one-line error and exit code 7, and stays unchanged (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    const folder = await usedFolder();
    const path = `${folder}/confab.db`;
    const { size } = await Deno.stat(path);
    await Deno.truncate(path, size - 1_000);
    const before = await Deno.readFile(path);
    await assertRefused(folder, /^Cannot use \S+confab\.db: it is damaged/);
    assertEquals(await Deno.readFile(path), before);
  },
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { DiskSink } from "../../../src/cli/files/disk_sink.ts";
import { FILE_PIECE_BYTES } from "../../../src/protocol/limits.ts";
import { bytesOf, sha256Of } from "../../client/files/fake_link.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const WINDOWS = Deno.build.os === "windows";
const BYTES = bytesOf(FILE_PIECE_BYTES + 7);

function open(folder: string, name = "a.txt", tag = "tag"): Promise<DiskSink> {
  return DiskSink.open({ folder, name, tag });
}

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).toSorted();
}

async function save(folder: string, bytes: Uint8Array, name?: string): Promise<string> {
  const sink = await open(folder, name);
  await sink.append(bytes);
  return await sink.finish();
}

Deno.test("a file has its name only when it is finished, and its bytes are in a part before", async () => {
  using folder = temporaryFolder();
  const sink = await open(folder.path);
  await sink.append(BYTES.slice(0, 10));
  await sink.append(BYTES.slice(10));
  assertEquals([sink.size, await sink.sha256()], [BYTES.length, sha256Of(BYTES)]);
  assertEquals(namesIn(folder.path), ["a.txt.tag.part"]);
  const path = await sink.finish();
  sink.close();
  assertEquals(namesIn(folder.path), ["a.txt"]);
  assertEquals(Deno.readFileSync(path), BYTES);
});

Deno.test("an existing file is never replaced: the next ones have numbers", async () => {
  using folder = temporaryFolder();
  for (const text of ["one", "two", "three"]) await save(folder.path, new TextEncoder().encode(text));
  assertEquals(namesIn(folder.path), ["a (2).txt", "a (3).txt", "a.txt"]);
  assertEquals(Deno.readTextFileSync(`${folder.path}/a.txt`), "one");
  assertEquals(Deno.readTextFileSync(`${folder.path}/a (3).txt`), "three");
  Deno.mkdirSync(`${folder.path}/b`);
  assert((await save(folder.path, BYTES, "b")).endsWith("b (2)"));
});

Deno.test("a part is continued with the hash of all its bytes, and another file's part is not", async () => {
  using folder = temporaryFolder();
  const first = await open(folder.path);
  await first.append(BYTES.slice(0, FILE_PIECE_BYTES + 1));
  first.close();
  first.close();
  const other = await open(folder.path, "a.txt", "other");
  assertEquals(other.size, 0);
  other.close();
  const second = await open(folder.path);
  assertEquals(second.size, FILE_PIECE_BYTES + 1);
  await second.append(BYTES.slice(FILE_PIECE_BYTES + 1));
  assertEquals(await second.sha256(), sha256Of(BYTES));
  assertEquals(Deno.readFileSync(await second.finish()), BYTES);
});

Deno.test("a sink that starts again has no bytes, and one without bytes leaves nothing behind", async () => {
  using folder = temporaryFolder();
  const sink = await open(folder.path);
  await sink.append(BYTES);
  await sink.restart();
  assertEquals([sink.size, await sink.sha256()], [0, sha256Of(new Uint8Array(0))]);
  await sink.append(BYTES.slice(0, 3));
  assertEquals(await sink.sha256(), sha256Of(BYTES.slice(0, 3)));
  await sink.restart();
  sink.close();
  assertEquals(namesIn(folder.path), []);
});

Deno.test("a file that is being saved is not saved a second time, and can be afterwards", async () => {
  using folder = temporaryFolder();
  const sink = await open(folder.path);
  await assertRejects(() => open(folder.path), Error, "it is being saved already");
  sink.close();
  (await open(folder.path)).close();
});

Deno.test("a folder that does not exist is named in the error", async () => {
  using folder = temporaryFolder();
  const missing = `${folder.path}/missing`;
  await assertRejects(() => open(missing), Error, `Cannot save a.txt in ${missing}: it does not exist`);
});

Deno.test({
  name: "a link in place of the part is passed over, so that nothing elsewhere is written",
  ignore: WINDOWS,
  async fn() {
    using folder = temporaryFolder();
    Deno.writeTextFileSync(`${folder.path}/victim`, "precious");
    Deno.symlinkSync(`${folder.path}/victim`, `${folder.path}/a.txt.tag.part`);
    Deno.symlinkSync(`${folder.path}/victim`, `${folder.path}/a.txt`);
    const path = await save(folder.path, BYTES);
    assert(path.endsWith("a (2).txt"));
    assertEquals(Deno.readTextFileSync(`${folder.path}/victim`), "precious");
  },
});

// Wine can neither list nor remove files with names of this length.
Deno.test("the longest name leaves room for the part's own", { ignore: WINDOWS }, async () => {
  using folder = temporaryFolder();
  const name = `${"x".repeat(251)}.txt`;
  await save(folder.path, BYTES, name);
  assert((await save(folder.path, BYTES, name)).endsWith(" (2).txt"));
  assertEquals(namesIn(folder.path).length, 2);
});

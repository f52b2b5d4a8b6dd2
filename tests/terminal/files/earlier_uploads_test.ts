import { assert, assertEquals } from "@std/assert";
import type { UploadRecord } from "../../../src/client/delivery/kept_uploads.ts";
import { bytesOf, sha256Of } from "../../client/files/fake_link.ts";
import { start } from "../app_stage.ts";
import { AT, type FakeClient } from "../memory_terminal.ts";
import { fakeSetup, MODIFIED } from "./fake_files.ts";

const ID = "0190c3a1-7000-7000-8000-000000000001";
const BYTES = bytesOf(100);
const RECORD: UploadRecord = {
  path: "/a/a.txt",
  size: 100,
  modified: MODIFIED,
  target: { room: "lobby" },
  text: "look",
  slot: { id: ID, path: "/files/1", token: "t" },
};

/** A chat that begins with the uploads of an earlier one. */
async function open(records: readonly UploadRecord[], prepare: (client: FakeClient) => void = () => {}) {
  const fakes = fakeSetup({ "/a/a.txt": BYTES });
  const restore = (client: FakeClient) => {
    client.uploads.start(records, () => {});
    prepare(client);
  };
  const stage = await start({ files: fakes.setup, columns: 100, rows: 14, prepare: restore });
  const settle = async () => {
    for (let round = 0; round < 10; round++) await stage.settled();
  };
  const head = async (reply: string) => {
    const link = await fakes.links.next();
    assertEquals((await link.request()).split(" ")[0], "HEAD");
    link.send(`HTTP/1.1 ${reply}\r\n\r\n`);
    return link;
  };
  return { ...stage, ...fakes, settle, head, text: () => stage.screen.text };
}

Deno.test("an upload of the last start goes on with a row, and its message goes out with its text", async () => {
  const { client, head, settle, text, quit } = await open([RECORD]);
  assert(text().includes("* Sending File a.txt (100 bytes) goes on"), text());
  await head("204 No Content\r\nUpload-Offset: 40");
  await settle();
  assert(text().includes("↑ 1 a.txt [####------] 40 bytes of 100 bytes"), text());
  const link = await head("204 No Content\r\nUpload-Offset: 40");
  await link.request(60);
  const found = { sha256: sha256Of(BYTES), size: 100, media: "image/png" };
  link.reply(["HTTP/1.1 201 Created"], JSON.stringify(found));
  await settle();
  const file = { id: ID, name: "a.txt", ...found };
  assertEquals(client.pending.map(({ target, text, file }) => [target, text, file]), [[RECORD.target, "look", file]]);
  assertEquals(client.uploads.records, []);
  await quit();
});

Deno.test("an upload waits until its room is joined", async () => {
  const { client, links, settle, quit } = await open([RECORD], (client) => client.joining.add("lobby"));
  assertEquals([links.count, client.uploads.records.length], [0, 1]);
  client.joining.clear();
  client.receive({ type: "notice", text: "joined" });
  await settle();
  assertEquals(links.count, 1);
  await quit();
});

Deno.test("a file that was changed, or is gone, is not sent: the chat says so, and the slot is given back", async () => {
  for (
    const [change, reason] of [
      [
        { modified: 1 },
        "! /a/a.txt was not sent: the file has changed since its upload began, send it again; its text was: look",
      ],
      [
        { size: 99 },
        "! /a/a.txt was not sent: the file has changed since its upload began, send it again; its text was: look",
      ],
      [
        { path: "/a/gone.txt" },
        "! /a/gone.txt was not sent: Cannot send /a/gone.txt: it does not exist; its text was: look",
      ],
    ] as const
  ) {
    const { client, links, local, text, quit } = await open([{ ...RECORD, ...change }]);
    assert(text().replaceAll("\n", "").includes(reason), text());
    assertEquals((await (await links.next()).request()).split(" ")[0], "DELETE");
    assertEquals([client.uploads.records, local.opened.every(({ closed }) => closed)], [[], true]);
    await quit();
  }
});

Deno.test("an upload whose slot has ended begins again by itself, once", async () => {
  const { client, links, head, settle, text, quit } = await open([RECORD]);
  await head("404 Not Found\r\nContent-Length: 0");
  await settle();
  client.receive({ type: "error", ref: "file-1", code: "no_such_file", message: "no" });
  await settle();
  assert(text().includes("* The server has dropped a.txt: sending it begins again"), text());
  assertEquals(client.asked.at(-1), { type: "offer", room: "lobby", name: "a.txt", size: 100, ref: "file-2" });
  client.receive({ type: "slot", ref: "file-2", id: ID, token: "t2", path: "/files/2", until: AT });
  const link = await links.next();
  assert((await link.request(100)).startsWith("PUT /files/2 "));
  assertEquals(client.uploads.records, [{ ...RECORD, slot: { id: ID, path: "/files/2", token: "t2" } }]);
  link.reply(["HTTP/1.1 404 Not Found"], "");
  await settle();
  assert(text().includes("! /a/a.txt was not sent: "), text());
  assertEquals(client.uploads.records, []);
  await quit();
});

Deno.test("a chat that is left while a file goes up keeps the upload, and says so before", async () => {
  const { client, type, text, quit } = await open([RECORD], (client) => client.remembers = true);
  await type("\x04");
  const question = "* A file is still on the way: quit again to stop, uploads go on at the next start";
  assert(text().includes(question), text());
  await quit();
  assertEquals(client.uploads.records, [RECORD]);
});

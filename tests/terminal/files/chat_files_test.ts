import { assert, assertEquals } from "@std/assert";
import type { MessageFile, RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { bytesOf, sha256Of } from "../../client/files/fake_link.ts";
import { start } from "../app_stage.ts";
import { ADA, AT, directMessage, roomMessage } from "../memory_terminal.ts";
import { fakeSetup } from "./fake_files.ts";

const ID = "0190c3a1-7000-7000-8000-000000000001";
const PNG = Uint8Array.from([...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], ...bytesOf(92)]);
const TEXT = bytesOf(100);

function fileOf(bytes: Uint8Array, change: Partial<MessageFile> = {}): MessageFile {
  const media = bytes === PNG ? "image/png" : "application/octet-stream";
  return { id: ID, name: "a.txt", size: bytes.length, media, sha256: sha256Of(bytes), ...change };
}

function withFile(seq: number, file: MessageFile, text = ""): RoomMessage {
  return { ...roomMessage(text, seq) as RoomMessage, file };
}

async function open(files: Readonly<Record<string, Uint8Array>> = {}) {
  const fakes = fakeSetup(files);
  const stage = await start({ files: fakes.setup, columns: 100, rows: 14 });
  const enter = (line: string) => stage.type(`${line}\r`);
  /** Lets the chains of promises of a transfer run. */
  const settle = async () => {
    for (let round = 0; round < 10; round++) await stage.settled();
  };
  const text = () => stage.screen.text;
  return { ...stage, ...fakes, enter, settle, text };
}

Deno.test("files: /send offers each file, sends it and then a message, the first one with the text", async () => {
  const { client, links, local, enter, settle, text, quit } = await open({ "/a/a.txt": TEXT, "b.png": PNG });
  await enter("/send /a/a.txt b.png look at them");
  const offers = client.asked.filter((asked) => (asked as { type?: string }).type === "offer");
  assertEquals(offers, [
    { type: "offer", room: "lobby", name: "a.txt", size: 100, ref: "file-1" },
    { type: "offer", room: "lobby", name: "b.png", size: 100, ref: "file-2" },
  ]);
  client.receive({ type: "slot", ref: "file-1", id: ID, token: "t", path: "/files/1", until: AT });
  const link = await links.next();
  await link.request(100);
  await settle();
  assert(text().includes("↑ 1 a.txt [##########] 100 bytes of 100 bytes, finishing\n↑ 2 b.png [----------] 0 bytes"));
  const { sha256 } = fileOf(TEXT);
  link.reply(["HTTP/1.1 201 Created"], JSON.stringify({ sha256, size: 100, media: "application/octet-stream" }));
  await settle();
  assertEquals(client.pending.map(({ target, text, file }) => [target, text, file]), [
    [{ room: "lobby" }, "look at them", fileOf(TEXT)],
  ]);
  assertEquals([text().includes("↑ 1"), text().includes("… look at them [a.txt]")], [false, true]);
  client.receive({ type: "error", ref: "file-2", code: "quota_exceeded", message: "Try again tomorrow" });
  await settle();
  assert(text().includes("! b.png was not sent: Try again tomorrow"));
  assertEquals(local.opened.map(({ closed }) => closed), [true, true]);
  await quit();
});

Deno.test("files: a path that does not exist sends nothing, and the line stays", async () => {
  const { client, local, enter, text, quit } = await open({ "/a.txt": TEXT });
  await enter("/send missing.txt hello");
  assert(text().includes("! Cannot send missing.txt: it does not exist"));
  assert(text().endsWith("#lobby> /send missing.txt hello"));
  assertEquals(client.asked.some((asked) => (asked as { type?: string }).type === "offer"), false);
  assertEquals(local.opened.every(({ closed }) => closed), true);
  await quit();
});

Deno.test("files: in a conversation a file goes to the other member, also if the user has gone elsewhere meanwhile", async () => {
  const { client, links, enter, settle, quit } = await open({ "/a.txt": TEXT });
  client.receive(directMessage("hi"));
  await enter(`/join @${ADA.name}`);
  await enter("/send /a.txt");
  const { id } = ADA;
  assertEquals(client.asked.at(-1), { type: "offer", to: id, name: "a.txt", size: 100, ref: "file-1" });
  await enter("/room lobby");
  client.receive({ type: "slot", ref: "file-1", id: ID, token: "t", path: "/files/1", until: AT });
  const link = await links.next();
  await link.request(100);
  const { sha256, media } = fileOf(TEXT);
  link.reply(["HTTP/1.1 201 Created"], JSON.stringify({ sha256, size: 100, media }));
  await settle();
  assertEquals(client.pending.map(({ target }) => target), [{ to: id }]);
  await quit();
});

Deno.test("files: a text that could not go out with its file is shown, so that it is not lost", async () => {
  const { client, enter, settle, text, quit } = await open({ "/a.txt": TEXT });
  await enter("/send /a.txt important words");
  client.receive({ type: "error", ref: "file-1", code: "forbidden", message: "No files here" });
  await settle();
  assert(text().includes("! a.txt was not sent: No files here; its text was: important words"));
  await quit();
});

Deno.test("files: a dropped file is not sent before the user has seen the line and pressed Enter", async () => {
  const { client, enter, text, type, quit } = await open({ "/a/my file.txt": TEXT });
  await enter("'/a/my file.txt'");
  assert(text().includes("* To send it to #lobby, use this line"));
  assert(text().endsWith('#lobby> /send "/a/my file.txt"'));
  const offers = () => client.asked.filter((asked) => (asked as { type?: string }).type === "offer").length;
  assertEquals(offers(), 0);
  await type("\r");
  assertEquals(offers(), 1);
  await enter("/a/other.txt");
  assert(text().includes('! Command "/a/other.txt" is unknown'));
  await quit();
});

Deno.test("files: Tab completes paths, also those with blanks", async () => {
  const { type, text, quit } = await open({ "/a/my file.txt": TEXT, "/b/": TEXT });
  await type("/send /a\t");
  assert(text().endsWith('#lobby> /send "/a/my file.txt"'), text());
  await type("\x15/send '/a/my fi\t");
  assert(text().endsWith('#lobby> /send "/a/my file.txt"'), text());
  await type("\x15/send /b\t");
  assert(text().endsWith("#lobby> /send /b/"), text());
  await quit();
});

Deno.test("files: a message with a file has a card, and /save and /open fetch it by its number", async () => {
  const { client, links, local, enter, settle, text, quit } = await open();
  client.receive(withFile(12, fileOf(TEXT), "the list"));
  client.receive(withFile(13, fileOf(PNG, { name: "cat.exe" })));
  await settle();
  assert(text().includes("ada: the list\n        [File a.txt (100 bytes): /save 12]\n"), text());
  assert(text().includes("ada:\n        [File cat.exe (100 bytes): /open 13 or /save 13]"), text());
  await enter("/save 12");
  assertEquals(client.asked.at(-1), { type: "fetch", id: ID, ref: "file-1" });
  client.receive({ type: "url", ref: "file-1", id: ID, path: "/files/1/g", until: AT });
  const link = await links.next();
  await link.request();
  link.reply(["HTTP/1.1 200 OK"], TEXT);
  await settle();
  assert(text().includes("* a.txt is saved: /downloads/a.txt"), text());
  assertEquals(local.saved.get("/downloads/a.txt"), TEXT);
  await enter("/open");
  client.receive({ type: "url", ref: "file-2", id: ID, path: "/files/1/g", until: AT });
  const next = await links.next();
  await next.request();
  next.reply(["HTTP/1.1 200 OK"], PNG);
  await settle();
  assertEquals(local.launched, ["/private/cat.exe.png"]);
  await quit();
});

Deno.test("files: what is no picture, sound, video or PDF is never opened, whatever the server says", async () => {
  const { client, links, local, enter, settle, text, quit } = await open();
  client.receive(withFile(1, fileOf(TEXT)));
  await enter("/open 1");
  assert(text().includes("a.txt is no picture, sound, video or PDF: /save 1 saves it instead"), text());
  client.receive(withFile(2, fileOf(TEXT, { media: "image/png" })));
  await enter("\x15/open 2");
  client.receive({ type: "url", ref: "file-1", id: ID, path: "/files/1/g", until: AT });
  const link = await links.next();
  await link.request();
  link.reply(["HTTP/1.1 200 OK"], TEXT);
  await settle();
  assert(text().includes("! Not opened: the file is not what the server says"), text());
  assertEquals(local.launched, []);
  await quit();
});

Deno.test("files: /cancel stops one, names the numbers if there are several, and quitting asks once", async () => {
  const { client, enter, settle, text, quit, type } = await open({ "/a.txt": TEXT, "/b.txt": TEXT });
  await enter("/cancel");
  assert(text().includes("! No file is on the way"));
  client.receive(withFile(1, fileOf(TEXT)));
  await type("\x15");
  await enter("/send /a.txt /b.txt");
  await enter("/save 1");
  await enter("/cancel");
  assert(text().includes("! 3 files are on the way: write /cancel N"), text());
  await enter("\x15/cancel 7");
  assert(text().includes("! There is no transfer 7"), text());
  await enter("\x15/cancel 2");
  await settle();
  assert(text().includes("* Cancelled: b.txt was not sent"), text());
  await enter("/cancel 3");
  await settle();
  assert(text().includes("* Cancelled: a.txt was not saved, /save 1 continues"), text());
  await enter("/quit");
  assert(text().includes("* A file is still on the way: quit again to stop"), text());
  await enter("/cancel all");
  await settle();
  assert(text().includes("* Cancelled: a.txt was not sent"), text());
  await quit();
});

Deno.test("files: a chat without files says so", async () => {
  const stage = await start({ columns: 80 });
  await stage.type("/send a.txt\r");
  assert(stage.screen.text.includes("! Files cannot be sent or saved here"));
  await stage.quit();
});

Deno.test("files: a small picture of another member is shown below its message, unless the user does not want it", async () => {
  const picture = { width: 2, height: 2, bytes: Uint8Array.from([...[1, 2, 3, 4, 5, 6], ...[7, 8, 9, 10, 11, 12]]) };
  const boxes: object[] = [];
  const scalePicture = (bytes: Uint8Array, form: object) => {
    boxes.push({ ...form, bytes: bytes.length });
    return Promise.resolve(picture);
  };
  const { links, setup } = fakeSetup();
  const options = { files: { ...setup, scalePicture }, columns: 100, rows: 14, color: true, pictures: "true" as const };
  const { client, screen, settled, type, quit } = await start(options);
  const thumbnail = { id: `${ID.slice(0, -1)}2`, size: 50, media: "image/jpeg", sha256: sha256Of(TEXT.slice(0, 50)) };
  const file = fileOf(PNG, { name: "cat.png", thumbnail: { ...thumbnail, width: 2, height: 2 } });
  client.receive(withFile(4, file));
  await settled();
  const asked = client.asked.filter((command) => (command as { type?: string }).type === "fetch");
  assertEquals(asked, [{ type: "fetch", id: thumbnail.id, ref: "preview-1" }]);
  client.receive({ type: "url", ref: "preview-1", id: thumbnail.id, path: "/files/2/g", until: AT });
  const link = await links.next();
  await link.request(0);
  link.reply(["HTTP/1.1 200 OK"], TEXT.slice(0, 50));
  for (let round = 0; round < 10; round++) await settled();
  assertEquals(boxes, [{ width: 40, height: 20, as: "pixels", maxPixels: 320 * 320, bytes: 50 }]);
  assert(screen.text.includes("        [4: cat.png]\n        ▀▀\n"), screen.text);
  await type("/set previews off\r");
  client.receive(withFile(5, file));
  await settled();
  assertEquals(client.asked.filter((command) => (command as { type?: string }).type === "fetch").length, 1);
  await quit();
});

Deno.test("files: messages go out in the order of the line, although a later file arrives first", async () => {
  const { client, links, enter, settle, quit } = await open({ "/a/a.txt": TEXT, "b.png": PNG });
  await enter("/send /a/a.txt b.png look");
  const ids = [ID, `${ID.slice(0, -1)}2`];
  const found = [fileOf(TEXT), fileOf(PNG)].map(({ sha256, size, media }) => JSON.stringify({ sha256, size, media }));
  for (const nth of [1, 0]) {
    client.receive({
      type: "slot",
      ref: `file-${nth + 1}`,
      id: ids[nth]!,
      token: "t",
      path: `/files/${nth}`,
      until: AT,
    });
    const link = await links.next();
    await link.request(100);
    link.reply(["HTTP/1.1 201 Created"], found[nth]);
    await settle();
    assertEquals(client.pending.length, nth === 1 ? 0 : 2);
  }
  assertEquals(client.pending.map(({ file }) => file?.id), ids);
  await quit();
});

/** Files from one member to another, with real programs: the chat over TCP, the bytes over HTTP. */

import { assertEquals, assertMatch } from "@std/assert";
import { runConfab, serve, serveAgain, WINDOWS } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";
import { inTime, poll } from "../helpers/process_lines.ts";

const SIZE = 3 * 1024 * 1024;
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Bytes of a picture that differ in each test. */
function picture(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SIZE);
  for (let at = 0; at < SIZE; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  bytes.set(PNG);
  return bytes;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return hash.toBase64({ alphabet: "base64url", omitPadding: true });
}

let refs = 0;

/** Sends a command and returns its reply. */
async function ask(peer: Peer, command: Json): Promise<Json> {
  const ref = `f${++refs}`;
  await peer.send({ ...command, ref });
  return await peer.next({ ref });
}

async function request(address: string, path: string, init: RequestInit = {}): Promise<Response> {
  return await inTime(fetch(`http://${address}${path}`, init), () => `the answer to ${path}`);
}

async function upload(address: string, { path, token }: Json, bytes: Uint8Array<ArrayBuffer>): Promise<Json> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await request(address, path, { method: "PUT", headers, body: bytes });
  assertEquals([response.status, response.headers.get("upload-complete")], [201, "?1"]);
  return await response.json();
}

async function download(address: string, path: string): Promise<Uint8Array> {
  const response = await request(address, path);
  assertEquals(response.status, 200);
  return new Uint8Array(await response.arrayBuffer());
}

/** Offers, uploads and sends a file, and returns it as the message has it. */
async function sendFile(address: string, peer: Peer, bytes: Uint8Array<ArrayBuffer>): Promise<Json> {
  const slot = await ask(peer, { type: "offer", room: "lobby", name: "cat.png", size: bytes.length });
  const found = await upload(address, slot, bytes);
  const file = { id: slot.id, name: "cat.png", ...found };
  assertEquals((await ask(peer, { type: "message", room: "lobby", text: "", file })).type, "ack");
  return file;
}

/** Bytes of all files in a folder, with those in its folders. */
function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of Deno.readDirSync(folder)) {
    const path = `${folder}/${entry.name}`;
    try {
      bytes += entry.isDirectory ? bytesIn(path) : Deno.statSync(path).size;
    } catch (error) {
      // The server has removed it meanwhile.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return bytes;
}

/** Resolves when the folder has at most this many bytes. */
function shrunk(folder: string, bytes: number): Promise<void> {
  return poll(() => Promise.resolve(bytesIn(folder) <= bytes), () => `${folder} to shrink to ${bytes} bytes`);
}

Deno.test("a file goes from one member to another with equal bytes, and its deletion ends it and frees the disk", async () => {
  await using server = await serve();
  const { address, folder } = server;
  await using ada = await Peer.join(address, "ada");
  await using bob = await Peer.join(address, "bob");
  const bytes = picture();
  const before = bytesIn(`${folder}/files`);
  const file = await sendFile(address, ada, bytes);
  const hash = await sha256(bytes);
  assertEquals([file.sha256, file.size, file.media], [hash, SIZE, "image/png"]);
  const message = await bob.next({ type: "message" });
  assertEquals([message.text, message.file], ["", file]);
  const { path } = await ask(bob, { type: "fetch", id: file.id });
  assertEquals(await sha256(await download(address, path) as Uint8Array<ArrayBuffer>), hash);
  assertEquals(bytesIn(`${folder}/files`), before + SIZE);
  await ask(ada, { type: "delete", room: "lobby", of: message.id });
  const gone = await request(address, path);
  assertEquals([gone.status, (await gone.text()).length > 0], [404, true]);
  assertEquals((await ask(bob, { type: "fetch", id: file.id })).code, "no_such_file");
  await shrunk(`${folder}/files`, before);
  await server.stop();
});

Deno.test("the same bytes sent twice are stored once, until both messages are deleted", async () => {
  await using server = await serve();
  const { address, folder } = server;
  await using ada = await Peer.join(address, "ada");
  const before = bytesIn(`${folder}/files`);
  const bytes = picture();
  const [one, two] = [await sendFile(address, ada, bytes), await sendFile(address, ada, bytes)];
  assertEquals([one.sha256 === two.sha256, bytesIn(`${folder}/files`)], [true, before + SIZE]);
  await ask(ada, { type: "delete", room: "lobby", of: 1 });
  const { path } = await ask(ada, { type: "fetch", id: two.id });
  assertEquals((await download(address, path)).length, SIZE);
  await ask(ada, { type: "delete", room: "lobby", of: 2 });
  await shrunk(`${folder}/files`, before);
  await server.stop();
});

Deno.test({
  name: "after a SIGKILL in the middle, an upload goes on from where it was, and the message arrives",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve();
    const bytes = picture();
    await using ada = await Peer.join(server.address, "ada");
    const { you } = ada.joined;
    const slot = await ask(ada, { type: "offer", room: "lobby", name: "cat.png", size: SIZE });
    const headers = { authorization: `Bearer ${slot.token}`, "content-type": "application/partial-upload" };
    const part = await request(server.address, slot.path, {
      method: "PATCH",
      headers: { ...headers, "upload-offset": "0" },
      body: bytes.subarray(0, SIZE / 2),
    });
    assertEquals([part.status, await part.text()], [204, ""]);
    server.program.kill("SIGKILL");
    await using again = await serveAgain(server);
    const { address } = again;
    const state = await request(address, slot.path, { method: "HEAD", headers });
    const offset = Number(state.headers.get("upload-offset"));
    assertEquals([state.status, offset > 0 && offset <= SIZE / 2], [204, true]);
    const rest = await request(address, slot.path, {
      method: "PATCH",
      headers: { ...headers, "upload-offset": String(offset) },
      body: bytes.subarray(offset),
    });
    const found = await rest.json();
    assertEquals([rest.status, found.sha256], [201, await sha256(bytes)]);
    await using back = await Peer.rejoin(address, you);
    await using bob = await Peer.join(address, "bob");
    const file = { id: slot.id, name: "cat.png", ...found };
    assertEquals((await ask(back, { type: "message", room: "lobby", text: "", file })).type, "ack");
    assertEquals((await bob.next({ type: "message" })).file, file);
    const { path } = await ask(bob, { type: "fetch", id: slot.id });
    assertEquals((await download(address, path)).length, SIZE);
    await again.stop();
  },
});

Deno.test("a member who is kicked cannot read a file any more, and a wrong token uploads nothing", async () => {
  const passwords = newFolder();
  Deno.writeTextFileSync(`${passwords}/admin`, "boss of all", { mode: 0o600 });
  await using server = await serve("--admin-password-file", `${passwords}/admin`);
  const { address } = server;
  await using ada = await Peer.join(address, "ada");
  await using bob = await Peer.join(address, "bob");
  const slot = await ask(bob, { type: "offer", room: "lobby", name: "a", size: 4 });
  const headers = { authorization: "Bearer wrong" };
  const refused = await request(address, slot.path, { method: "PUT", headers, body: "text" });
  assertEquals([refused.status, (await refused.text()).length > 0], [404, true]);
  const file = await sendFile(address, ada, picture());
  const { path } = await ask(bob, { type: "fetch", id: file.id });
  await ask(ada, { type: "auth", password: "boss of all" });
  assertEquals((await ask(ada, { type: "kick", room: "lobby", name: "bob" })).type, "notice");
  const gone = await request(address, path);
  assertEquals([gone.status, (await gone.text()).length > 0], [404, true]);
  await server.stop();
});

Deno.test("a file over --max-file is refused at its offer, and 0 switches files off", async () => {
  await using small = await serve("--max-file", "1MB");
  await using ada = await Peer.join(small.address, "ada");
  const { code, message } = await ask(ada, { type: "offer", room: "lobby", name: "a", size: SIZE });
  assertEquals([code, message], ["file_too_large", "The file has 3 MB, and this server takes at most 1 MB"]);
  await small.stop();
  await using none = await serve("--max-file", "0");
  await using bob = await Peer.join(none.address, "bob");
  assertMatch((await ask(bob, { type: "offer", room: "lobby", name: "a", size: 1 })).message, /takes no files/);
  await none.stop();
});

Deno.test("a backup and an export take the files along while the server runs, and both can be used again", async () => {
  const folder = newFolder();
  const bytes = picture();
  await using server = await serve();
  const ada = await Peer.join(server.address, "ada");
  const { id } = await sendFile(server.address, ada, bytes);
  const data = ["--data", server.folder];
  const plain = await runConfab(["backup", ...data, `${folder}/plain.db`]);
  assertMatch(plain.stdout, /\nThe 1 file of its messages \(3\.0 MB\) is not in it: --with-files DIR copies them$/);
  Deno.mkdirSync(`${folder}/restored`);
  const whole = await runConfab([
    ...["backup", ...data, `${folder}/restored/confab.db`, "--with-files", `${folder}/restored/files`],
  ]);
  assertMatch(whole.stdout, /\nCopied 1 file \(3\.0 MB\) to .*files$/);
  const again = ["export", ...data, "--with-files", `${folder}/restored/files`];
  const exported = await runConfab(again);
  assertMatch(exported.stderr, /^Copied 0 files \(0 bytes\) to .*files; 1 was there already\s*$/);
  await Deno.writeTextFile(`${folder}/chat.jsonl`, exported.stdout);
  const into = ["--data", `${folder}/other`, "--with-files", `${folder}/restored/files`];
  const imported = await runConfab(["import", ...into, `${folder}/chat.jsonl`]);
  assertEquals(imported.stdout.split("\n")[1], `Copied 1 file (3.0 MB) to ${folder}/other/files`);
  for (const restored of ["restored", "other"]) {
    await using second = await serve("--data", `${folder}/${restored}`);
    const bob = await Peer.join(second.address, "bob");
    const { path } = await ask(bob, { type: "fetch", id });
    assertEquals(await download(second.address, String(path)), bytes);
  }
});

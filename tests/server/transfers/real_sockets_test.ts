import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import type { FileLink, FileSink } from "../../../src/client/files/file_ports.ts";
import { FileDownload } from "../../../src/client/files/file_download.ts";
import { FileUpload } from "../../../src/client/files/file_upload.ts";
import { TransferError } from "../../../src/client/files/transfer_error.ts";
import { MemoryHistory } from "../../../src/history/memory/memory_history.ts";
import { Server } from "../../../src/server/server.ts";
import { digest } from "../../../src/server/turn/ids.ts";
import { listenTcp } from "../../../src/transports/tcp.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { MemoryFileStore } from "../../helpers/memory_file_store.ts";
import { FakeDesk, sampleBytes } from "./file_stage.ts";

const ID = "01900000-0000-7000-8000-000000000001";
const TOKEN = "a-token";
const SIZE = 3_000_001;

/** A server on a port that the system chooses. */
class RealServer implements AsyncDisposable {
  readonly store = new MemoryFileStore();
  readonly desk = new FakeDesk();
  readonly address: string;
  readonly #server: Server;

  constructor() {
    this.#server = new Server({
      title: "test",
      version: "0",
      rate: undefined,
      maxConnections: 100,
      connectionsPerAddress: 0,
      attemptsPerAddress: 0,
      history: new MemoryHistory(),
      page: () => Promise.reject(new Error("no page")),
      log: () => {},
      newWords: () => "three-such-words",
      files: { store: this.store, desk: this.desk },
    });
    const listener = listenTcp("127.0.0.1", 0);
    this.address = listener.address;
    this.#server.listen(listener);
    this.desk.slots.set(ID, { member: "ada", size: SIZE, tokenDigest: digest(TOKEN) });
  }

  get url(): string {
    return `http://${this.address}/files/${ID}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.drain();
  }
}

const AUTH = { Authorization: `Bearer ${TOKEN}` };

Deno.test("a file goes up and down on real sockets as it is, in parts as well", async () => {
  await using server = new RealServer();
  const bytes = sampleBytes(SIZE);
  const client = Deno.createHttpClient({});
  const patch = (from: number, to: number) =>
    fetch(server.url, {
      client,
      method: "PATCH",
      headers: { ...AUTH, "Content-Type": "application/partial-upload", "Upload-Offset": String(from) },
      body: bytes.slice(from, to),
    });
  assertEquals((await patch(0, 1_000_000)).status, 204);
  const last = await patch(1_000_000, SIZE);
  const { sha256, size } = await last.json();
  assertEquals([last.status, size, sha256], [201, SIZE, createHash("sha256").update(bytes).digest("base64url")]);
  server.desk.grants.set(`${ID}/x`, { member: "bob", name: "a", size, sha256, media: "video/mp4" });
  const got = await fetch(`${server.url}/x`, { client });
  assertEquals(new Uint8Array(await got.arrayBuffer()), bytes);
  const part = await fetch(`${server.url}/x`, { client, headers: { Range: "bytes=1000000-2999999" } });
  assertEquals([part.status, new Uint8Array(await part.arrayBuffer())], [206, bytes.subarray(1_000_000, 3_000_000)]);
  client.close();
});

/** A link that breaks after so many bytes were written, or read. */
async function breakingLink(address: string, bytes: number): Promise<FileLink> {
  const [hostname, port] = address.split(":") as [string, string];
  const conn = await Deno.connect({ hostname, port: Number(port) });
  let left = bytes;
  let closed = false;
  const close = () => {
    if (!closed) conn.close();
    closed = true;
  };
  const count = (moved: number) => {
    left -= moved;
    if (left < 0) close();
  };
  return {
    read: async (buffer) => {
      const got = await conn.read(buffer);
      count(got ?? 0);
      return got;
    },
    write: async (chunk) => {
      for (let at = 0; at < chunk.length;) at += await conn.write(chunk.subarray(at));
      count(chunk.length);
    },
    close,
  };
}

/** Tries until the client has no passing error, and returns the number of attempts. */
async function insist<T>(attempt: () => Promise<T>): Promise<readonly [T, number]> {
  for (let attempts = 1;; attempts++) {
    try {
      return [await attempt(), attempts];
    } catch (error) {
      if (!(error instanceof TransferError) || (error.kind !== "broken" && error.kind !== "busy")) throw error;
    }
  }
}

Deno.test("our client sends and gets a file over links that break again and again", async () => {
  await using server = new RealServer();
  const bytes = sampleBytes(SIZE);
  const read = (offset: number, buffer: Uint8Array) => {
    const part = bytes.subarray(offset, offset + buffer.length);
    buffer.set(part);
    return Promise.resolve(part.length);
  };
  const clock = new FakeClock();
  const use = { clock, signal: new AbortController().signal, progress: () => {} };
  const openLink = () => breakingLink(server.address, 1_000_000);
  const source = { name: "a", size: SIZE, read, close: () => {} };
  const hash = createHash("sha256");
  const fileHash = { update: (part: Uint8Array) => void hash.update(part), digest: () => hash.digest("base64url") };
  const slot = { path: `/files/${ID}`, token: TOKEN };
  const upload = new FileUpload({ ...use, openLink, slot, source, hash: fileHash });
  const [{ sha256, media }, sent] = await insist(() => upload.attempt());
  assertEquals([sent > 2, server.store.blobs.get(sha256)], [true, bytes]);
  server.desk.grants.set(`${ID}/x`, { member: "bob", name: "a", size: SIZE, sha256, media });
  const sink = new MemorySink();
  const fetch = () => Promise.resolve({ path: `/files/${ID}/x` });
  const download = new FileDownload({ ...use, openLink, file: { id: ID, size: SIZE, sha256 }, sink, fetch });
  const [, got] = await insist(() => download.attempt());
  assertEquals([got > 2, sink.bytes], [true, bytes]);
});

class MemorySink implements FileSink {
  bytes = new Uint8Array(0);

  get size(): number {
    return this.bytes.length;
  }

  append(part: Uint8Array): Promise<void> {
    const whole = new Uint8Array(this.size + part.length);
    whole.set(this.bytes);
    whole.set(part, this.size);
    this.bytes = whole;
    return Promise.resolve();
  }

  sha256(): Promise<string> {
    return Promise.resolve(createHash("sha256").update(this.bytes).digest("base64url"));
  }

  restart(): Promise<void> {
    this.bytes = new Uint8Array(0);
    return Promise.resolve();
  }

  finish(): Promise<string> {
    return Promise.resolve("here");
  }

  close(): void {}
}

Deno.test("curl uploads a file, with a 100 first, and resumes its download", async () => {
  await using server = new RealServer();
  const folder = await Deno.makeTempDir();
  const bytes = sampleBytes(SIZE);
  await Deno.writeFile(`${folder}/up`, bytes);
  const run = async (...args: readonly string[]) => {
    const { success, stdout } = await new Deno.Command("curl", { args: ["-sS", "--max-time", "30", ...args] }).output();
    return [success, new TextDecoder().decode(stdout)] as const;
  };
  const auth = ["-H", `Authorization: Bearer ${TOKEN}`];
  const [, written] = await run(
    "-T",
    `${folder}/up`,
    ...auth,
    "-H",
    "Expect: 100-continue",
    "-w",
    "%{http_code}",
    server.url,
  );
  assertEquals(written.endsWith("201"), true);
  const [, again] = await run("-T", `${folder}/up`, "-H", "Authorization: Bearer x", "-w", "%{http_code}", server.url);
  assertEquals(again.endsWith("404"), true);
  const { sha256, size, media } = server.desk.done[0]![1];
  server.desk.grants.set(`${ID}/x`, { member: "bob", name: "a", size, sha256, media });
  await Deno.writeFile(`${folder}/down`, bytes.subarray(0, 1_234_567));
  const [resumed] = await run("-C", "-", "-o", `${folder}/down`, `${server.url}/x`);
  assertEquals([resumed, await Deno.readFile(`${folder}/down`)], [true, bytes]);
  await Deno.remove(folder, { recursive: true });
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { setImmediate } from "node:timers";
import type { DistantBlobs, FetchOutcome, LinkNote, ServerLinks } from "../../../src/server/links/server_links.ts";
import { Stage } from "../stage.ts";
import { FileStage, sampleBytes } from "./file_stage.ts";

/** Links to other servers, which do as the test says. */
class FakeLinks implements ServerLinks {
  readonly copied: string[] = [];
  copies: () => Promise<boolean> = () => Promise.resolve(true);
  fetches: DistantBlobs["fetch"] = () => Promise.resolve("missing");
  readonly notes: (readonly [number, LinkNote])[] = [];
  receiver: Parameters<ServerLinks["attach"]>[0] | undefined;
  readonly blobs: DistantBlobs = {
    fetch: (sha256, size) => this.fetches(sha256, size),
    copy: ({ sha256 }) => {
      this.copied.push(sha256);
      return this.copies();
    },
  };

  accept(): undefined {}

  send(server: number, note: LinkNote): boolean {
    this.notes.push([server, note]);
    return true;
  }

  attach(receiver: Parameters<ServerLinks["attach"]>[0]): void {
    this.receiver = receiver;
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

Deno.test("an upload is recorded only after another server has a copy", async () => {
  const links = new FakeLinks();
  const copied = Promise.withResolvers<boolean>();
  links.copies = () => copied.promise;
  await using files = new FileStage({ links });
  const slot = files.offer(10);
  const answer = files.dial().ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10));
  while (links.copied.length === 0) await turn();
  await turn();
  assertEquals(files.desk.done, []);
  copied.resolve(true);
  assertEquals((await answer).status, 201);
  assertEquals(files.desk.done.map(([, { sha256 }]) => sha256), links.copied);
  assertEquals(files.logged.filter((line) => line.includes("file on one server")), []);
});

Deno.test("if no other server takes a copy, the upload goes on, and the log says it once", async () => {
  const links = new FakeLinks();
  await using files = new FileStage({ links });
  const end = files.dial();
  for (const isTaken of [false, false, true, false]) {
    links.copies = () => Promise.resolve(isTaken);
    const slot = files.offer(10);
    assertEquals((await end.ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10, links.copied.length))).status, 201);
  }
  assertEquals(files.logged.filter((line) => line.includes("file on one server")).length, 2);
});

Deno.test("a file that is on another server is fetched, and served in parts as well", async () => {
  const links = new FakeLinks();
  await using files = new FileStage({ links });
  const bytes = sampleBytes(1_000);
  const path = files.share(bytes);
  const [sha256] = files.store.blobs.keys();
  files.store.blobs.clear();
  const asked: unknown[] = [];
  links.fetches = (...wanted) => {
    asked.push(wanted);
    files.store.addBlob(bytes);
    return Promise.resolve("stored");
  };
  const end = files.dial();
  const part = await end.ask(`GET ${path}`, { Range: "bytes=10-19" });
  assertEquals([part.status, part.body], [206, bytes.subarray(10, 20)]);
  assertEquals((await end.ask(`GET ${path}`)).body, bytes);
  assertEquals(asked, [[sha256, 1_000]]);
});

Deno.test("a file that no server has is not found, and one out of reach comes later", async () => {
  const links = new FakeLinks();
  await using files = new FileStage({ links });
  const path = files.share(sampleBytes(10));
  files.store.blobs.clear();
  const answers: unknown[] = [];
  for (const outcome of ["missing", "unreachable", "stored"] satisfies FetchOutcome[]) {
    links.fetches = () => Promise.resolve(outcome);
    const { status, headers } = await files.dial().ask(`GET ${path}`);
    answers.push([status, headers.get("retry-after")]);
  }
  assertEquals(answers, [[404, undefined], [503, "2"], [404, undefined]]);
});

Deno.test("typing of a member of another server is shown, and that of members here is passed on to no server of their own", async () => {
  const links = new FakeLinks();
  await using stage = new Stage({ links });
  const ada = await stage.join("ada");
  await stage.join("bob");
  const event = { type: "typing", room: "lobby", member: { id: "01900000-0000-7000-8000-000000000001", name: "eve" } };
  for (let session = 1; session < 5; session++) {
    links.receiver!.take(7, { type: "signal", sessions: [session], event: event as never });
  }
  assertStringIncludes(JSON.stringify(await ada.until("typing")), "eve");
  assert(links.notes.every(([server]) => server === 0));
});

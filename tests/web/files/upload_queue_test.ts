import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { TransferError } from "../../../src/client/files/transfer_error.ts";
import type { MessageFile } from "../../../src/protocol/messages/messages.ts";
import { Conversation } from "../../../src/web/model/conversation.ts";
import type { SlicedFile } from "../../../src/web/files/uploads/hashed_file.ts";
import type { MadeThumbnail, QueuedFile } from "../../../src/web/files/uploads/queued_file.ts";
import { KeptSlots } from "../../../src/web/files/uploads/kept_slots.ts";
import { UploadQueue } from "../../../src/web/files/uploads/upload_queue.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { MemoryStore } from "../page_stage.ts";
import { bytesOf, chosenFile, FakeUploadServer, reply, sha256Of, vanishingFile } from "./fake_upload_server.ts";

const LOBBY = new Conversation("#lobby", { kind: "room", room: "lobby" });
const NO_TEXT = { text: "", line: "" };
const BYTES = bytesOf(100);

class Stage {
  readonly tab: MemoryStore;
  /** The member who uses the page. */
  member = "m-1";
  readonly clock = new FakeClock();
  readonly server: FakeUploadServer;
  readonly offers: string[] = [];
  readonly sent: string[] = [];
  readonly files: MessageFile[] = [];
  thumbnail: MadeThumbnail | undefined;
  offer: () => void = () => {};
  message: () => void = () => {};
  #changed = Promise.withResolvers<void>();
  readonly queue: UploadQueue;

  constructor(tab = new MemoryStore(), server = new FakeUploadServer(BYTES.length)) {
    this.tab = tab;
    this.server = server;
    this.queue = this.#newQueue();
  }

  readonly #newQueue = () =>
    new UploadQueue({
      requests: {
        offer: (_target, name, size) => {
          this.offers.push(`${name} ${size}`);
          this.server.stored = new Uint8Array(0);
          this.server.size = size;
          return new Promise((resolve) => {
            this.offer();
            resolve({ id: `id-${this.offers.length}`, token: "t", path: "/files/1" });
          });
        },
      },
      sendRequest: this.server.send,
      slots: new KeptSlots(this.tab, () => this.member),
      makeThumbnail: () => Promise.resolve(this.thumbnail),
      sendMessage: (_target, { text }, file) => {
        this.message();
        this.sent.push(`${text} ${file.name}`);
        this.files.push(file);
      },
      clock: this.clock,
      random: () => 0.5,
      changed: () => {
        this.#changed.resolve();
        this.#changed = Promise.withResolvers();
      },
    });

  add(name: string, text = "", file: SlicedFile = chosenFile(BYTES, name)): void {
    this.queue.add(file, LOBBY, { ...NO_TEXT, text, line: text });
  }

  async until(isReached: () => boolean): Promise<void> {
    while (!isReached()) await this.#changed.promise;
  }

  /** Lets everything run that waits for no timer. */
  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  get listed(): readonly QueuedFile[] {
    return this.queue.of(LOBBY);
  }

  get states(): string[] {
    return this.listed.map(({ state, failure }) => `${state.name} ${failure ?? state.stage}`);
  }
}

Deno.test("files go up one after the other, and each is followed by its message", async () => {
  const stage = new Stage();
  stage.add("a.png", "look");
  stage.add("b.png");
  assertEquals(stage.states, ["a.png running", "b.png waiting"]);
  await stage.until(() => stage.listed.length === 0);
  assertEquals(stage.sent, ["look a.png", " b.png"]);
  assertEquals(stage.offers, ["a.png 100", "b.png 100"]);
  assertEquals(stage.files[1], { id: "id-2", name: "b.png", size: 100, media: "image/png", sha256: sha256Of(BYTES) });
  assertEquals([stage.queue.isBusy, stage.clock.timers], [false, 0]);
});

Deno.test("a break pauses a file, which goes on by itself, or at once when the chat is connected again", async () => {
  for (const resume of [(stage: Stage) => stage.clock.advance(60_000), (stage: Stage) => stage.queue.hurry()]) {
    const stage = new Stage();
    let breaks = 1;
    stage.server.fault = () => breaks-- > 0 ? 10 : undefined;
    stage.add("a.png");
    await stage.until(() => stage.states[0] === "a.png paused");
    assertEquals(stage.listed[0]!.state.reason, "The connection is lost");
    resume(stage);
    await stage.until(() => stage.listed.length === 0);
    assertEquals(stage.server.requests, ["PATCH 0 ?1", "HEAD", "PATCH 10 ?1"]);
    assertEquals([stage.sent.length, stage.offers.length], [1, 1]);
  }
});

Deno.test("a file that fails lets the next one pass, sends no message, and can be sent again", async () => {
  const stage = new Stage();
  let isFull = true;
  stage.offer = () => {
    if (isFull && stage.offers.length === 1) throw new TransferError("refused", "You have sent 1 GB today");
  };
  stage.add("a.png", "look");
  stage.add("b.png");
  await stage.until(() => stage.sent.length === 1 && stage.listed.length === 1);
  assertEquals([stage.states, stage.sent], [["a.png You have sent 1 GB today"], [" b.png"]]);
  assertEquals(stage.queue.isBusy, false);
  isFull = false;
  stage.queue.retry(stage.listed[0]!);
  await stage.until(() => stage.listed.length === 0);
  assertEquals(stage.sent, [" b.png", "look a.png"]);
});

Deno.test("a file whose message cannot be queued is not uploaded again", async () => {
  const stage = new Stage();
  let isFull = true;
  stage.message = () => {
    if (isFull) throw new Error("1000 are pending");
  };
  stage.add("a.png");
  await stage.until(() => stage.states[0] === "a.png 1000 are pending");
  isFull = false;
  stage.queue.retry(stage.listed[0]!);
  await stage.until(() => stage.listed.length === 0);
  assertEquals([stage.offers.length, stage.server.requests.length, stage.sent], [1, 1, [" a.png"]]);
});

Deno.test("a file that is removed while it goes up has no message, and the next one goes on", async () => {
  const stage = new Stage();
  stage.server.fault = ({ method }) => {
    if (stage.offers.length === 1 && method === "PATCH") {
      stage.queue.remove(stage.listed[0]!);
      return 10;
    }
    return undefined;
  };
  stage.add("a.png");
  stage.add("b.png");
  await stage.until(() => stage.sent.length === 1);
  assertEquals([stage.sent, stage.states], [[" b.png"], []]);
  assertEquals(stage.server.requests, ["PATCH 0 ?1", "DELETE", "PATCH 0 ?1"]);
});

Deno.test("a removed file gives its place on the server back, at each stage, unless its message was sent", async () => {
  const broken = new TransferError("broken", "The connection is lost");
  const stages: readonly (readonly [string, (stage: Stage) => void])[] = [
    ["", (stage) => stage.offer = () => stage.queue.remove(stage.listed[0]!)],
    ["a.png paused", (stage) => stage.server.fault = ({ method }) => method === "DELETE" ? undefined : 10],
    ["a.png 1000 are pending", (stage) =>
      stage.message = () => {
        throw new Error("1000 are pending");
      }],
    ["a.png The connection is lost", (stage) =>
      stage.message = () => {
        throw broken;
      }],
  ];
  for (const [state, arrange] of stages) {
    const stage = new Stage();
    arrange(stage);
    stage.add("a.png");
    await stage.until(() => stage.states.length === 0 || stage.states[0] === state);
    for (const queued of stage.listed) stage.queue.remove(queued);
    await stage.until(() => !stage.queue.isBusy);
    while (stage.server.requests.at(-1) !== "DELETE") await stage.turn();
    assertEquals([stage.server.requests.filter((line) => line === "DELETE").length, stage.sent], [1, []], state);
  }
  const stage = new Stage();
  stage.add("a.png");
  await stage.until(() => stage.listed.length === 0);
  stage.queue.close();
  assertEquals(stage.server.requests, ["PATCH 0 ?1"]);
});

Deno.test("a file that cannot be read is not offered", async () => {
  const stage = new Stage();
  stage.add("photo.png", "", vanishingFile(BYTES, 0));
  await stage.until(() => stage.queue.isBusy === false);
  assertEquals(stage.states, ["photo.png photo.png was changed or removed while it was sent: choose it again"]);
  assertEquals([stage.offers, stage.server.requests], [[], []]);
});

Deno.test("a name of 300 characters and one with bidi characters are sent as names that the wire allows", async () => {
  const stage = new Stage();
  stage.add(`${"x".repeat(300)}.png`);
  stage.add("a\u202egnp.exe");
  await stage.until(() => stage.listed.length === 0);
  assertEquals(stage.files.map(({ name }) => name), [`${"x".repeat(251)}.png`, "a\ufffdgnp.exe"]);
});

Deno.test("a thumbnail goes after its picture in a slot of its own, and a refusal of it leaves the picture as it is", async () => {
  const stage = new Stage();
  const small = bytesOf(9);
  stage.thumbnail = { bytes: new Blob([small]), width: 3, height: 2 };
  stage.add("a.png");
  await stage.until(() => stage.sent.length === 1);
  assertEquals(stage.offers, ["a.png 100", "thumbnail.jpg 9"]);
  const thumbnail = { id: "id-2", size: 9, media: "image/png", sha256: sha256Of(small), width: 3, height: 2 };
  assertEquals(stage.files[0]!.thumbnail, thumbnail);
  stage.offer = () => {
    if (stage.offers.length === 4) throw new TransferError("refused", "Too many");
  };
  stage.add("b.png");
  await stage.until(() => stage.sent.length === 2);
  assertEquals([stage.files[1]!.name, stage.files[1]!.thumbnail], ["b.png", undefined]);
});

/** A page that is reloaded in the middle of an upload, and the next one. */
async function reloaded(): Promise<Stage> {
  const first = new Stage();
  first.server.fault = () => 40;
  first.add("a.png", "", FILE);
  await first.until(() => first.states[0] === "a.png paused");
  first.server.fault = () => undefined;
  first.server.requests.length = 0;
  return new Stage(first.tab, first.server);
}

const FILE = new File([BYTES], "a.png", { lastModified: 5_000 });

Deno.test("the same file, chosen again after a reload, goes on in its slot, once", async () => {
  const stage = await reloaded();
  stage.add("a.png", "", FILE);
  await stage.until(() => stage.listed.length === 0);
  assertEquals(stage.server.requests, ["HEAD", "PATCH 40 ?1"]);
  assertEquals([stage.offers, stage.files[0]!.sha256, stage.tab.read("slots")], [[], sha256Of(BYTES), undefined]);
  stage.add("a.png", "", FILE);
  await stage.until(() => stage.listed.length === 0);
  assertEquals(stage.offers, ["a.png 100"]);
});

Deno.test("another file, another version of it, and another member's get slots of their own", async () => {
  for (
    const [name, lastModified, member] of [["b.png", 5_000, "m-1"], ["a.png", 6_000, "m-1"], [
      "a.png",
      5_000,
      "m-2",
    ]] as const
  ) {
    const stage = await reloaded();
    stage.member = member;
    stage.add(name, "", new File([BYTES], name, { lastModified }));
    await stage.until(() => stage.listed.length === 0);
    assertEquals([stage.offers, stage.server.requests], [[`${name} 100`], ["PATCH 0 ?1"]]);
  }
});

Deno.test("a file whose slot has ended since the reload gets a new one, and one that is removed gives its slot back", async () => {
  const stage = await reloaded();
  stage.server.fault = ({ method }) => method === "HEAD" ? reply(404) : undefined;
  stage.add("a.png", "", FILE);
  await stage.until(() => stage.listed.length === 0);
  assertEquals([stage.offers, stage.sent.length, stage.tab.read("slots")], [["a.png 100"], 1, undefined]);
  const next = await reloaded();
  next.server.fault = () => 0;
  next.add("a.png", "", FILE);
  await next.until(() => next.states[0] === "a.png paused");
  next.queue.remove(next.listed[0]!);
  await next.turn();
  assertEquals([next.server.requests.at(-1), next.tab.read("slots")], ["DELETE", undefined]);
});

Deno.test("a store with something else than slots is as good as an empty one", () => {
  const tab = new MemoryStore();
  for (const value of [7, [{ member: "m-1" }], Array(1_000).fill({}), { slots: [] }]) {
    tab.write("slots", value);
    assertEquals(new KeptSlots(tab, () => "m-1").take(FILE), undefined);
  }
});

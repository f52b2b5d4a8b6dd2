import { assertEquals } from "@std/assert";
import { FramePacer, STATUS_QUESTION } from "../../../src/terminal/video/frame_pacer.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

/** A pacer of frames that are numbers, and a terminal that the test answers for. */
class Stage implements Disposable {
  readonly clock = new FakeClock();
  readonly writes: string[] = [];
  readonly #end = new AbortController();
  newest = "";
  lost = 0;
  /** Resolves the write in flight; `undefined` if writes do not wait. */
  held: PromiseWithResolvers<boolean> | undefined;
  readonly pacer = new FramePacer({
    clock: this.clock,
    frame: () => this.newest,
    write: (text) => {
      this.writes.push(text.replace(STATUS_QUESTION, "?"));
      return this.held?.promise ?? Promise.resolve(true);
    },
    lost: () => this.lost++,
    signal: this.#end.signal,
  });

  /** A new frame. */
  async show(frame: string): Promise<void> {
    this.newest = frame;
    this.pacer.request();
    await this.clock.advance(0);
  }

  async answer(): Promise<void> {
    this.pacer.answered();
    await this.clock.advance(0);
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    assertEquals(this.clock.timers, 0);
  }
}

Deno.test("one frame is in flight, and the newest one follows the answer", async () => {
  using stage = new Stage();
  for (const frame of ["1", "2", "3"]) await stage.show(frame);
  assertEquals(stage.writes, ["1?"]);
  await stage.answer();
  assertEquals(stage.writes, ["1?", "3?"]);
  await stage.answer();
  await stage.answer();
  await stage.show("4");
  assertEquals(stage.writes, ["1?", "3?", "4?"]);
});

Deno.test("a frame that changes nothing is not written", async () => {
  using stage = new Stage();
  await stage.show("");
  await stage.show("1");
  assertEquals(stage.writes, ["1?"]);
});

Deno.test("an answer before the end of the write does not start a second one", async () => {
  using stage = new Stage();
  stage.held = Promise.withResolvers();
  await stage.show("1");
  await stage.answer();
  await stage.show("2");
  assertEquals(stage.writes, ["1?"]);
  stage.held.resolve(true);
  await stage.clock.advance(0);
  assertEquals(stage.writes, ["1?", "2?"]);
});

Deno.test("a terminal that does not answer gets two frames a second, and is not asked again", async () => {
  using stage = new Stage();
  await stage.show("1");
  await stage.show("2");
  await stage.clock.advance(999);
  assertEquals(stage.writes, ["1?"]);
  await stage.clock.advance(1);
  assertEquals(stage.writes, ["1?", "2"]);
  for (let frame = 3; frame < 23; frame++) {
    await stage.show(`${frame}`);
    await stage.clock.advance(100);
  }
  assertEquals(stage.writes, ["1?", "2", "7", "12", "17", "22"]);
  await stage.answer();
  await stage.show("23");
  assertEquals(stage.writes.at(-1), "23?");
});

Deno.test("a slow terminal that has answered before gets five seconds", async () => {
  using stage = new Stage();
  await stage.show("1");
  await stage.answer();
  await stage.show("2");
  await stage.show("3");
  await stage.clock.advance(4_999);
  assertEquals(stage.writes, ["1?", "2?"]);
  await stage.clock.advance(1);
  assertEquals(stage.writes, ["1?", "2?", "3"]);
});

Deno.test("a closed terminal is reported, and the end stops everything", async () => {
  using stage = new Stage();
  stage.held = Promise.withResolvers();
  await stage.show("1");
  stage.held.reject(new Error("closed"));
  await stage.clock.advance(0);
  assertEquals(stage.lost, 1);
  stage[Symbol.dispose]();
  await stage.answer();
  await stage.show("2");
  assertEquals(stage.writes, ["1?"]);
});

Deno.test("a frame that was not written is tried again after a while, from what is the newest then", async () => {
  using stage = new Stage();
  stage.held = Promise.withResolvers();
  stage.held.resolve(false);
  await stage.show("1");
  await stage.show("2");
  assertEquals(stage.writes, ["1?"]);
  await stage.clock.advance(100);
  assertEquals(stage.writes, ["1?", "2?"]);
  stage.held = undefined;
  await stage.clock.advance(100);
  await stage.show("3");
  await stage.answer();
  assertEquals(stage.writes, ["1?", "2?", "2?", "3?"]);
});

Deno.test("before the terminal is given away its answer is awaited, for a second, and nothing is drawn", async () => {
  using stage = new Stage();
  let settled = 0;
  stage.pacer.settle(() => settled++);
  assertEquals(settled, 1);
  for (const answers of [true, false]) {
    stage.writes.length = settled = 0;
    await stage.show("1");
    for (let nth = 0; nth < 2; nth++) stage.pacer.settle(() => settled++);
    await stage.show("2");
    await stage.clock.advance(999);
    assertEquals([settled, ...stage.writes], [0, "1?"]);
    if (answers) stage.pacer.answered();
    else await stage.clock.advance(1);
    assertEquals(settled, 2);
    stage.pacer.reset();
  }
});

Deno.test("the end does not wait for an answer", async () => {
  let settled = 0;
  {
    using stage = new Stage();
    await stage.show("1");
    stage.pacer.settle(() => settled++);
  }
  assertEquals(settled, 1);
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Dashboard } from "../../../src/terminal/dashboard/dashboard.ts";
import { runDashboard } from "../../../src/terminal/dashboard/dashboard_app.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { MemoryTerminal } from "../memory_terminal.ts";

/** Boards that the test supplies one by one. */
class Boards implements AsyncIterable<Dashboard> {
  #next = Promise.withResolvers<Dashboard>();

  show(title: string): void {
    this.#next.resolve({ title, rows: [{ label: "messages", value: title }] });
    this.#next = Promise.withResolvers();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Dashboard> {
    for (;;) yield await this.#next.promise;
  }
}

async function start() {
  const terminal = new MemoryTerminal(40, 10);
  const clock = new FakeClock(0);
  const boards = new Boards();
  const ended = runDashboard({ boards, color: false, terminal, clock });
  const settled = async () => {
    for (let turn = 0; turn < 20; turn++) {
      clock.advance(0);
      await Promise.resolve();
    }
  };
  await settled();
  const show = async (title: string) => {
    boards.show(title);
    await settled();
  };
  return { terminal, clock, ended, settled, show };
}

Deno.test("dashboard: each board replaces the previous one", async () => {
  const { terminal, ended, show } = await start();
  await show("one");
  await show("two");
  assertEquals(terminal.screen.text, "two\nmessages  two\nq quits");
  terminal.type("q");
  await ended;
});

Deno.test("dashboard: q, Escape, Ctrl-C, Ctrl-D, a signal and a closed terminal end it without a trace", async () => {
  const ways: ((terminal: MemoryTerminal) => void)[] = [
    ...["q", "Q", "\x03", "\x04", "\x1b\x1b"].map((keys) => (terminal: MemoryTerminal) => terminal.type(keys)),
    (terminal) => terminal.events!.stopped("SIGTERM"),
    (terminal) => terminal.hangUp(),
  ];
  for (const end of ways) {
    const { terminal, ended, show } = await start();
    await show("one");
    end(terminal);
    await ended;
    assertEquals([terminal.screen.text, terminal.events], ["", undefined]);
  }
});

Deno.test("dashboard: a lone Escape ends it after a timeout, and an arrow key does not", async () => {
  const { terminal, clock, ended, settled } = await start();
  terminal.type("\x1b[A");
  await settled();
  assert(terminal.events !== undefined);
  terminal.type("\x1b");
  await settled();
  assert(terminal.events !== undefined);
  clock.advance(50);
  await ended;
});

Deno.test("dashboard: a resize redraws it", async () => {
  const { terminal, ended, show, settled } = await start();
  await show("a long title that fits into forty columns");
  terminal.resize(12, 10);
  await settled();
  assertEquals(terminal.screen.window.filter((row) => row !== ""), ["a long titl…", "messages  a…", "q quits"]);
  terminal.type("q");
  await ended;
});

Deno.test("dashboard: an error of the boards ends it and restores the terminal", async () => {
  const terminal = new MemoryTerminal();
  const boards: AsyncIterable<Dashboard> = {
    async *[Symbol.asyncIterator]() {
      yield { title: "one", rows: [] };
      await Promise.resolve();
      throw new Error("a fault");
    },
  };
  await assertRejects(
    () => runDashboard({ boards, color: false, terminal, clock: new FakeClock(0) }),
    Error,
    "a fault",
  );
  assertEquals(terminal.events, undefined);
});

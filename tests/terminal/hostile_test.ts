import { assert, assertEquals } from "@std/assert";
import { runTerminal } from "../../src/terminal/app.ts";
import { runPlain } from "../../src/terminal/plain/plain_app.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { hostileEvents } from "../helpers/hostile_events.ts";
import { dangersIn, HARMLESS_TEXTS, HOSTILE_TEXTS } from "../helpers/hostile_texts.ts";
import { ADA, AT, FakeClient, joined, MemoryTerminal, roomMessage } from "./memory_terminal.ts";

/**
 * The control sequences of the client: for drawing (colours, cursor up, erase, wrap on and off), and for links, title
 * and notifications.
 */
const DRAWING = new RegExp("\x1b\\[(?:[0-9;]*m|[0-9]+A|[JK]|\\?7[lh])|\r", "g");
const SIGNALS = new RegExp("\x07?(?:\x1b\\](?:2|8;|9|777;notify|99;e=1);[^\\p{Cc}]*\x1b\\\\)+", "gu");

const COLUMNS = 60;

/** A terminal whose client received one text in every field. */
async function terminalWith(text: string): Promise<MemoryTerminal> {
  const terminal = new MemoryTerminal(COLUMNS, 200);
  const clock = new FakeClock(Date.parse(AT));
  let client!: FakeClient;
  const ended = runTerminal({
    makeClient: (onEvent) => client = new FakeClient(onEvent),
    ...{ room: "lobby", color: true, timeZone: "UTC", terminal, clock, hyperlinks: true },
    settings: { bell: true, osc9: true, osc777: true, osc99: true, elsewhere: "all", fold: 0 },
  });
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve(clock.advance(0));
  };
  await settle();
  client.receive(joined("lobby"), roomMessage("before"), ...hostileEvents(text), roomMessage("behind", 2));
  client.restore({ ref: "r1", target: { room: "lobby" }, text });
  client.restore({ ref: "r2", target: { to: text }, text });
  client.emit({ type: "status", status: { kind: "waiting", retryAt: 0, reason: text } });
  terminal.type(`\x1b[200~${text.replaceAll("\x1b[201~", "")}\x1b[201~`);
  await settle();
  client.end({ kind: "closed", cause: "refused", reason: text });
  await ended;
  return terminal;
}

Deno.test("hostile: no received, pending or pasted text controls the terminal, in any field", async () => {
  for (const { what, text } of HOSTILE_TEXTS) {
    const terminal = await terminalWith(text);
    const written = terminal.writes.join("").replace(SIGNALS, "").replace(DRAWING, "");
    assertEquals(dangersIn(written), [], what);
    const rows = terminal.screen.text.split("\n");
    for (const line of ["[12:03] ada: before", "[12:03] ada: behind"]) assert(rows.includes(line), what);
  }
});

Deno.test("hostile: heaps of combining marks leave the rows intact and take little time", async () => {
  const begun = performance.now();
  for (const { text } of [...HOSTILE_TEXTS, ...HARMLESS_TEXTS].filter(({ text }) => /\p{M}/u.test(text))) {
    const { screen } = await terminalWith(text);
    for (const line of screen.window) assert([...line].length <= COLUMNS * 10, "A row holds more than its columns do");
  }
  assert(performance.now() - begun < 5_000);
});

Deno.test("hostile: --plain appends lines without control sequences", async () => {
  for (const { what, text } of HOSTILE_TEXTS) {
    let written = "";
    const held = Promise.withResolvers<void>();
    const ended = runPlain({
      makeClient: (onEvent) => {
        const client = new FakeClient(onEvent);
        queueMicrotask(() => {
          client.receive(joined("lobby"), ...hostileEvents(text), roomMessage("behind", 2, ADA));
          client.end({ kind: "closed", cause: "refused", reason: text });
          held.resolve();
        });
        return client;
      },
      ...{ room: "lobby", timeZone: "UTC", now: () => Date.parse(AT) },
      input: (async function* () {
        await held.promise;
        yield* [] as Uint8Array[];
      })(),
      hide: () => ({ [Symbol.dispose]() {} }),
      onStop: () => {},
      write: (lines) => written += lines,
    });
    await ended;
    assertEquals(dangersIn(written), [], what);
    assert(written.split("\n").includes("[12:03] ada: behind"), what);
  }
});

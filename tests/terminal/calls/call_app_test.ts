import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { setImmediate } from "node:timers";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { start } from "../app_stage.ts";
import { ADA, AT } from "../memory_terminal.ts";
import { callEvent, CallStage, MEDIA } from "./call_setup_stage.ts";

/** A terminal with calls, in a window of that size. */
async function open(columns = 60, rows = 24) {
  const clock = new FakeClock(Date.parse(AT));
  const stage = new CallStage(clock);
  const app = await start({ columns, rows, clock, calls: stage.setup });
  /** Lets the links and decoders of the call run. */
  const settled = async () => {
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      // The terminal answers the question after each picture.
      if (app.terminal.writes.splice(0).some((text) => text.includes("\x1b[5n"))) app.terminal.type("\x1b[0n");
      clock.advance(50);
      await app.settled();
    }
  };
  const shown = () => app.screen.text;
  const inCall = async () => {
    app.client.receive(MEDIA, callEvent("in", { did: "entered", member: ADA }));
    await settled();
    stage.server!.give({ kind: "state", stream: 1, time: 0, camera: true, microphone: true });
    await settled();
  };
  const leave = async () => {
    app.client.receive(callEvent("in", { did: "left", member: ADA, ended: true }));
    await settled();
    await app.quit();
  };
  const type = async (text: string) => {
    await app.type(text);
    await settled();
  };
  return { ...app, stage, settled, shown, type, inCall, leave };
}

Deno.test("a call rings with its answers, a row says who is in it, and /decline is for it before any file", async () => {
  const { client, settled, shown, type, quit } = await open();
  client.receive(callEvent("called", { did: "called", member: ADA }));
  await settled();
  assertStringIncludes(shown(), "ada is calling you");
  assertStringIncludes(shown(), "Call of ada: /call enters it");
  client.asked.length = 0;
  await type("/decline 1\r");
  assertEquals(client.asked, []);
  await type("/decline\r");
  assertEquals(client.asked, [{ type: "answer", call: "c", decline: true }]);
  await type("/decline\r");
  assertEquals(client.asked.length, 1);
  await quit();
});

Deno.test("Space in an empty line talks and stops with push to talk, and elsewhere it is a space", async () => {
  const { shown, type, inCall, leave, stage } = await open();
  await inCall();
  await type(" ");
  assert(!shown().includes("the others hear you"));
  await type("\x15/ptt on\r");
  assertStringIncludes(shown(), "Space to talk");
  await type(" ");
  assertStringIncludes(shown(), "the others hear you");
  await type(" ");
  assertStringIncludes(shown(), "Space to talk");
  for (const char of "a b") await type(char);
  assertStringIncludes(shown(), "a b");
  assert(!shown().includes("the others hear you"));
  assert(stage.server !== undefined);
  await leave();
});

Deno.test("the pictures have rows while the call lasts, unless the window is too small", async () => {
  const { terminal, screen, settled, shown, inCall, leave } = await open();
  await inCall();
  const named = () => shown().split("\n").filter((row) => /^ *ada +zoe, you/.test(row)).length;
  assertEquals(named(), 1);
  assertStringIncludes(shown(), "Call with ada");
  terminal.resize(screen.columns, 5);
  await settled();
  assertEquals(named(), 0);
  assertStringIncludes(shown(), "Call with ada");
  terminal.resize(60, 24);
  await settled();
  assertEquals(named(), 1);
  await leave();
  assert(!shown().includes("Call with ada"));
});

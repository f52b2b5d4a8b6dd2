import { assertEquals, assertThrows } from "@std/assert";
import { setImmediate } from "node:timers";
import { type ClientState, initialState } from "../../../src/client/state/client_state.ts";
import { ChatCalls } from "../../../src/terminal/calls/chat_calls.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { ADA, FakeClient, joined } from "../memory_terminal.ts";
import { callEvent, CallStage, MEDIA } from "./call_setup_stage.ts";

/** Calls where nothing is drawn, as with `--plain`. */
function plain() {
  const clock = new FakeClock();
  const stage = new CallStage(clock);
  const [said, notified]: [string[], string[]] = [[], []];
  let state: ClientState = initialState;
  const calls = new ChatCalls({
    setup: stage.setup,
    client: () => client,
    state: () => state,
    place: () => "lobby",
    say: (text) => said.push(text),
    notify: (text, place) => notified.push(`${text} in ${place}`),
  });
  const client: FakeClient = new FakeClient(calls.following((_event, now) => state = now));
  client.receive(joined("lobby"));
  client.emit({ type: "status", status: { kind: "online" } });
  const settled = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, stage, calls, client, said, notified, settled };
}

Deno.test("a call that rings is announced once, and again only if it rings anew; an ignored member's never", () => {
  const { client, notified, calls } = plain();
  client.receive(callEvent("called", { did: "called", member: ADA }), callEvent("called", { did: "entered" }));
  assertEquals(notified, ["ada is calling you in lobby"]);
  client.receive(callEvent(undefined, { did: "missed", ended: true }), callEvent("called", { did: "called" }));
  assertEquals(notified.length, 2);
  client.receive(callEvent(undefined, { did: "missed", ended: true }));
  client.reader.ignore(ADA.name);
  client.receive(callEvent("called", { did: "called" }));
  assertEquals([notified.length, calls.decline()], [2, false]);
  calls.stop();
});

Deno.test("plain: words say who begins to speak, and no picture is decoded", async () => {
  const { client, stage, calls, clock, said, settled } = plain();
  client.receive(MEDIA, callEvent("in", { did: "entered", member: ADA }));
  await settled();
  for (let time = 0; time < 3_000; time += 20) {
    stage.server!.give({ kind: "sound", stream: 1, time, packet: Uint8Array.of(200) });
    stage.show(100, time);
    await settled();
    clock.advance(20);
    stage.devices.hear?.();
  }
  assertEquals(said, ["ada is speaking"]);
  assertEquals([calls.tiles.map(({ name }) => name), stage.streams.length], [["ada", "zoe, you"], 0]);
  calls.stop();
  await settled();
  assertEquals(clock.timers, 0);
});

Deno.test("without a call, its commands say what to do, and without calls that there are none", () => {
  const { calls } = plain();
  assertThrows(() => calls.perform({ do: "hangup" }), Error, "You are in no call");
  assertThrows(() => calls.perform({ do: "answer", audio: false }), Error, "Nobody is calling you");
  assertEquals([calls.press(), calls.decline(), calls.row], [false, false, undefined]);
  calls.stop();
  const none = new ChatCalls({
    ...{ setup: undefined, client: () => new FakeClient(() => {}), state: () => initialState },
    ...{ place: () => "lobby", say() {}, notify() {} },
  });
  assertThrows(() => none.perform({ do: "hangup" }), Error, "Calls are not available here");
});

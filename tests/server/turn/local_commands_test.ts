import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Effect } from "../../../src/core/effect.ts";
import { TYPING_INTERVAL_MS } from "../../../src/protocol/limits.ts";
import { LocalCommands, type LocalSender } from "../../../src/server/turn/local_commands.ts";

const NOW = Date.parse("2026-01-02T03:04:05.678Z");
const NO_KEY = { nonce: undefined, tls: undefined, askForProof: () => true };
const SENDER: LocalSender = { id: 1, takePing: () => 0, takeTyping: () => 0, ...NO_KEY };

function signalOf(memberId: string): Effect {
  const member = { id: memberId, name: memberId };
  return { type: "signal", sessions: [2], event: { type: "typing", room: "lobby", member } };
}

/** Local commands of a hub where each typing is one of the next of these members. */
function commandsOf(...members: string[]): LocalCommands {
  return new LocalCommands({ typing: () => [signalOf(members.shift()!)] });
}

Deno.test("a ping is answered with its ref and the time, a pong not at all", () => {
  const commands = commandsOf();
  const event = { type: "pong", ref: "p", at: "2026-01-02T03:04:05.678Z" } as const;
  assertEquals(commands.answer(SENDER, { type: "ping", ref: "p" }, NOW), [{ type: "send", session: 1, event }]);
  assertEquals(commands.answer(SENDER, { type: "pong" }, NOW), []);
});

Deno.test("a command beyond the rate of its connection is rate_limited", () => {
  const hasty = { ...SENDER, takePing: () => 2, takeTyping: () => 3 };
  const answers = (["ping", "typing", "hosts"] as const).flatMap((type) =>
    commandsOf().answer(hasty, { type, ref: "r" }, NOW).map((effect) => effect.type === "send" && effect.event)
  );
  assertEquals(
    answers,
    [2, 3, 3].map((seconds) => ({
      ...{ type: "error", code: "rate_limited", ref: "r", retryAfter: seconds },
      message: `Too fast: try again in ${seconds} seconds`,
    })),
  );
});

Deno.test("each member's typing is told once in TYPING_INTERVAL_MS, also after the clock went back", () => {
  const commands = commandsOf("ada", "bob", "ada", "ada", "bob", "ada", "ada");
  const times = [0, 1, 2, TYPING_INTERVAL_MS, TYPING_INTERVAL_MS, 5, 5];
  const told = times.map((time) => commands.answer(SENDER, { type: "typing", room: "lobby" }, NOW + time).length);
  assertEquals(told, [1, 1, 0, 1, 0, 1, 0]);
});

Deno.test("commands about hosts are answered with not_shared in a chat with one host", () => {
  const commands = [{ type: "prove", nonce: "A".repeat(22) }, { type: "hosts" }, { type: "host", to: "bob" }] as const;
  for (const command of commands) {
    const [answer] = commandsOf().answer(SENDER, { ...command, ref: "r" }, NOW);
    assert(answer?.type === "send" && answer.event.type === "error");
    assertEquals([answer.session, answer.event.code, answer.event.ref], [1, "not_shared", "r"]);
    assertStringIncludes(answer.event.message, "This chat has one host only");
  }
});

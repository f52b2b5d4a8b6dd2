import { assertEquals } from "@std/assert";
import type { Effect } from "../../src/core/effect.ts";
import { Hub } from "../../src/core/hub.ts";
import { type HubOp, incarnationOf, SESSIONS_PER_INCARNATION } from "../../src/core/hub_op.ts";
import { GRACE_MS } from "../../src/protocol/limits.ts";
import { START } from "./stage.ts";

const OPENING = { resumable: true, address: "192.0.2.7" };

function newHub(): Hub {
  return new Hub({ server: { id: "s-1", name: "test", version: "0" }, rate: undefined, seed: "0".repeat(64) });
}

function idOf(incarnation: number, n: number): number {
  return incarnation * SESSIONS_PER_INCARNATION + n;
}

/** Lets each session join the lobby, under a name with its number. */
function joinAll(hub: Hub, sessions: readonly number[]): void {
  for (const session of sessions) {
    hub.apply({ op: "open", session, opening: OPENING }, START);
    const command = { type: "join", name: `m${session}`, room: "lobby", newToken: `t${session}` } as const;
    hub.apply({ op: "say", session, command }, START);
  }
}

function ofType<K extends Effect["type"]>(effects: readonly Effect[], type: K): Extract<Effect, { type: K }>[] {
  return effects.filter((effect) => effect.type === type) as Extract<Effect, { type: K }>[];
}

Deno.test("an op has the effects of the method of its name", () => {
  const [one, other] = [newHub(), newHub()];
  const command = { type: "join", name: "ada", room: "lobby", newToken: "t" } as const;
  const calls: [HubOp, () => Effect[]][] = [
    [{ op: "open", session: 1, opening: OPENING }, () => other.open(1, OPENING, START)],
    [{ op: "say", session: 1, command }, () => other.handle(1, command, START)],
    [{ op: "hashed", ticket: 1, hashed: { busy: true } }, () => other.hashed(1, { busy: true }, START)],
    [
      { op: "uploaded", id: "u", found: { sha256: "0".repeat(64), media: "text/plain" } },
      () => other.uploaded("u", { sha256: "0".repeat(64), media: "text/plain" }, START),
    ],
    [{ op: "cancelUpload", id: "u", hasBytes: true }, () => other.cancelUpload("u", true, START)],
    [{ op: "tick" }, () => other.tick(START)],
    [{ op: "close", session: 1, reason: "slow" }, () => other.close(1, "slow", START)],
    [{ op: "closeAll", incarnation: 0 }, () => other.closeAll(0, START)],
  ];
  for (const [op, call] of calls) assertEquals(one.apply(op, START), call(), op.op);
});

Deno.test("ids of sessions beyond 2^32 are kept whole", () => {
  const hub = newHub();
  const sessions = [idOf(1, 1), idOf(2, 1), idOf(2 ** 20, 1)];
  joinAll(hub, sessions);
  assertEquals(hub.census().members, 3);
  const says = { type: "message", room: "lobby", ref: "r", text: "hello" } as const;
  for (const session of sessions) {
    const effects = hub.apply({ op: "say", session, command: says }, START);
    assertEquals(ofType(effects, "publish").map(({ author }) => author), [session]);
  }
  assertEquals(sessions.map(incarnationOf), [1, 2, 2 ** 20]);
});

Deno.test("closeAll closes the sessions of one server, the lowest id first, and its members may return within the grace", () => {
  const hub = newHub();
  joinAll(hub, [idOf(2, 2), idOf(1, 1), idOf(2, 1), 7]);
  const effects = hub.apply({ op: "closeAll", incarnation: 2 }, START);
  assertEquals(ofType(effects, "exit").map(({ session }) => session), [idOf(2, 1), idOf(2, 2)]);
  assertEquals(hub.census().members, 2);
  const left = ofType(hub.apply({ op: "tick" }, START + GRACE_MS), "publish").map(({ event }) => event);
  assertEquals(left.map((event) => event.type === "leave" && [event.member.name, event.reason]), [
    [`m${idOf(2, 1)}`, "closed"],
    [`m${idOf(2, 2)}`, "closed"],
  ]);
  assertEquals(hub.apply({ op: "closeAll", incarnation: 2 }, START), []);
});

Deno.test("closeAll frees the places of passwords that the lost server was hashing, also of closed sessions", () => {
  const hub = newHub();
  const sessions = [1, 2, 3].map((n) => idOf(3, n));
  for (const session of sessions) {
    hub.apply({ op: "open", session, opening: { resumable: true, address: `192.0.2.${session % 100}` } }, START);
    const command = { type: "auth", name: "ada", password: {}, newToken: "t" } as const;
    assertEquals(ofType(hub.apply({ op: "say", session, command }, START), "hash").length, 1);
  }
  hub.apply({ op: "close", session: sessions[0]!, reason: "closed" }, START);
  hub.apply({ op: "closeAll", incarnation: 3 }, START);
  joinAll(hub, [1]);
  const logins = [1, 2, 3].map((n) => {
    hub.apply({ op: "open", session: n + 1, opening: { resumable: true, address: `198.51.100.${n}` } }, START);
    const command = { type: "auth", name: "ada", password: {}, newToken: "t" } as const;
    return ofType(hub.apply({ op: "say", session: n + 1, command }, START), "hash").map(({ ticket }) => ticket);
  });
  assertEquals(logins, [[4], [5], [6]]);
});

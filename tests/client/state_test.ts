import { assertEquals, assertStrictEquals } from "@std/assert";
import type { ClientEvent, PendingMessage } from "../../src/client/client_event.ts";
import { type ClientState, initialState, reduce } from "../../src/client/state.ts";
import type { ServerEvent } from "../../src/protocol/messages.ts";
import { ack, ADA, AT, BOB, joined, said, welcome, whispered } from "./harness.ts";

const CAROL = { id: "m-carol", name: "carol" };
const ERROR = { type: "error", ref: "r", code: "invalid", message: "No" } as const;

function received(event: ServerEvent | undefined): ClientEvent {
  return { type: "received", line: JSON.stringify(event) ?? "", event };
}

function after(events: readonly ServerEvent[], from: ClientState = initialState): ClientState {
  return events.map(received).reduce(reduce, from);
}

const inLobby = after([welcome(), joined("lobby", { members: [BOB, ADA], count: 2, seq: 4 })]);

function lobby(state: ClientState) {
  return state.rooms.get("lobby")!;
}

function names(state: ClientState): string[] {
  return Array.from(lobby(state).members.values(), ({ name }) => name);
}

Deno.test("the status is the last one told", () => {
  const state = reduce(initialState, { type: "status", status: { kind: "online" } });
  assertEquals(state.status, { kind: "online" });
});

Deno.test("pending messages stand in the order typed until they are acknowledged or have failed", () => {
  const [a, b, c] = ["a", "b", "c"].map((ref): PendingMessage => ({ ref, target: { room: "lobby" }, text: ref }));
  const events: ClientEvent[] = [a!, b!, c!].map((message) => ({ type: "pending", message }));
  events.push({ type: "acknowledged", message: b!, ack: ack("b") });
  events.push({ type: "failed", message: a!, error: ERROR });
  assertEquals(events.reduce(reduce, initialState).pending, [c!]);
});

Deno.test("a welcome tells the server", () => {
  assertEquals(after([welcome("s-9")]).server, { id: "s-9", name: "test", version: "0" });
});

Deno.test("a joined tells who we are and what the room is like", () => {
  assertEquals(inLobby.you, ADA);
  assertEquals(lobby(inLobby), {
    id: "r-lobby",
    name: "lobby",
    topic: "",
    members: new Map([[BOB.id, BOB], [ADA.id, ADA]]),
    count: 2,
    seq: 4,
    speakers: ["bob", "ada"],
  });
});

Deno.test("rooms stand in the order joined, also after they are joined again", () => {
  const state = after([joined("dev"), joined("ops"), joined("lobby", { seq: 9 })], inLobby);
  assertEquals([...state.rooms.keys()], ["lobby", "dev", "ops"]);
  assertEquals(lobby(state).seq, 9);
});

Deno.test("no server can fill the state with rooms", () => {
  const many = Array.from({ length: 100 }, (_, index) => joined(`room${index}`));
  assertEquals(after(many).rooms.size, 32);
});

Deno.test("a join adds a member and counts them once", () => {
  const join = { type: "join", room: "lobby", member: CAROL, at: AT } as const;
  const state = after([join, join], inLobby);
  assertEquals(names(state), ["bob", "ada", "carol"]);
  assertEquals(lobby(state).count, 3);
});

Deno.test("a leave takes a member out, and with us the room", () => {
  const leave = { type: "leave", room: "lobby", at: AT, reason: "left" } as const;
  const state = after([{ ...leave, member: BOB }], inLobby);
  assertEquals(names(state), ["ada"]);
  assertEquals(lobby(state).count, 1);
  assertEquals(after([{ ...leave, member: ADA }], inLobby).rooms.size, 0);
});

Deno.test("a presence gives the count and those who came and went", () => {
  const presence = { type: "presence", room: "lobby", count: 812, joined: [CAROL], left: [BOB] } as const;
  const state = after([presence], inLobby);
  assertEquals(names(state), ["ada", "carol"]);
  assertEquals(lobby(state).count, 812);
});

Deno.test("members of a big room do not pile up", () => {
  const presences = Array.from({ length: 10 }, (_, page) => ({
    type: "presence" as const,
    room: "lobby",
    count: 2_000,
    joined: Array.from({ length: 200 }, (_, index) => ({ id: `m-${page}-${index}`, name: `user${page}x${index}` })),
    left: [],
  }));
  const state = after(presences, inLobby);
  assertEquals(lobby(state).members.size, 1_000);
  assertEquals(names(state).at(-1), "user9x199");
});

Deno.test("a message moves the seq and makes its author the latest speaker", () => {
  const state = after([said(5, "x", "lobby", ADA), said(6, "x", "lobby", CAROL), said(3, "x", "lobby", ADA)], inLobby);
  assertEquals(lobby(state).seq, 6);
  assertEquals(lobby(state).speakers, ["ada", "carol", "bob"]);
});

Deno.test("only the last fifty speakers are kept", () => {
  const many = Array.from(
    { length: 80 },
    (_, index) => said(5 + index, "x", "lobby", { id: `${index}`, name: `user${index}` }),
  );
  const { speakers } = lobby(after(many, inLobby));
  assertEquals([speakers.length, speakers[0], speakers[49]], [50, "user79", "user30"]);
});

Deno.test("a message copies no map of members", () => {
  assertStrictEquals(lobby(after([said(5)], inLobby)).members, lobby(inLobby).members);
});

Deno.test("a rename reaches every room, the speakers, and ourselves", () => {
  const state = after([
    joined("dev"),
    { type: "rename", member: { id: BOB.id, name: "bobby" }, was: "bob", at: AT },
    { type: "rename", member: { id: ADA.id, name: "countess" }, was: "ada", at: AT },
  ], inLobby);
  assertEquals(names(state), ["bobby", "countess"]);
  assertEquals(lobby(state).speakers, ["bobby", "countess"]);
  assertEquals(state.rooms.get("dev")?.members.get(ADA.id)?.name, "countess");
  assertEquals(state.you, { id: ADA.id, name: "countess" });
});

Deno.test("a topic and a list of members replace what was there", () => {
  const state = after([
    { type: "topic", room: "lobby", text: "Lunch", by: BOB, at: AT },
    { type: "members", room: "lobby", members: [CAROL], count: 7 },
  ], inLobby);
  assertEquals(lobby(state).topic, "Lunch");
  assertEquals([names(state), lobby(state).count], [["carol"], 7]);
});

Deno.test("a room that refuses us is gone, unless it may let us in on another try", () => {
  const error = { type: "error", ref: "join lobby", message: "No" } as const;
  assertStrictEquals(after([{ ...error, code: "rate_limited" }, { ...error, code: "name_taken" }], inLobby), inLobby);
  assertEquals(after([{ ...error, code: "forbidden" }], inLobby).rooms.size, 0);
});

Deno.test("what says nothing about the state leaves it as it is", () => {
  const events: ServerEvent[] = [
    whispered("d"),
    ack("r"),
    ERROR,
    { type: "rooms", rooms: [], count: 0 },
    { type: "history", room: "lobby", messages: [said(1)], more: false },
    { type: "search", room: "lobby", query: "x", messages: [], more: false },
    { type: "goodbye", reason: "shutdown" },
    { type: "ping" },
    { type: "pong" },
    said(1, "x", "nowhere"),
    { type: "join", room: "nowhere", member: CAROL, at: AT },
    { type: "topic", room: "nowhere", text: "x", by: BOB, at: AT },
  ];
  assertStrictEquals(after(events, inLobby), inLobby);
  assertStrictEquals(reduce(inLobby, received(undefined)), inLobby);
});

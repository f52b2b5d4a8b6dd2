import { assertEquals, assertStrictEquals } from "@std/assert";
import type { ClientEvent } from "../../../src/client/client_event.ts";
import type { PendingMessage } from "../../../src/client/delivery/message_intent.ts";
import { type ClientState, initialState, markOf } from "../../../src/client/state/client_state.ts";
import { reduceClientState } from "../../../src/client/state/client_state_reducer.ts";
import { memberIdOf, partnerNamed } from "../../../src/client/state/member_lookup.ts";
import type { Restriction, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { ack, ADA, AT, BOB, directMessage, joined, roomMessage, welcome } from "../harness.ts";

const CAROL = { id: "m-carol", name: "carol" };
const ERROR = { type: "error", ref: "r", code: "invalid", message: "No" } as const;

function received(event: ServerEvent | undefined): ClientEvent {
  return { type: "received", line: JSON.stringify(event) ?? "", event };
}

function after(events: readonly ServerEvent[], from: ClientState = initialState): ClientState {
  return events.map(received).reduce(reduceClientState, from);
}

const inLobby = after([welcome(), joined("lobby", { members: [BOB, ADA], count: 2, seq: 4 })]);

function lobby(state: ClientState) {
  return state.rooms.get("lobby")!;
}

function names(state: ClientState): string[] {
  return Array.from(lobby(state).members.values(), ({ name }) => name);
}

Deno.test("the status is the last one reported", () => {
  const state = reduceClientState(initialState, { type: "status", status: { kind: "online" } });
  assertEquals(state.status, { kind: "online" });
});

Deno.test("a member who is away stays so through renames and roles, until they are back", () => {
  const away = { since: AT, text: "lunch" };
  const events: ServerEvent[] = [
    { type: "away", member: { ...BOB, away }, at: AT },
    { type: "rename", member: { ...BOB, name: "rob" }, was: "bob", at: AT },
    { type: "role", room: "lobby", member: BOB, role: "moderator", by: ADA, at: AT },
    { type: "away", member: { ...CAROL, away }, at: AT },
  ];
  const state = after(events, inLobby);
  assertEquals(lobby(state).members.get(BOB.id), { ...BOB, name: "rob", role: "moderator", away });
  assertEquals(lobby(state).members.has(CAROL.id), false);
  const back = after([{ type: "away", member: { ...BOB, name: "rob" }, at: AT }], state);
  assertEquals(lobby(back).members.get(BOB.id), { ...BOB, name: "rob", role: "moderator" });
});

Deno.test("the user is away by their own word alone, also after a rename and on a new link", () => {
  const away = { since: AT };
  const state = after([
    { type: "away", member: { ...ADA, away }, at: AT },
    { type: "rename", member: { ...ADA, name: "adah" }, was: "ada", at: AT },
  ], inLobby);
  assertEquals(state.you, { ...ADA, name: "adah", away });
  assertEquals(after([{ type: "away", member: ADA, at: AT }], state).you, ADA);
  assertEquals(after([{ type: "away", member: { ...ADA, away: { since: AT, idle: true } }, at: AT }], state).you, ADA);
  const again = joined("lobby", { members: [ADA], count: 1 });
  assertEquals(after([{ ...again, you: { ...again.you, away } }], state).you, { ...ADA, away });
});

Deno.test("pending messages keep the order typed until they are acknowledged or fail", () => {
  const [a, b, c] = ["a", "b", "c"].map((ref): PendingMessage => ({ ref, target: { room: "lobby" }, text: ref }));
  const events: ClientEvent[] = [a!, b!, c!].map((message) => ({ type: "pending", message }));
  events.push({ type: "acknowledged", message: b!, ack: ack("b") });
  events.push({ type: "failed", message: a!, error: ERROR });
  assertEquals(events.reduce(reduceClientState, initialState).pending, [c!]);
});

Deno.test("a welcome sets the server", () => {
  assertEquals(after([welcome("s-9")]).server, { id: "s-9", name: "test", version: "0" });
});

Deno.test("a joined event sets the user and the room", () => {
  assertEquals(inLobby.you, ADA);
  assertEquals(lobby(inLobby), {
    id: "r-lobby",
    name: "lobby",
    topic: "",
    restrictions: new Map(),
    members: new Map([[BOB.id, BOB], [ADA.id, ADA]]),
    count: 2,
    seq: 4,
    recent: [],
    speakers: ["bob", "ada"],
  });
});

Deno.test("rooms keep the order joined, also after a rejoin", () => {
  const state = after([joined("dev"), joined("ops"), joined("lobby", { seq: 9 })], inLobby);
  assertEquals([...state.rooms.keys()], ["lobby", "dev", "ops"]);
  assertEquals(lobby(state).seq, 9);
});

Deno.test("the number of rooms in the state is limited", () => {
  const many = Array.from({ length: 100 }, (_, index) => joined(`room${index}`));
  assertEquals(after(many).rooms.size, 32);
});

Deno.test("a join adds a member and counts them once", () => {
  const join = { type: "join", room: "lobby", member: CAROL, at: AT } as const;
  const state = after([join, join], inLobby);
  assertEquals(names(state), ["bob", "ada", "carol"]);
  assertEquals(lobby(state).count, 3);
});

Deno.test("a leave removes a member, and the user's own leave removes the room", () => {
  const leave = { type: "leave", room: "lobby", at: AT, reason: "left" } as const;
  const state = after([{ ...leave, member: BOB }], inLobby);
  assertEquals(names(state), ["ada"]);
  assertEquals(lobby(state).count, 1);
  assertEquals(after([{ ...leave, member: ADA }], inLobby).rooms.size, 0);
});

Deno.test("a presence event updates the count and the members", () => {
  const presence = { type: "presence", room: "lobby", count: 812, joined: [CAROL], left: [BOB] } as const;
  const state = after([presence], inLobby);
  assertEquals(names(state), ["ada", "carol"]);
  assertEquals(lobby(state).count, 812);
});

Deno.test("the number of known members of a large room is limited", () => {
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

Deno.test("a message advances the seq and makes its author the latest speaker", () => {
  const state = after([
    roomMessage(5, "x", "lobby", ADA),
    roomMessage(6, "x", "lobby", CAROL),
    roomMessage(3, "x", "lobby", ADA),
  ], inLobby);
  assertEquals(lobby(state).seq, 6);
  assertEquals(lobby(state).speakers, ["ada", "carol", "bob"]);
});

Deno.test("only the last fifty messages are kept", () => {
  const many = Array.from({ length: 500 }, (_, index) => roomMessage(5 + index));
  const { recent } = lobby(after(many, inLobby));
  assertEquals(recent.map(({ seq }) => seq), Array.from({ length: 50 }, (_, index) => 455 + index));
});

Deno.test("only the last fifty speakers are kept", () => {
  const many = Array.from(
    { length: 80 },
    (_, index) => roomMessage(5 + index, "x", "lobby", { id: `${index}`, name: `user${index}` }),
  );
  const { speakers } = lobby(after(many, inLobby));
  assertEquals([speakers.length, speakers[0], speakers[49]], [50, "user79", "user30"]);
});

Deno.test("a message does not copy the map of members", () => {
  assertStrictEquals(lobby(after([roomMessage(5)], inLobby)).members, lobby(inLobby).members);
});

Deno.test("a rename applies to every room, the speakers and the user", () => {
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

Deno.test("a topic and a list of members replace the previous ones", () => {
  const state = after([
    { type: "topic", room: "lobby", text: "Lunch", by: BOB, at: AT },
    { type: "members", room: "lobby", members: [CAROL], count: 7 },
  ], inLobby);
  assertEquals(lobby(state).topic, "Lunch");
  assertEquals([names(state), lobby(state).count], [["carol"], 7]);
});

Deno.test("a room that refuses the rejoin is removed, unless another attempt may succeed", () => {
  const error = { type: "error", ref: "join lobby", message: "No" } as const;
  assertStrictEquals(after([{ ...error, code: "rate_limited" }, { ...error, code: "name_taken" }], inLobby), inLobby);
  assertEquals(after([{ ...error, code: "forbidden" }], inLobby).rooms.size, 0);
});

Deno.test("events without news for the state leave it unchanged", () => {
  const events: ServerEvent[] = [
    ack("r"),
    ERROR,
    { type: "rooms", rooms: [], count: 0 },
    { type: "history", room: "lobby", messages: [roomMessage(1)], more: false },
    { type: "search", room: "lobby", query: "x", messages: [], more: false },
    { type: "goodbye", reason: "shutdown" },
    { type: "ping" },
    { type: "pong" },
    roomMessage(1, "x", "nowhere"),
    { type: "join", room: "nowhere", member: CAROL, at: AT },
    { type: "topic", room: "nowhere", text: "x", by: BOB, at: AT },
  ];
  assertStrictEquals(after(events, inLobby), inLobby);
  assertStrictEquals(reduceClientState(inLobby, received(undefined)), inLobby);
});

const OWNER = { name: "owner" };

function restricted(change: Partial<Restriction>, off?: true): ServerEvent {
  const restriction: Restriction = { id: "o-1", kind: "ban", room: "lobby", member: CAROL, by: OWNER, ...change };
  return { type: "restriction", restriction, by: OWNER, at: AT, ...off && { off } };
}

function role(room: string | undefined, off?: true): ServerEvent {
  return { type: "role", room, member: BOB, role: "moderator", by: OWNER, at: AT, ...off && { off } };
}

function restrictionIds(restrictions: ReadonlyMap<string, Restriction>): string[] {
  return [...restrictions.keys()];
}

Deno.test("a restriction applies to its room or to the whole server until it ends", () => {
  const state = after([
    restricted({}),
    restricted({ id: "o-2", kind: "mute" }),
    restricted({ id: "o-3", room: undefined }),
  ], inLobby);
  assertEquals([restrictionIds(lobby(state).restrictions), restrictionIds(state.restrictions)], [["o-1", "o-2"], [
    "o-3",
  ]]);
  const ended = after([restricted({}, true), restricted({ id: "o-3", room: undefined }, true)], state);
  assertEquals([restrictionIds(lobby(ended).restrictions), restrictionIds(ended.restrictions)], [["o-2"], []]);
  assertEquals(
    restrictionIds(after([welcome()], state).restrictions),
    [],
    "a new connection starts without restrictions",
  );
});

Deno.test("a list of restrictions replaces the known ones", () => {
  const restriction: Restriction = { id: "o-9", kind: "mute", room: "lobby", member: BOB, by: OWNER };
  const state = after([restricted({}), restricted({ id: "o-3", room: undefined })], inLobby);
  const listed = after(
    [{ type: "restrictions", room: "lobby", restrictions: [restriction], moderators: [], count: 1 }],
    state,
  );
  assertEquals([restrictionIds(lobby(listed).restrictions), restrictionIds(listed.restrictions)], [["o-9"], ["o-3"]]);
  assertEquals(
    restrictionIds(after([{ type: "restrictions", restrictions: [], moderators: [], count: 0 }], state).restrictions),
    [],
  );
});

Deno.test("a room is locked and slow until its restrictions end", () => {
  const state = after([restricted({ kind: "lock" }), restricted({ id: "o-2", kind: "slow", seconds: 30 })], inLobby);
  assertEquals([lobby(state).locked, lobby(state).slow], [true, 30]);
  const ended = after([restricted({ kind: "lock" }, true), restricted({ id: "o-2", kind: "slow" }, true)], state);
  assertEquals([lobby(ended).locked, lobby(ended).slow], [undefined, undefined]);
  const room = { id: "r-dev", name: "dev", topic: "", locked: true, slow: 5 } as const;
  const dev = after([joined("dev", { room })]).rooms.get("dev");
  assertEquals([dev?.locked, dev?.slow], [true, 5]);
});

Deno.test("a moderator has the role in one room or in all, also after a rename", () => {
  const state = after([joined("dev", { members: [BOB, ADA] })], inLobby);
  const roleIn = (state: ClientState, room: string) => state.rooms.get(room)?.members.get(BOB.id)?.role;
  const here = after([role("lobby")], state);
  assertEquals([roleIn(here, "lobby"), roleIn(here, "dev")], ["moderator", undefined]);
  const renamed = after([{ type: "rename", member: { ...BOB, name: "rob" }, was: "bob", at: AT }], here);
  assertEquals(lobby(renamed).members.get(BOB.id), { id: BOB.id, name: "rob", role: "moderator" });
  const everywhere = after([role(undefined)], state);
  assertEquals([roleIn(everywhere, "lobby"), roleIn(everywhere, "dev")], ["moderator", "moderator"]);
  const ended = after([role(undefined, true)], everywhere);
  assertEquals(lobby(ended).members.get(BOB.id), BOB);
});

Deno.test("the last twenty notices are kept, without replies to the user's own commands", () => {
  const notices = Array.from({ length: 30 }, (_, index) => ({ type: "notice", text: `notice ${index}` } as const));
  const state = after([...notices, { type: "notice", ref: "1", text: "done" }]);
  assertEquals(state.notices, notices.slice(10));
});

Deno.test("the number of known restrictions is limited", () => {
  const many = Array.from({ length: 1_100 }, (_, index) => restricted({ id: `o-${index}` }));
  assertEquals(restrictionIds(lobby(after(many, inLobby)).restrictions).length, 1_000);
});

Deno.test("a conversation is known by its partner, with the unread messages and those that a command can mean", () => {
  const key = "@m-bob";
  const listed: ServerEvent = {
    type: "conversations",
    conversations: [{ with: BOB, seq: 4, mark: { id: "x", seq: 2 }, unread: 1 }],
    more: false,
  };
  const state = after([listed, directMessage(4), directMessage(5), directMessage(6, "mine", ADA)], inLobby);
  const { partner, seq, unread, recent, last } = state.conversations.get(key)!;
  assertEquals([partner, seq, unread, recent.length, last?.text], [BOB, 6, 2, 3, "mine"]);
  assertEquals([partnerNamed(state, "BOB"), memberIdOf(state, "bob"), markOf(state, key)?.seq], [BOB, "m-bob", 2]);
  const renamed = after([{ type: "rename", member: { ...BOB, name: "rob" }, was: "bob", at: AT }], state);
  assertEquals(partnerNamed(renamed, "rob")?.id, "m-bob");
  const read = after([{ type: "mark", with: BOB, id: "y", seq: 6 }], state).conversations.get(key)!;
  assertEquals([read.unread, read.mark?.seq], [0, 6]);
  assertEquals(after([welcome("s-2")], state).conversations.size, 0, "another server");
});

import { assert, assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { Effect } from "../../../src/core/effect.ts";
import { Hub } from "../../../src/core/hub.ts";
import { type HistoryReader, type HubOptions, NOTHING_KNOWN } from "../../../src/core/hub_options.ts";
import { IMAGE_VERSION, ImageError } from "../../../src/core/image/graph_table.ts";
import { conversationName } from "../../../src/protocol/conventions.ts";
import { START } from "../stage.ts";

const OPTIONS: HubOptions = {
  server: { id: "s-1", name: "test", version: "0" },
  rate: { perSecond: 5, burst: 10 },
  seed: "0".repeat(64),
  files: { maxFileBytes: 100, totalBytes: 1_000, bytesPerMemberAndDay: 500 },
};
const SEED = "12".repeat(32);

/** A hub with a member in the lobby. */
function newHub(): Hub {
  const hub = new Hub(OPTIONS);
  hub.open(1, { resumable: true, address: "2001:db8::1" }, START);
  hub.handle(1, { type: "join", name: "ada", room: "lobby", newToken: "t" }, START);
  return hub;
}

function restored(hub: Hub, options = OPTIONS): Hub {
  return Hub.restore(options, JSON.parse(JSON.stringify(hub.image())));
}

function write(hub: Hub, now = START): Effect[] {
  return hub.handle(1, { type: "message", room: "lobby", text: "hello" }, now);
}

function idOf(effects: readonly Effect[]): string {
  return effects.flatMap((effect) => effect.type === "append" ? [effect.message.id] : [])[0]!;
}

Deno.test("a hub goes on from its image as if nothing had been", () => {
  const hub = newHub();
  const copy = restored(hub);
  assertEquals(copy.image(), hub.image());
  for (let time = START; time < START + 5_000; time += 1_000) {
    assertEquals(write(copy, time), write(hub, time));
    assertEquals(copy.tick(time), hub.tick(time));
  }
  assertEquals(JSON.stringify(copy.image()), JSON.stringify(hub.image()));
  assertEquals([copy.weight, copy.census()], [2, { rooms: 1, members: 1 }]);
});

Deno.test("ids follow from a new seed, and stay higher than all before", () => {
  const [one, other] = [newHub(), newHub()];
  const before = idOf(write(one));
  write(other);
  write(other);
  for (const hub of [one, other]) hub.reseed(SEED);
  const [id, another] = [one, other].map((hub) => idOf(write(hub)));
  assert(id! > before);
  assertEquals(id!.slice(19), another!.slice(19));
  one.reseed(SEED);
  assertEquals(idOf(write(one)).slice(19), id!.slice(19));
  one.reseed("13".repeat(32));
  assertNotEquals(idOf(write(one)).slice(19), id!.slice(19));
});

Deno.test("rules stay those of the image until others are set", () => {
  const strict = { ...OPTIONS, rate: { perSecond: 1, burst: 1 }, roomsPerMember: 1, maxCalls: 0, files: undefined };
  const copy = restored(newHub(), strict);
  const codes = (effects: Effect[]) =>
    effects.flatMap((effect) => effect.type === "send" && effect.event.type === "error" ? [effect.event.code] : []);
  assertEquals([write(copy), write(copy)].flatMap(codes), []);
  copy.changeRules(strict, START);
  assertEquals([write(copy), write(copy)].flatMap(codes), ["rate_limited"]);
  assertEquals(codes(copy.handle(1, { type: "join", room: "dev", newToken: "t2" }, START)), ["forbidden"]);
  const [welcome] = copy.open(2, { resumable: true }, START);
  assertEquals(welcome!.type === "send" && welcome!.event.type === "welcome" && welcome!.event.files, undefined);
});

Deno.test("a server that asks its hub changes nothing in the image, which must be equal on all servers", () => {
  const found = new Map<string, { readonly room: string; readonly author: string }>();
  const file = { id: "f", name: "a.txt", size: 1, media: "text/plain", sha256: "x" };
  const historyReader: HistoryReader = {
    ...NOTHING_KNOWN,
    files: { byId: (id) => found.has(id) ? { ...found.get(id)!, file } : undefined },
  };
  const hub = new Hub({ ...OPTIONS, historyReader });
  const [ada, bob, cy] = ["ada", "bob", "cy"].map((name, at) => {
    hub.open(at + 1, { resumable: true }, START);
    hub.handle(at + 1, { type: "join", name, room: "lobby", newToken: name }, START);
    return hub.memberOf(at + 1)!;
  });
  for (const to of ["bob", "cy"]) hub.handle(1, { type: "message", to, text: "hello" }, START);
  found.set("to bob", { room: conversationName(ada!, bob!), author: ada! });
  const before = JSON.stringify(hub.image());
  assertEquals(hub.readableFile(bob!, "to bob"), file);
  assertEquals(hub.readableFile(cy!, "to bob"), undefined);
  assertEquals(hub.typing(1, { type: "typing", to: "bob" }, START).length, 1);
  assertEquals(
    [hub.slot("f", START), hub.hasUpload("x"), hub.inviteWith("x"), hub.lockOf("lobby")].some(Boolean),
    false,
  );
  assert(JSON.stringify(hub.image()) === before, "The image has changed");
});

Deno.test("an image of another version of the program is refused", () => {
  const image = newHub().image();
  const text = "The image has version 0, and this program reads version";
  assertThrows(() => Hub.restore(OPTIONS, { ...image, version: 0 }), ImageError, text);
});

Deno.test("what is in an image of this version has not changed: else IMAGE_VERSION must rise", () => {
  assertEquals(IMAGE_VERSION, 1);
  const hub = newHub();
  hub.handle(1, { type: "message", to: "ada", text: "to myself" }, START);
  hub.handle(1, { type: "away" }, START);
  const lines = hub.image().classes.map(([name, fields]) => `${name}: ${fields.join(" ")}`);
  assertEquals(lines.toSorted(), FIELDS);
});

Deno.test("an image has no server, history or function in it", () => {
  const text = JSON.stringify(newHub().image());
  assertStringIncludes(text, '"#xserver"');
  assertStringIncludes(text, '"#xhistoryReader"');
  assert(!text.includes("s-1"));
});

/** The fields of the classes that the state of a small chat has. */
const FIELDS: readonly string[] = [
  "Absences: absences",
  "AbsentMembers: members byName withAcks acksAreKept",
  "Accounts: byId byKey byName tokens quota tokensOf",
  "AwayState: own idle lastTold toldAt",
  "Calls: limit byId byPlace byMember rings",
  "CancelledBytes: bytesPerDay buckets",
  "ConversationCache: history recent",
  "ConversationQuota: history buckets",
  "DirectConversation: id name members seq lastId blockedBy",
  "FileQuota: options uploads buckets cancelled",
  "HashTickets: waiting tickets",
  "Invites: byId byDigest",
  "Links: bySession byDigest",
  "Member: id tokenDigest messages memberships canReturn nameWasUsed sessions away lastAddress absentSince shown acks allAcksHere notices",
  "MemberDevices: byMember members",
  "MemberNames: byKey accounts owned members historyReader random",
  "OwnedNames: byId byKey quota",
  "PasswordAttempts: times pending",
  "Quota: limits counts",
  "RandomStream: input block",
  "RecentEntries: byKey",
  "RecentMarks: history recent",
  "Registry: server rules sessions rooms roomQuota unusedRooms bulkEnds awayChanges startedAt accounts names ownedNames restrictions roles invites devices uploads fileQuota links calls recentEntries conversations conversationQuota recentMarks passwordAttempts hashTickets byId byToken absentMembers absences historyReader acksPerMember random ids",
  "RestrictionQuota: quota all untrusted",
  "Restrictions: all idsByTarget addressBans mutes quota nextEnd",
  "Roles: grants ofMember quota",
  "Room: id name topic kept maker preparedBy seq lastId slowSeconds wroteAt present speakers lastSpeaker came went",
  "RoomQuota: limit made prepared",
  "ScopedRecords: kind all idsByRoom kept",
  "Session: id resumable addressText commands state tokenDigest device rooms idle isOwner onlyRoom ticket joinedAt",
  "TokenBucket: rate tokens at",
  "Uploads: byId byMember hashes origins bytesOnTheWay",
  "UuidSource: source pool used ms counter prefix",
];

import { assert, assertEquals, assertFalse } from "@std/assert";
import { NOTHING_KNOWN } from "../../src/core/hub_options.ts";
import { MAX_QUIET_LISTED, PRESENCE_ABOVE_MEMBERS, PRESENCE_INTERVAL_MS } from "../../src/protocol/limits.ts";
import type { MemberInfo } from "../../src/protocol/messages/messages.ts";
import { type Of, Stage } from "./stage.ts";

const ADMIN = { access: { inviteOnly: false, adminDigest: "digest of admin" } };

/** A stage whose owner is in the lobby as olga. */
function withOwner(options: ConstructorParameters<typeof Stage>[0] = {}): { stage: Stage; olga: number } {
  const stage = new Stage({ ...ADMIN, ...options });
  const olga = stage.join("olga");
  stage.say(olga, { type: "auth", password: "admin" });
  stage.forget();
  return { stage, olga };
}

function says(stage: Stage, session: number, command: object): string[] {
  stage.forget(session);
  stage.say(session, command);
  return stage.seen(session);
}

Deno.test("a member muted in one room keeps their name there and may change it elsewhere", () => {
  const { stage, olga } = withOwner();
  const eve = stage.join("eve", "dev");
  stage.say(olga, { type: "mute", name: "eve", room: "dev" });
  assertEquals(says(stage, eve, { type: "rename", name: "pills" }), ["! forbidden"]);
  stage.say(eve, { type: "leave", room: "dev" });
  assertEquals(says(stage, eve, { type: "rename", name: "pills" }), ["eve is pills"]);
  assertEquals(says(stage, eve, { type: "join", room: "dev" }), ["! forbidden"]);
  assertEquals(says(stage, eve, { type: "rename", name: "eve" }), ["pills is eve"]);
  assertEquals(says(stage, eve, { type: "join", room: "dev" })[0], "joined dev as eve with 1, seq 0");
});

Deno.test("a muted member cannot return under another name within their grace", () => {
  const { stage, olga } = withOwner();
  const eve = stage.join("eve");
  const joined = stage.events(eve).find((event) => event.type === "joined") as Of<"joined">;
  stage.say(olga, { type: "mute", name: "eve", room: "lobby" });
  stage.drop(eve);
  stage.forget();
  const again = stage.connect();
  stage.say(again, { type: "join", room: "dev", token: joined.you.token, name: "pills" });
  assertEquals([stage.seen(again), stage.seen(olga)], [["! forbidden"], []]);
  stage.say(again, { type: "join", room: "dev", token: joined.you.token });
  assertEquals(stage.seen(again), ["joined dev as eve with 1, seq 0"]);
});

Deno.test("a muted moderator may delete only their own messages, and still read restrictions and the audit log", () => {
  const { stage, olga } = withOwner();
  const eve = stage.join("eve", "dev");
  stage.say(eve, { type: "message", room: "dev", text: "mine" });
  stage.say(olga, { type: "join", room: "dev" });
  stage.say(olga, { type: "message", room: "dev", text: "hers" });
  stage.say(olga, { type: "mute", name: "eve", room: "dev" });
  stage.forget();
  assertEquals(says(stage, eve, { type: "delete", room: "dev", of: 2 }), ["! forbidden"]);
  assertEquals(says(stage, eve, { type: "delete", room: "dev", of: 1 }), ["dev 3 eve deleted 1 of eve"]);
  assertEquals(says(stage, eve, { type: "restrictions", room: "dev" })[0]?.startsWith("restrictions "), true);
  assertEquals(says(stage, eve, { type: "audit", room: "dev" })[0]?.startsWith("audit "), true);
});

Deno.test("a moderator muted in one room still moderates another, and a muted owner moderates everywhere", () => {
  const { stage, olga } = withOwner();
  const eve = stage.join("eve", "dev");
  stage.join("bob", "dev");
  stage.say(olga, { type: "mute", name: "eve", room: "lobby" });
  assertEquals(says(stage, eve, { type: "slow", room: "dev", seconds: 3 }), ["restriction slow dev by eve"]);
  stage.say(olga, { type: "mute", name: "eve" });
  assertEquals(says(stage, eve, { type: "slow", room: "dev", seconds: 5 }), ["! forbidden"]);
  stage.say(eve, { type: "auth", password: "admin" });
  assertEquals(says(stage, eve, { type: "slow", room: "dev", seconds: 5 }), ["restriction slow dev by eve"]);
});

Deno.test("in a large room muted members join and leave as quiet entries, at most MAX_QUIET_LISTED per event", () => {
  const { stage, olga } = withOwner({ roomsPerMember: 2 });
  for (let nth = 0; nth <= PRESENCE_ABOVE_MEMBERS; nth++) stage.join(`guest${nth}`);
  stage.pass(PRESENCE_INTERVAL_MS);
  const names = Array.from({ length: MAX_QUIET_LISTED + 10 }, (_, nth) => `eve${nth}`);
  const eves = names.map((name) => stage.join(name, "dev"));
  for (const name of names) stage.say(olga, { type: "mute", name, room: "lobby" });
  stage.forget();
  for (const eve of eves) stage.say(eve, { type: "join", room: "lobby" });
  const kim = stage.join("kim");
  stage.pass(PRESENCE_INTERVAL_MS);
  const [arrivals] = presences(stage, olga);
  assertEquals(quietOnes(arrivals!.joined).length, MAX_QUIET_LISTED);
  assertEquals(arrivals!.joined.filter(({ quiet }) => !quiet).map(({ name }) => name), ["kim"]);
  for (const eve of eves.slice(0, 3)) stage.say(eve, { type: "leave", room: "lobby" });
  stage.say(kim, { type: "leave" });
  stage.pass(PRESENCE_INTERVAL_MS);
  const [departures] = presences(stage, olga);
  assertEquals(quietOnes(departures!.left), names.slice(0, 3));
});

function presences(stage: Stage, session: number): Of<"presence">[] {
  return stage.events(session).filter((event) => event.type === "presence") as Of<"presence">[];
}

function quietOnes(members: readonly MemberInfo[]): string[] {
  return members.filter(({ quiet }) => quiet).map(({ name }) => name);
}

Deno.test("a muted nc user's leave is marked quiet for others, and their own leave event has no mark", () => {
  const { stage, olga } = withOwner();
  const paul = stage.join("paul", "lobby", {}, false);
  stage.say(olga, { type: "mute", name: "paul" });
  stage.forget();
  stage.say(paul, { type: "leave", room: "lobby" });
  const [told] = stage.events(olga) as Of<"leave">[];
  assertEquals(told!.member.quiet, true);
  const own = stage.events(paul).find((event) => event.type === "leave") as Of<"leave">;
  assertFalse("quiet" in own.member);
});

const HASH = "hash of digest of right horse";
const account = (id: string, name: string) => ({ kind: "account" as const, key: id, value: { name, hash: HASH } });

Deno.test("stored accounts whose names look alike all remain, each with its own password", () => {
  const stage = new Stage({ records: [account("m-1", "Jos\u00e9"), account("m-2", "Jose")] });
  for (const name of ["Jos\u00e9", "Jose"]) {
    const session = stage.connect();
    stage.say(session, { type: "join", name, password: "right horse" });
    stage.hash();
    assertEquals(stage.seen(session).at(-1), `joined lobby as ${name} with 1, seq 0`);
    stage.say(session, { type: "leave" });
  }
  const guest = stage.join("Jose.");
  assertEquals(stage.seen(guest), ["! name_taken, Jose.2 is free"]);
});

Deno.test("a stored member whose name has become reserved returns under another name", () => {
  const recall = {
    ...NOTHING_KNOWN,
    memberByToken: () => ({ id: "m-1", name: "admin", tokenDigest: "digest of old" }),
  };
  const stage = new Stage({ historyReader: recall });
  const session = stage.connect();
  stage.say(session, { type: "join", token: "old" });
  assertEquals(stage.seen(session), ["! name_invalid, admin2 is free"]);
  stage.say(session, { type: "join", token: "old", name: "ada" });
  const joined = stage.events(session).find((event) => event.type === "joined") as Of<"joined">;
  assertEquals([joined.you.id, joined.you.name], ["m-1", "ada"]);
});

Deno.test("of two members whose names look alike, a direct message reaches the one it names", () => {
  const stage = new Stage();
  const first = stage.join("Jos\u00e9");
  stage.say(first, { type: "leave" });
  const second = stage.join("Jose");
  const ada = stage.join("ada");
  stage.forget();
  assert(says(stage, ada, { type: "message", to: "Jos\u00e9", text: "psst" })[0] === "@Jos\u00e9 1 ada: psst, waiting");
  assertEquals(stage.seen(second), []);
});

Deno.test("a muted member whose name was taken may return only under the name that the server suggests", () => {
  const { stage, olga } = withOwner();
  const eve = stage.join("eve");
  const { token } = (stage.events(eve).find((event) => event.type === "joined") as Of<"joined">).you;
  stage.say(olga, { type: "mute", name: "eve" });
  stage.say(eve, { type: "leave" });
  stage.join("eve");
  const again = stage.connect();
  stage.say(again, { type: "join", token });
  const error = stage.events(again).find((event) => event.type === "error") as Of<"error">;
  assertEquals([error.code, error.suggestion], ["name_taken", "eve2"]);
  for (const name of ["pills2", "evil2", "eve2x"]) {
    assertEquals(says(stage, again, { type: "join", token, name }), ["! forbidden"], name);
  }
  assertEquals(says(stage, again, { type: "join", token, name: "eve2" })[0]?.startsWith("joined lobby as eve2"), true);
});

Deno.test("a room's moderator can neither end nor shorten a restriction that the owner made", () => {
  const { stage, olga } = withOwner();
  const max = stage.join("max", "dev");
  const eve = stage.join("eve", "dev");
  for (const type of ["mute", "ban"]) {
    stage.say(olga, { type, name: "eve", room: "dev" });
    assertEquals(says(stage, max, { type: "allow", name: "eve", room: "dev" }), ["! forbidden"], type);
    assertEquals(says(stage, max, { type, name: "eve", room: "dev", seconds: 1 }), ["! forbidden"], type);
    stage.pass(2_000);
    if (type === "mute") {
      assertEquals(says(stage, eve, { type: "message", room: "dev", text: "heard?" }), ["! forbidden"]);
    }
  }
  assertEquals(says(stage, eve, { type: "join", room: "dev" }), ["! forbidden"]);
  stage.say(olga, { type: "allow", name: "eve", room: "dev" });
  assertEquals(says(stage, eve, { type: "join", room: "dev" })[0]?.startsWith("joined dev"), true);
});

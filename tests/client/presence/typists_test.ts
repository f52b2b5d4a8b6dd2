import { assertEquals } from "@std/assert";
import { Typists } from "../../../src/client/presence/typists.ts";
import { MAX_TYPISTS, TYPING_LAPSE_MS } from "../../../src/protocol/limits.ts";
import type { MemberInfo, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { ADA, AT, BOB, directMessage, roomMessage, welcome } from "../harness.ts";

function watch() {
  const clock = new FakeClock();
  const life = new AbortController();
  const self = { clock, life, changes: 0 };
  const typists = new Typists({ clock, signal: life.signal, changed: () => self.changes++ });
  const names = (room?: string) => (room === undefined ? typists.direct() : typists.in(room)).map(({ name }) => name);
  return Object.assign(self, { typists, names });
}

const inRoom = (member: MemberInfo, room = "lobby"): ServerEvent => ({ type: "typing", room, member });
const toUser = (member: MemberInfo): ServerEvent => ({ type: "typing", with: member, member });

Deno.test("a member types where they said so, until TYPING_LAPSE_MS have passed", () => {
  const { clock, typists, names, ...self } = watch();
  for (const event of [inRoom(ADA), inRoom(BOB, "dev"), toUser(BOB)]) typists.received(event);
  assertEquals([names("lobby"), names("dev"), names()], [["ada"], ["bob"], ["bob"]]);
  clock.advance(TYPING_LAPSE_MS - 1);
  typists.received(inRoom(ADA));
  clock.advance(1);
  assertEquals([names("lobby"), names("dev"), names()], [["ada"], [], []]);
  clock.advance(TYPING_LAPSE_MS);
  assertEquals([names("lobby"), clock.timers], [[], 0]);
  self.life.abort();
});

Deno.test("a change is told when a member lapses, and the end of the watch leaves no timer", () => {
  const watched = watch();
  const { clock, typists, life } = watched;
  typists.received(inRoom(ADA));
  clock.advance(1_000);
  typists.received(inRoom(BOB));
  assertEquals(watched.changes, 0);
  clock.advance(TYPING_LAPSE_MS - 1_000);
  assertEquals(watched.changes, 1);
  clock.advance(1_000);
  assertEquals(watched.changes, 2);
  typists.received(inRoom(BOB));
  life.abort();
  assertEquals(clock.timers, 0);
});

Deno.test("a message ends its author's typing in that place alone, as their leaving does, and a new connection all", () => {
  const { typists, names } = watch();
  const all = () => [...names("lobby"), ...names("dev"), ...names()];
  for (const event of [inRoom(ADA), inRoom(BOB), inRoom(BOB, "dev"), toUser(BOB)]) typists.received(event);
  typists.received(roomMessage(1));
  assertEquals(all(), ["ada", "bob", "bob"]);
  typists.received(directMessage(1));
  assertEquals(all(), ["ada", "bob"]);
  typists.received({ type: "leave", room: "dev", member: BOB, at: AT, reason: "left" });
  assertEquals(all(), ["ada"]);
  typists.received({ type: "rename", member: { ...ADA, name: "adah" }, was: "ada", at: AT });
  assertEquals(all(), ["adah"]);
  typists.received(welcome());
  assertEquals(all(), []);
});

Deno.test("of more than MAX_TYPISTS members the one who was told of longest ago is forgotten", () => {
  const { typists, names } = watch();
  const member = (nth: number) => ({ id: `m-${nth}`, name: `n${nth}` });
  for (let nth = 0; nth < MAX_TYPISTS; nth++) typists.received(inRoom(member(nth)));
  typists.received(inRoom(member(0)));
  typists.received(inRoom(member(MAX_TYPISTS)));
  assertEquals([names("lobby").length, names("lobby").slice(-2)], [MAX_TYPISTS, ["n0", `n${MAX_TYPISTS}`]]);
  assertEquals(names("lobby").includes("n1"), false);
});

import { assertEquals } from "@std/assert";
import { JoinRequests } from "../../../src/client/join/join_requests.ts";
import { MAX_ROOMS_PER_MEMBER } from "../../../src/protocol/limits.ts";
import { joined } from "../harness.ts";

const never = () => ({});

Deno.test("the first join of a link is sent alone with the name, and the others follow without one", () => {
  const requests = new JoinRequests("ada", ["lobby", "dev", "ops"]);
  const first = requests.takeJoins(never);
  assertEquals(first.map(({ room, name }) => [room, name]), [["lobby", "ada"]]);
  assertEquals(requests.takeJoins(never), []);
  requests.joined(joined("lobby", { ref: "join lobby" }));
  const others = requests.takeJoins((room) => room === "ops" ? { after: "e12" } : {});
  assertEquals(others.map(({ room, name, after }) => [room, name, after]), [
    ["dev", undefined, undefined],
    ["ops", undefined, "e12"],
  ]);
});

Deno.test("a room's name is normalised as on the server", () => {
  const requests = new JoinRequests("ada", ["#Lobby", "LOBBY", "no room at all"]);
  assertEquals(requests.takeJoins(never).map(({ room }) => room), ["lobby"]);
});

Deno.test("messages wait only for rooms whose join is pending", () => {
  const requests = new JoinRequests("ada", ["lobby"]);
  assertEquals(requests.isReady({ room: "lobby" }), false);
  assertEquals(requests.isReady({ room: "elsewhere" }), true);
  assertEquals(requests.isReady({ to: "bob" }), true);
  requests.takeJoins(never);
  requests.joined(joined("lobby"));
  assertEquals(requests.isReady({ room: "lobby" }), true);
});

Deno.test("a room keeps its password until another one is given", () => {
  const requests = new JoinRequests("ada", ["lobby"]);
  requests.want("lobby", "secret");
  requests.want("lobby");
  assertEquals(requests.takeJoins(never)[0]?.password, "secret");
  requests.linkLost();
  requests.want("lobby", "other");
  assertEquals(requests.takeJoins(never)[0]?.password, "other");
});

Deno.test("the ref of a join finds its room, even with a long name", () => {
  const room = "x".repeat(100);
  const requests = new JoinRequests("ada", [room]);
  const [join] = requests.takeJoins(never);
  assertEquals(join?.ref?.length, 64);
  assertEquals(requests.takeRequested("join lobby"), undefined);
  assertEquals(requests.takeRequested(join?.ref), room);
  assertEquals(requests.takeRequested(join?.ref), undefined);
});

Deno.test("a client that is removed from a room does not rejoin it", () => {
  const requests = new JoinRequests("ada", ["lobby"]);
  requests.takeJoins(never);
  requests.joined(joined("lobby"));
  const leave = { type: "leave" as const, room: "lobby", at: "" };
  requests.left({ ...leave, member: { id: "m-ada", name: "ada" }, reason: "timeout" }, false);
  assertEquals(requests.wantsNothing, false);
  requests.left({ ...leave, member: { id: "m-ada", name: "ada" }, reason: "kicked" }, false);
  assertEquals(requests.wantsNothing, true);
});

Deno.test("a room that was left on another device is not wanted any more, one that was joined again meanwhile is", () => {
  for (const asked of [true, false]) {
    const requests = new JoinRequests("ada", ["lobby"]);
    requests.left(
      { type: "leave", room: "lobby", at: "", member: { id: "m-ada", name: "ada" }, reason: "left" },
      asked,
    );
    assertEquals(requests.wantsNothing, !asked);
  }
});

Deno.test("at most MAX_ROOMS_PER_MEMBER rooms of other devices are followed, and only valid ones", () => {
  const requests = new JoinRequests("ada", ["lobby"]);
  for (const room of ["no room", "", "#dev"]) requests.follow(room);
  for (let n = 0; n < 2 * MAX_ROOMS_PER_MEMBER; n++) requests.follow(`room${n}`);
  requests.takeJoins(never);
  requests.joined(joined("lobby"));
  const joins = requests.takeJoins(never).map(({ room }) => room);
  assertEquals(joins, Array.from({ length: MAX_ROOMS_PER_MEMBER - 1 }, (_, n) => `room${n}`));
});

Deno.test("the first join of a link names the session of the last link", () => {
  const requests = new JoinRequests("ada", ["lobby"]);
  requests.takeJoins(never);
  const event = joined("lobby");
  requests.joined({ ...event, you: { ...event.you, session: "7-1" } });
  requests.linkLost();
  assertEquals(requests.takeJoins(never)[0]?.session, "7-1");
  requests.forgetIdentity();
  requests.linkLost();
  assertEquals(requests.takeJoins(never)[0]?.session, undefined);
});

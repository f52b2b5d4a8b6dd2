import { assertEquals } from "@std/assert";
import { JoinRequests } from "../../src/client/join_requests.ts";
import { joined } from "./harness.ts";

const never = () => undefined;

Deno.test("the first join of a link goes alone and says who we are, the others follow without a name", () => {
  const membership = new JoinRequests("ada", ["lobby", "dev", "ops"]);
  const first = membership.takeJoins(never);
  assertEquals(first.map(({ room, name }) => [room, name]), [["lobby", "ada"]]);
  assertEquals(membership.takeJoins(never), []);
  membership.joined(joined("lobby", { ref: "join lobby" }));
  const others = membership.takeJoins((room) => room === "ops" ? 12 : undefined);
  assertEquals(others.map(({ room, name, after }) => [room, name, after]), [
    ["dev", undefined, undefined],
    ["ops", undefined, 12],
  ]);
});

Deno.test("a room is known by the name that the server gives it", () => {
  const membership = new JoinRequests("ada", ["#Lobby", "LOBBY", "no room at all"]);
  assertEquals(membership.takeJoins(never).map(({ room }) => room), ["lobby"]);
});

Deno.test("messages wait for a room that is wanted, and for no other one", () => {
  const membership = new JoinRequests("ada", ["lobby"]);
  assertEquals(membership.isReady({ room: "lobby" }), false);
  assertEquals(membership.isReady({ room: "elsewhere" }), true);
  assertEquals(membership.isReady({ to: "bob" }), true);
  membership.takeJoins(never);
  membership.joined(joined("lobby"));
  assertEquals(membership.isReady({ room: "lobby" }), true);
});

Deno.test("a password stays with its room until another one is given", () => {
  const membership = new JoinRequests("ada", ["lobby"]);
  membership.want("lobby", "secret");
  membership.want("lobby");
  assertEquals(membership.takeJoins(never)[0]?.password, "secret");
  membership.linkLost();
  membership.want("lobby", "other");
  assertEquals(membership.takeJoins(never)[0]?.password, "other");
});

Deno.test("the ref of a join finds its room, however long the room is called", () => {
  const room = "x".repeat(100);
  const membership = new JoinRequests("ada", [room]);
  const [join] = membership.takeJoins(never);
  assertEquals(join?.ref?.length, 64);
  assertEquals(membership.takeRequested("join lobby"), undefined);
  assertEquals(membership.takeRequested(join?.ref), room);
  assertEquals(membership.takeRequested(join?.ref), undefined);
});

Deno.test("a client that is removed from a room does not rejoin it by itself", () => {
  const membership = new JoinRequests("ada", ["lobby"]);
  membership.takeJoins(never);
  membership.joined(joined("lobby"));
  const leave = { type: "leave" as const, room: "lobby", at: "" };
  membership.left({ ...leave, member: { id: "m-ada", name: "ada" }, reason: "left" });
  assertEquals(membership.wantsNothing, false);
  membership.left({ ...leave, member: { id: "m-ada", name: "ada" }, reason: "kicked" });
  assertEquals(membership.wantsNothing, true);
});

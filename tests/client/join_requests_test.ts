import { assertEquals } from "@std/assert";
import { JoinRequests } from "../../src/client/join_requests.ts";
import { joined } from "./harness.ts";

const never = () => ({});

Deno.test("the first join of a link is sent alone with the name, and the others follow without one", () => {
  const requests = new JoinRequests("ada", ["lobby", "dev", "ops"]);
  const first = requests.takeJoins(never);
  assertEquals(first.map(({ room, name }) => [room, name]), [["lobby", "ada"]]);
  assertEquals(requests.takeJoins(never), []);
  requests.joined(joined("lobby", { ref: "join lobby" }));
  const others = requests.takeJoins((room) => room === "ops" ? { after: 12 } : {});
  assertEquals(others.map(({ room, name, after }) => [room, name, after]), [
    ["dev", undefined, undefined],
    ["ops", undefined, 12],
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
  requests.left({ ...leave, member: { id: "m-ada", name: "ada" }, reason: "left" });
  assertEquals(requests.wantsNothing, false);
  requests.left({ ...leave, member: { id: "m-ada", name: "ada" }, reason: "kicked" });
  assertEquals(requests.wantsNothing, true);
});

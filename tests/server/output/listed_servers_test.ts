import { assertEquals } from "@std/assert";
import { MAX_SERVERS_LISTED } from "../../../src/protocol/limits.ts";
import { Stage } from "../stage.ts";

Deno.test("welcome and the event servers tell clients the servers of the chat, people on nc are not told", async () => {
  let servers: readonly string[] = ["10.0.0.1:5050", "10.0.0.2:5050"];
  await using stage = new Stage({ servers: () => servers });
  const ada = stage.dial();
  await ada.say({ type: "ping" });
  assertEquals((await ada.until("welcome")).servers, servers);
  const nc = stage.dial();
  await nc.write("bob\n");
  servers = ["10.0.0.1:5050"];
  stage.server.tick();
  assertEquals((await ada.until("servers")).servers, servers);
  servers = Array.from({ length: 99 }, (_, index) => `10.0.0.${index}:5050`);
  stage.server.tick();
  stage.server.tick();
  assertEquals((await ada.until("servers")).servers, servers.slice(0, MAX_SERVERS_LISTED));
  // An equal list is not told again.
  assertEquals((await ada.events()).map(({ type }) => type), ["pong"]);
  await nc.write("/quit\n");
  assertEquals((await nc.rest()).filter((line) => line.includes("10.0.0")), []);
});

Deno.test("a server that is alone names no servers", async () => {
  for (const servers of [undefined, () => [], () => ["10.0.0.1:5050"]]) {
    await using stage = new Stage({ servers });
    const ada = stage.dial();
    await ada.say({ type: "ping" });
    assertEquals((await ada.until("welcome")).servers, undefined);
  }
});

Deno.test("before its goodbye a server tells of servers that have come or gone since its last tick", async () => {
  let servers = ["one:5050", "two:5050"];
  await using stage = new Stage({ servers: () => servers });
  const ada = await stage.join("ada");
  servers = ["one:5050", "three:5050"];
  const drained = stage.server.drain();
  const rest = (await ada.rest()).map((line) => JSON.parse(line));
  ada.hangUp();
  await drained;
  assertEquals(rest.map(({ type, servers }) => [type, servers]), [["servers", servers], ["goodbye", undefined]]);
});

Deno.test("a newcomer learns of all servers at once, and so do those who are there", async () => {
  let servers = ["one:5050"];
  await using stage = new Stage({ servers: () => servers });
  const ada = await stage.join("ada");
  servers = ["one:5050", "two:5050"];
  const bob = stage.dial();
  await bob.say({ type: "join", name: "bob", room: "lobby" });
  assertEquals((await bob.until("welcome")).servers, servers);
  assertEquals((await ada.until("servers")).servers, servers);
});

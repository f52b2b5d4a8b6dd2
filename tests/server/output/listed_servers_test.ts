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

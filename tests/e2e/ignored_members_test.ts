/** Members who were ignored before servers could block them. */

import { assertEquals } from "@std/assert";
import { confab, serve } from "../helpers/e2e.ts";
import { filesBelow, newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";

/** Rewrites the client memory in this home folder. */
function changeMemory(home: string, change: (memory: Record<string, unknown>) => void): void {
  for (const file of filesBelow(home).filter((path) => path.endsWith(".json"))) {
    const path = `${home}/${file}`;
    const memory = JSON.parse(Deno.readTextFileSync(path));
    if (memory.lastSeqs === undefined) continue;
    change(memory);
    Deno.writeTextFileSync(path, JSON.stringify(memory));
  }
}

Deno.test("a member whom an earlier version ignored is blocked by the next start", async () => {
  await using server = await serve("--rate", "0");
  await using eve = await Peer.join(server.address, "eve");
  const home = newFolder();
  const connect = () => confab(["connect", server.address, "--name", "ada", "--json"], { home });
  await using first = connect();
  const { member: ada } = await eve.next({ type: "join" });
  await first.endInput();
  await first.exit();
  const { id } = eve.joined.you;
  changeMemory(home, (memory) => memory.ignored = [["eve", id]]);
  await using second = connect();
  await second.stdout.next('"type":"joined"');
  await second.type('{"type":"ping","ref":"after the block"}\n');
  await second.stdout.next("after the block");
  await eve.send({ type: "message", to: ada.id, text: "psst", ref: "1" }, { type: "message", text: "hello", ref: "2" });
  await eve.next({ type: "ack", ref: "2" });
  await second.stdout.next('"hello"');
  assertEquals(second.stdout.all.filter((line) => line.includes("psst")), []);
  await second.endInput();
  await second.exit();
  changeMemory(home, ({ ignored }) => assertEquals(ignored, [["eve", id, true]]));
  await server.stop();
});

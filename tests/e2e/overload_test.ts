/** More of everything than the server takes. `deno task overload` does the same at full size, and measures. */

import { assert, assertEquals } from "@std/assert";
import { commandLine, Served, WINDOWS } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Program } from "../helpers/process.ts";

/** Beside those of Deno itself and the reserve, a few dozen connections. */
const DESCRIPTORS = 160;

async function serveWith(descriptors: number): Promise<Served> {
  const folder = newFolder();
  const words = commandLine(["serve", "--port", "0", "--data", folder]);
  const script = 'ulimit -n "$0" && exec "$@"';
  const program = new Program("sh", { args: ["-c", script, String(descriptors), ...words] });
  const line = await program.stdout.next("Listening on ");
  return new Served(program, line.slice("Listening on ".length), folder);
}

/** Comes, and says with the first line who it is: undefined where the server is full. */
async function arrive(address: string, name: string): Promise<Peer | undefined> {
  const peer = (await Peer.dial(address, name)).read();
  await peer.send({ type: "join", name });
  const line = await peer.lines.first(/"type":"joined"|"code":"server_full"/);
  if (line.includes('"joined"')) return peer;
  assert(JSON.parse(line).retryAfter > 0);
  await peer.ended();
  return undefined;
}

Deno.test({
  name:
    "past the descriptor limit each one is told server_full, and there is room when somebody has left (not on Windows)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serveWith(DESCRIPTORS);
    await using stack = new AsyncDisposableStack();
    const all = await Promise.all(Array.from({ length: 300 }, (_, n) => arrive(server.address, `peer${n}`)));
    const inside = all.filter((peer) => peer !== undefined);
    for (const peer of inside) stack.use(peer);
    assert(inside.length > 0 && inside.length < DESCRIPTORS, `${inside.length} are in`);
    const [ada, bob] = inside as [Peer, Peer];
    await ada.send({ type: "message", ref: "r", text: "all well" });
    await bob.next({ type: "message", text: "all well" });
    await bob.send({ type: "leave" });
    await bob.ended();
    await server.program.stderr.first("disconnected");
    stack.use((await arrive(server.address, "eve"))!);
    assertEquals(await arrive(server.address, "late"), undefined);
    await server.stop();
    // Each kind of line once, and once more with how often it has happened since.
    const warnings = server.program.stderr.all.filter((line) => line.includes("warn"));
    assert(warnings.some((line) => line.includes("descriptor limit")));
    assert(warnings.length <= 6, warnings.join("\n"));
  },
});

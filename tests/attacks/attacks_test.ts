import { assert, assertEquals } from "@std/assert";
import { ATTACKS } from "./attackers.ts";
import { QUICK_HASHES } from "./password_scene.ts";
import { Scene } from "./scene.ts";

/** The one attack in which the gate has hashes as dear as real ones; by hand all have. */
const DEAR = "wrong passwords of accounts";

/** Reports times and does not judge them; `run.ts` does. */
for (const attack of ATTACKS) {
  Deno.test(`ten members chat undisturbed while the server is attacked by ${attack.name}`, async () => {
    const program = attack.name === DEAR ? {} : QUICK_HASHES;
    await using scene = await Scene.open({ ...attack.on, serve: ["--memory"], program });
    // This machine has no network.
    if (attack.on?.outside && scene.target.address.startsWith("127.")) return;
    const stop = new AbortController();
    const stopped = () => stop.signal.aborted;
    const attacking = attack.run({ ...scene.target, count: attack.inGate, pauseMs: 0, stopped });
    const { sent, p99 } = await scene.chatters.talk({ rounds: 15, pauseMs: 0 });
    stop.abort();
    const tally = await attacking;
    console.log(`p99 ${p99.toFixed(1)} ms for ${sent} messages to each of ten; ${JSON.stringify(tally)}`);
    assert(Object.values(tally).some((count) => count > 0), "Nobody attacked");
    assert(attack.mayEndIn?.(tally) ?? true, "It came to another end");
    assertEquals(tally.joined ?? tally.authenticated ?? 0, 0, "An outsider got in");
    await scene.letOneBack();
    assertEquals(await scene.tryNewcomer(), attack.locksOut ? "rate_limited" : "joined");
    scene.chatters[Symbol.dispose]();
    await scene.server.stop();
  });
}

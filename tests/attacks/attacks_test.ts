import { assert, assertEquals } from "@std/assert";
import { serve } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { ATTACKS, PASSWORD } from "./attackers.ts";
import { Chatters } from "./chatters.ts";
import { Wire } from "./wire.ts";

const CHATTERS = 10;

/** Times are told, and not judged: see `run.ts` for that. */
for (const attack of ATTACKS) {
  Deno.test(`ten members chat as if nothing were, while a server has to do with ${attack.name}`, async () => {
    const file = `${newFolder()}/password`;
    await Deno.writeTextFile(file, PASSWORD);
    await using server = await serve("--memory", "--password-file", file);
    using chatters = await Chatters.join(server.address, CHATTERS, PASSWORD);
    const stop = new AbortController();
    const stopped = () => stop.signal.aborted;
    const attacking = attack.run({ address: server.address, count: attack.inGate, pauseMs: 0, stopped });
    const { sent, p99 } = await chatters.talk({ rounds: 15, pauseMs: 0 });
    stop.abort();
    const tally = await attacking;
    console.log(`p99 ${p99.toFixed(1)} ms for ${sent} messages to each of ${CHATTERS}; ${JSON.stringify(tally)}`);
    assert(Object.values(tally).some((count) => count > 0), "Nobody attacked");
    assertEquals(tally.joined ?? tally.authenticated ?? 0, 0, "Somebody got in");
    using late = await Wire.dial(server.address);
    await late.send({ type: "join", name: "late", password: PASSWORD });
    await late.until(({ type }) => type === "joined");
    chatters[Symbol.dispose]();
    late.close();
    await server.stop();
  });
}

import { openSqliteHistory } from "../../src/history/sqlite/sqlite_history.ts";
import { Random } from "../helpers/random.ts";
import { runChaos } from "./chaos.ts";
import { ROOM } from "./chaos_device.ts";
import { SingleServer } from "./single_server.ts";
import { findFaults } from "./verdict.ts";

/** Runs the suite once in a folder of its own, and judges it by the final content of the store. */
export async function chaosRun(seed: number, durationMs: number): Promise<{ summary: string; faults: string[] }> {
  const folder = await Deno.makeTempDir({ prefix: "confab-chaos-" });
  try {
    const random = new Random(seed);
    const world = await SingleServer.start(folder, random);
    const report = await runChaos({ seed, random, durationMs, world });
    const history = openSqliteHistory({ folder });
    const stored = history.entries({ room: ROOM, limit: Number.MAX_SAFE_INTEGER });
    history.close();
    const faults = findFaults(report, stored);
    const edits = stored.filter(({ type }) => type === "edited").length;
    const { sent, unsaved, acknowledged, whispers, killed, cut, clientRestarts } = report;
    const summary =
      `seed ${seed}: ${
        sent - unsaved.length
      } sent, ${acknowledged} acknowledged, ${stored.length} stored, ${edits} of them edits, ${whispers} direct; ` +
      `server killed ${killed} times, clients ${clientRestarts} times, links cut ${cut} times; ${faults.length} faults`;
    return { summary, faults };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

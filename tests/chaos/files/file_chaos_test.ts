import { assertEquals } from "@std/assert";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { runFileChaos } from "./file_chaos.ts";

/** One for each program that can be killed. */
const GATE_KILLS = 3;

Deno.test({
  name: "a file arrives whole and once, whichever program is killed at whichever byte",
  // A console of Windows is not a pipe.
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    const seed = Number(Deno.env.get("CHAOS_SEED") ?? Date.now() % 1_000_000);
    console.log(`CHAOS_SEED=${seed} repeats this run`);
    assertEquals(await runFileChaos({ seed, kills: GATE_KILLS, folder: folder.path, report: console.log }), []);
  },
});

import { assertEquals } from "@std/assert";
import { isInstalled } from "../../helpers/process.ts";
import { clusterRun } from "./cluster_run.ts";

const GATE_MS = 20_000;
const HAS_ETCD = Deno.build.os !== "windows" && isInstalled("etcd", ["--version"], /etcd Version/);

Deno.test({
  name:
    "no acknowledged message is lost or doubled while three servers and their etcd are killed and frozen, disks are full " +
    "and clocks wrong, and the stores are equal at the end",
  ignore: !HAS_ETCD,
  async fn() {
    const seed = Number(Deno.env.get("CHAOS_SEED") ?? Date.now() % 1_000_000);
    console.log(`CHAOS_SEED=${seed} repeats this run`);
    const { summary, faults } = await clusterRun({ seed, durationMs: GATE_MS, networks: false });
    console.log(summary);
    assertEquals(faults, []);
  },
});

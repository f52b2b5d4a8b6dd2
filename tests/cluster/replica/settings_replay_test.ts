import { assertEquals, assertRejects } from "@std/assert";
import { hasForeignPast } from "../../../src/cluster/replica/settings_replay.ts";
import { ReplicaStage, type StagedServer } from "./replica_stage.ts";

const NEVER = new AbortController().signal;

/** Asks for a server whose last checkpoint is that one's. */
function ask(stage: ReplicaStage, { machine }: StagedServer, settings: string, signal = NEVER): Promise<boolean> {
  const { position, state } = machine.checkpoints.at(-1)!;
  return hasForeignPast({ log: stage.log.open("late"), sealer: stage.sealer, position, state }, settings, signal);
}

/** The next server goes on with other options after the one before has left. */
async function succeed(stage: ReplicaStage, before: StagedServer, name: string, settings: string) {
  await before.replica.close();
  const next = stage.start(name, { checkpoint: before.machine.checkpoints.at(-1)!, facts: { settings } });
  await stage.settle();
  return next;
}

Deno.test("a copy helps a server that was away while the chat had other options", async () => {
  await using stage = new ReplicaStage();
  const [one, away] = await stage.startAll("one", "away");
  await away!.replica.close();
  assertEquals(await ask(stage, away!, "same"), false);
  const two = await succeed(stage, one!, "two", "other");
  // Its options differ from those of the server that takes part.
  assertEquals(await ask(stage, away!, "same"), false);
  assertEquals(await ask(stage, away!, "other"), false);
  // Entries of other keys tell nothing.
  stage.log.append({ s: 9, n: 1, data: new Uint8Array(99) });
  const three = await succeed(stage, two, "three", "same");
  assertEquals(await ask(stage, away!, "same"), true);
  assertEquals(await ask(stage, away!, "other"), false);
  await three.replica.close();
  assertEquals(await ask(stage, three, "same"), false);
  // Whoever comes first chooses the options.
  assertEquals([await ask(stage, away!, "third"), await ask(stage, three, "third")], [true, false]);
  await assertRejects(() => ask(stage, away!, "same", AbortSignal.abort(new Error("enough"))), Error, "enough");
});

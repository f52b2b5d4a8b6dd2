import { assertEquals, assertRejects } from "@std/assert";
import { surveyLog } from "../../../src/cluster/replica/log_survey.ts";
import { ReplicaStage } from "./replica_stage.ts";

const NEVER = new AbortController().signal;

function survey(stage: ReplicaStage, signal = NEVER) {
  return surveyLog(stage.log.open("newcomer"), stage.sealer, signal);
}

Deno.test("an empty log may be founded by whoever comes first", async () => {
  await using stage = new ReplicaStage();
  assertEquals(await survey(stage), { isEmpty: true, addresses: [] });
});

Deno.test("a newcomer learns the addresses of the servers, of the one that wrote last first", async () => {
  await using stage = new ReplicaStage();
  const [one] = await stage.startAll("one", "two");
  await stage.pass(1);
  assertEquals(await survey(stage), { isEmpty: false, addresses: ["two:5050", "one:5050"] });
  await stage.pass(1, [one!]);
  assertEquals((await survey(stage)).addresses, ["one:5050", "two:5050"]);
});

Deno.test("a newcomer learns the addresses also if the servers' first entries are gone", async () => {
  await using stage = new ReplicaStage();
  await stage.startAll("one", "two");
  await stage.pass(3);
  stage.log.forget(stage.log.end - 6);
  assertEquals(await survey(stage), { isEmpty: false, addresses: ["two:5050", "one:5050"] });
  stage.log.forget(stage.log.end);
  assertEquals(await survey(stage), { isEmpty: false, addresses: [] });
});

Deno.test("entries of other keys tell nothing, and a survey can be given up", async () => {
  await using stage = new ReplicaStage();
  stage.log.append({ s: 1, n: 1, data: new Uint8Array(99) });
  assertEquals(await survey(stage), { isEmpty: true, addresses: [] });
  await assertRejects(() => survey(stage, AbortSignal.abort(new Error("enough"))), Error, "enough");
});

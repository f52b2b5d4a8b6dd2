import { assertEquals, assertRejects } from "@std/assert";
import { EtcdLog } from "../../src/cluster/etcd/etcd_log.ts";
import { versionWarning } from "../../src/cluster/etcd/etcd_status.ts";
import { logEntry } from "../contracts/command_log_contract.ts";
import { FakeEtcd } from "../helpers/fake_etcd.ts";

const NEVER = new AbortController().signal;

Deno.test("releases of etcd that lose data are warned of, and no others", () => {
  const old = ["2.3.8", "3.3.27", "3.4.0", "3.4.23", "3.4.31", "3.5.0", "3.5.13"];
  const safe = ["3.4.32", "3.4.40", "3.5.14", "3.5.21", "3.6.0", "3.6.0-rc.1", "4.0.0", "unknown", ""];
  for (const version of old) {
    assertEquals(
      versionWarning("a:2379", version),
      `etcd at a:2379 has version ${version}, whose machines may differ after a crash: update it to 3.4.32, 3.5.14 or later`,
    );
  }
  for (const version of safe) assertEquals(versionWarning("a:2379", version), undefined, version);
});

Deno.test("the status tells each machine's version, leader, size and alarms, and warns at half the quota", async () => {
  await using etcd = new FakeEtcd();
  const { name } = etcd.endpoint;
  const log = new EtcdLog({ cluster: "chat", endpoints: [etcd.endpoint], fetch });
  await log.append(logEntry(1, 1), NEVER);
  let alarms: unknown[] = [];
  let about: Record<string, unknown> = {};
  let metrics = "";
  etcd.intercept = ({ path }) => {
    if (path === "/metrics") return new Response(metrics);
    if (path === "/v3/maintenance/alarm") return new Response(JSON.stringify({ alarms }));
    if (path !== "/v3/maintenance/status") return undefined;
    return new Response(JSON.stringify({ header: etcd.header, version: "3.5.21", leader: "7", ...about }));
  };
  const mebibytes = (count: number) => String(count * 1024 * 1024);
  const warningsOf = async (fields: Record<string, unknown>) => (about = fields, (await log.status(NEVER)).warnings);
  assertEquals(await warningsOf({ dbSize: mebibytes(1023), dbSizeInUse: "1" }), []);
  assertEquals(await warningsOf({ dbSize: mebibytes(1024), dbSizeInUse: mebibytes(100) }), [
    `The database of etcd at ${name} has 1024 of at most 2048 MiB: run etcdctl --endpoints=${name} defrag`,
  ]);
  metrics = "# HELP x\netcd_server_quota_backend_bytes 8.589934592e+09\nother 1\n";
  assertEquals(await warningsOf({ dbSize: mebibytes(4095), dbSizeInUse: mebibytes(4000) }), []);
  assertEquals(await warningsOf({ dbSize: mebibytes(4096), dbSizeInUse: mebibytes(4000) }), [
    `The database of etcd at ${name} has 4096 of at most 8192 MiB: raise etcd's --quota-backend-bytes`,
  ]);
  // etcd 3.6 tells it itself.
  assertEquals(await warningsOf({ dbSize: mebibytes(5), dbSizeInUse: mebibytes(5), dbSizeQuota: mebibytes(10) }), [
    `The database of etcd at ${name} has 5 of at most 10 MiB: raise etcd's --quota-backend-bytes`,
  ]);
  assertEquals(await warningsOf({ leader: "0" }), [
    `etcd at ${name} has no leader: more than half of its machines must run and reach each other`,
  ]);
  alarms = [{ memberID: "7", alarm: "NOSPACE" }, { memberID: "7", alarm: "CORRUPT\u001b[2J" }];
  assertEquals(await warningsOf({}), [
    "The database of etcd is full (NOSPACE): raise etcd's --quota-backend-bytes, or free space with etcdctl defrag, then run etcdctl alarm disarm",
    `etcd at ${name} reports the alarm CORRUPTJ: run etcdctl alarm list`,
  ]);
  const { endpoints, entries, engine, isReady } = await log.status(NEVER);
  assertEquals([engine, isReady, entries], ["etcd", true, 1]);
  assertEquals(endpoints, [{
    endpoint: name,
    version: "3.5.21",
    isLeader: true,
    databaseBytes: 0,
    usedBytes: 0,
    quotaBytes: 8 * 1024 ** 3,
  }]);
});

Deno.test("the status ends with its signal while an endpoint does not answer", async () => {
  await using etcd = new FakeEtcd();
  const log = new EtcdLog({ cluster: "chat", endpoints: [etcd.endpoint], fetch });
  const silence = Promise.withResolvers<undefined>();
  etcd.intercept = () => silence.promise;
  const end = new AbortController();
  const status = log.status(end.signal);
  await etcd.have(2, () => true);
  end.abort(new TypeError("Enough"));
  await assertRejects(() => status, TypeError, "Enough");
  silence.resolve(undefined);
});

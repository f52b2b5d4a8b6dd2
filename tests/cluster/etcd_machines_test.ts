import { assert, assertEquals, assertRejects } from "@std/assert";
import { LogLost, LogRefused } from "../../src/cluster/command_log.ts";
import { EtcdLog, type EtcdLogOptions } from "../../src/cluster/etcd/etcd_log.ts";
import { logEntry, LogFollower } from "../contracts/command_log_contract.ts";
import { Etcd, type EtcdMachine, HAS_ETCD } from "../helpers/etcd.ts";

const NEVER = new AbortController().signal;
/** A tenth of a second between heartbeats, and a second without one, are the defaults. */
const QUICK_ELECTION = ["--heartbeat-interval=50", "--election-timeout=500"];
/** On a busy machine etcd needs seconds for large entries: it is not asked again meanwhile, and nobody is told. */
const PATIENT = { firstTimeoutMs: 20_000, maxTimeoutMs: 20_000, troubleMs: 60_000 };

function etcdTest(name: string, run: () => Promise<void>): void {
  Deno.test({ name, ignore: !HAS_ETCD, fn: run });
}

function logOf(etcd: Etcd, options: Partial<EtcdLogOptions> = {}): EtcdLog {
  return new EtcdLog({ cluster: "chat", endpoints: etcd.endpoints, fetch, ...options });
}

/** The log of a server that prefers one machine. */
function logAt(etcd: Etcd, machine: EtcdMachine): EtcdLog {
  const others = etcd.machines.filter((other) => other !== machine);
  return logOf(etcd, { endpoints: [machine, ...others].map(({ endpoint }) => endpoint) });
}

async function headerOf(machine: EtcdMachine): Promise<Record<string, string>> {
  const { header } = await machine.call("/v3/maintenance/status", {});
  return header as Record<string, string>;
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

etcdTest(
  "nothing is lost, doubled or reordered while the leader of three machines is killed, and starts again",
  async () => {
    await using etcd = await Etcd.start({ machines: 3, args: QUICK_ELECTION });
    const logs = etcd.machines.map((machine) => logAt(etcd, machine));
    await using first = new LogFollower(logs[0]!);
    await using second = new LogFollower(logs[1]!);
    await using third = new LogFollower(logs[2]!);
    for (const follower of [first, second, third]) await follower.isCaughtUp();
    const leader = await etcd.leader();
    const count = 60;
    await Promise.all(logs.map(async (log, at) => {
      for (const n of numbers(count)) {
        if (at === 0 && n === 20) await leader.kill();
        if (at === 0 && n === 40) await etcd.restart(leader);
        await log.append(logEntry(at + 1, n), NEVER);
      }
    }));
    for (const follower of [first, second, third]) await follower.have(3 * count);
    assertEquals(second.taken, first.taken);
    assertEquals(third.taken, first.taken);
    for (const s of [1, 2, 3]) assertEquals(first.taken.filter((e) => e.s === s).map(({ n }) => n), numbers(count));
    await using late = new LogFollower(logs[1]!);
    await late.have(3 * count);
    assertEquals(late.taken, first.taken);
  },
);

etcdTest("a machine that freezes holds up neither writers nor followers for long, also if it leads", async () => {
  await using etcd = await Etcd.start({ machines: 3, args: QUICK_ELECTION });
  const leader = await etcd.leader();
  const log = logAt(etcd, leader);
  await using follower = new LogFollower(log);
  await log.append(logEntry(1, 1), NEVER);
  await follower.have(1);
  leader.signal("SIGSTOP");
  await log.append(logEntry(1, 2), NEVER);
  await follower.have(2);
  leader.signal("SIGCONT");
  await log.append(logEntry(1, 3), NEVER);
  await follower.have(3);
  assertEquals(follower.names, ["1/1", "1/2", "1/3"]);
});

etcdTest(
  "without a majority an append waits, the operator hears why, and it happens when the machines are back",
  async () => {
    await using etcd = await Etcd.start({ machines: 3, args: QUICK_ELECTION });
    const told = Promise.withResolvers<string>();
    const well = Promise.withResolvers<void>();
    const onTrouble = (trouble: string | undefined) => trouble === undefined ? well.resolve() : told.resolve(trouble);
    const log = logOf(etcd, {
      onTrouble,
      timing: { firstTimeoutMs: 100, maxTimeoutMs: 400, troubleMs: 100, maxPauseMs: 50 },
    });
    await using follower = new LogFollower(log);
    await log.append(logEntry(1, 1), NEVER);
    await follower.have(1);
    const [kept, ...others] = etcd.machines;
    for (const machine of others) await machine.kill();
    const appended = log.append(logEntry(1, 2), NEVER);
    const sentence = await told.promise;
    assert(/has no leader|does not answer within|is overloaded/.test(sentence), sentence);
    const { isReady, warnings, endpoints } = await log.status(NEVER);
    assertEquals(isReady, false);
    assertEquals(
      warnings[0],
      "The log in etcd cannot be read: more than half of etcd's machines must run and reach each other",
    );
    assertEquals(endpoints.filter(({ fault }) => fault?.startsWith("Connection refused by")).length, 2);
    assertEquals(endpoints[0]!.endpoint, kept!.endpoint.name);
    await Promise.all(others.map((machine) => etcd.restart(machine)));
    await appended;
    await well.promise;
    await follower.have(2);
    assertEquals(follower.names, ["1/1", "1/2"]);
  },
);

etcdTest("an etcd that starts again with its data goes on, and without its data has lost the log", async () => {
  await using etcd = await Etcd.start();
  const [machine] = etcd.machines;
  const log = logOf(etcd);
  const follower = new LogFollower(log);
  for (const n of numbers(3)) await log.append(logEntry(1, n), NEVER);
  await follower.have(3);
  await machine!.kill();
  await etcd.restart(machine!);
  await log.append(logEntry(1, 4), NEVER);
  await follower.have(4);
  await machine!.kill();
  await machine!.forget();
  await etcd.restart(machine!);
  // The new etcd has the same id, because it has the same addresses.
  await assertRejects(() => follower.ended, LogLost, "has lost data: it is at revision 1, and was at 6 before");
  await assertRejects(() => log.append(logEntry(1, 5), NEVER), LogLost);
  const restarted = new LogFollower(logOf(etcd), follower.taken[3]!.position);
  await assertRejects(() => restarted.ended, LogLost);
});

etcdTest("a full etcd takes entries again when the operator has made room", async () => {
  await using etcd = await Etcd.start({ args: [`--quota-backend-bytes=${2 * 1024 * 1024}`] });
  const [machine] = etcd.machines;
  const told: (string | undefined)[] = [];
  const full = Promise.withResolvers<void>();
  const onTrouble = (trouble: string | undefined) => (told.push(trouble), full.resolve());
  const log = logOf(etcd, { onTrouble, timing: { maxPauseMs: 20, ...PATIENT } });
  const end = new AbortController();
  let n = 0;
  const appended = (async () => {
    for (; n < 8; n++) await log.append({ s: 1, n: n + 1, data: new Uint8Array(400 * 1024) }, end.signal);
  })();
  await full.promise;
  const sentence = "The database of etcd is full (NOSPACE): raise etcd's --quota-backend-bytes, or free space with " +
    "etcdctl defrag, then run etcdctl alarm disarm";
  assertEquals(told, [sentence]);
  const { warnings, endpoints } = await log.status(NEVER);
  assertEquals(warnings[0], sentence);
  assert(
    warnings.some((warning) => /has \d of at most 2 MiB: raise etcd's --quota-backend-bytes/.test(warning)),
    warnings.join("\n"),
  );
  assertEquals(endpoints[0]!.quotaBytes, 2 * 1024 * 1024);
  const before = n;
  await using follower = new LogFollower(log);
  await follower.have(before);
  // What an operator does with etcdctl. Deletions are allowed.
  for (const key of numbers(before)) {
    await machine!.call("/v3/kv/deleterange", { key: btoa(`/confab/chat/log/1/${key}`) });
  }
  const { revision, member_id: memberID } = await headerOf(machine!);
  await machine!.call("/v3/kv/compaction", { revision, physical: true });
  await machine!.call("/v3/maintenance/defragment", {});
  await machine!.call("/v3/maintenance/alarm", { action: "DEACTIVATE", alarm: "NOSPACE", memberID });
  await follower.have(before + 1);
  assertEquals(follower.taken.map((entry) => entry.n), numbers(follower.taken.length));
  end.abort();
  await appended.catch(() => {});
});

etcdTest(
  "with logins a user needs its password and the right to the keys, and stays logged in when etcd starts again",
  async () => {
    await using etcd = await Etcd.start();
    const [machine] = etcd.machines;
    const call = machine!.call.bind(machine!);
    for (const [name, password] of [["root", "r"], ["confab", "secret"], ["guest", "g"]]) {
      await call("/v3/auth/user/add", { name, password });
    }
    await call("/v3/auth/role/add", { name: "chat" });
    const perm = { permType: "READWRITE", key: btoa("/confab/chat/"), range_end: btoa("/confab/chat0") };
    await call("/v3/auth/role/grant", { name: "chat", perm });
    await call("/v3/auth/user/grant", { user: "confab", role: "chat" });
    await call("/v3/auth/user/grant", { user: "root", role: "root" });
    await call("/v3/auth/enable", {});
    const { name } = machine!.endpoint;
    const found = (login?: EtcdLogOptions["login"], cluster = "chat") =>
      logOf(etcd, { login, cluster }).found("chat", new Uint8Array(1), NEVER);
    const login = { user: "confab", password: "secret" };
    const denied =
      `etcd at ${name} gives the user no access: run etcdctl role grant-permission ROLE readwrite --prefix /confab/`;
    await assertRejects(
      () => found(),
      LogRefused,
      `etcd at ${name} requires a login: name a user of etcd and a file with the password`,
    );
    await assertRejects(
      () => found({ ...login, password: "false" }),
      LogRefused,
      `etcd at ${name} refuses the user or the password: check both`,
    );
    await assertRejects(() => found({ user: "guest", password: "g" }), LogRefused, denied);
    await assertRejects(() => found(login, "other"), LogRefused, denied);
    const log = logOf(etcd, { login });
    await using follower = new LogFollower(log);
    for (const n of numbers(3)) await log.append(logEntry(1, n), NEVER);
    await follower.have(3);
    for (const { position } of follower.taken) await log.forget(position, NEVER);
    await machine!.kill();
    await etcd.restart(machine!);
    await log.append(logEntry(1, 4), NEVER);
    await follower.have(4);
    const { isReady, entries, endpoints } = await log.status(NEVER);
    assertEquals([isReady, entries, endpoints[0]!.isLeader], [true, 1, true]);
  },
);

etcdTest("a follower reads on from its position when an operator has compacted etcd's history", async () => {
  await using etcd = await Etcd.start();
  const [machine] = etcd.machines;
  const log = logOf(etcd);
  for (const n of numbers(5)) await log.append(logEntry(1, n), NEVER);
  await using before = new LogFollower(log);
  await before.have(5);
  await machine!.call("/v3/kv/compaction", { revision: (await headerOf(machine!)).revision, physical: true });
  await using after = new LogFollower(log, before.taken[1]!.position);
  await after.have(3);
  assertEquals(after.names, ["1/3", "1/4", "1/5"]);
});

etcdTest("with TLS the certificate of etcd is checked, and ours is shown", async () => {
  await using etcd = await Etcd.start({ isSecure: true });
  const { cert, key } = etcd.tls!;
  const { name } = etcd.machines[0]!.endpoint;
  const fetchWith = (options: object): EtcdLogOptions["fetch"] => async (url, init) => {
    using client = Deno.createHttpClient(options as Deno.CreateHttpClientOptions);
    const response = await fetch(url, { ...init, client });
    return new Response(await response.text(), response);
  };
  const found = (options: object, endpoints = etcd.endpoints) =>
    logOf(etcd, { fetch: fetchWith(options), endpoints }).found("chat", Uint8Array.of(7), NEVER);
  assertEquals(await found({ caCerts: [cert], cert, key }), Uint8Array.of(7));
  await assertRejects(
    () => found({ cert, key }),
    LogRefused,
    `The certificate of etcd at ${name} is not trusted (UnknownIssuer): name the certificate of its CA`,
  );
  await assertRejects(
    () => found({ caCerts: [cert] }),
    LogRefused,
    `etcd at ${name} refuses the client certificate, or lacks one: name a certificate that its CA has signed`,
  );
  const told = Promise.withResolvers<string | undefined>();
  const end = new AbortController();
  const endpoints = [{ name, url: `http://${name}` }];
  const plain = logOf(etcd, { endpoints, onTrouble: told.resolve, timing: { troubleMs: 0 } });
  const waiting = plain.found("chat", Uint8Array.of(7), end.signal);
  assertEquals(
    await told.promise,
    `The connection to etcd at ${name} broke: check etcd, and whether it uses TLS there`,
  );
  end.abort(new TypeError("Enough"));
  await assertRejects(() => waiting, TypeError, "Enough");
  await using open = await Etcd.start();
  const [other] = open.endpoints;
  await assertRejects(
    () => found({}, [{ name: other!.name, url: `https://${other!.name}` }]),
    LogRefused,
    `TLS with etcd at ${other!.name} fails: check whether etcd uses TLS there`,
  );
});

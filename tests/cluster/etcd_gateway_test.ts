import { assert, assertEquals, assertRejects } from "@std/assert";
import { EntryTaken, LogRefused } from "../../src/cluster/command_log.ts";
import { EtcdLog, type EtcdLogOptions } from "../../src/cluster/etcd/etcd_log.ts";
import { commandLogContract, logEntry, LogFollower } from "../contracts/command_log_contract.ts";
import { FakeEtcd, type FakeRequest } from "../helpers/fake_etcd.ts";

const NEVER = new AbortController().signal;
const QUICK = { firstPauseMs: 1, maxPauseMs: 2, troubleMs: 0 };

/** Requests that put an entry. */
const isAppend = ({ isAppend }: FakeRequest) => isAppend;

function logOf(etcd: FakeEtcd | readonly FakeEtcd[], options: Partial<EtcdLogOptions> = {}): EtcdLog {
  const endpoints = [etcd].flat().map(({ endpoint }) => endpoint);
  return new EtcdLog({ cluster: "chat", endpoints, fetch, ...options, timing: { ...QUICK, ...options.timing } });
}

/** Collects what is told to the operator, and resolves `next` with each. */
class Told {
  readonly all: (string | undefined)[] = [];
  #wakes: (() => void)[] = [];

  readonly onTrouble = (trouble: string | undefined) => {
    this.all.push(trouble);
    for (const wake of this.#wakes.splice(0)) wake();
  };

  async have(count: number): Promise<void> {
    while (this.all.length < count) await new Promise<void>((resolve) => this.#wakes.push(resolve));
  }
}

function failure(status: number, message: string, code: number): Response {
  return new Response(JSON.stringify({ error: message, message, code }), { status });
}

commandLogContract("the log in the model of etcd that these tests use", () => {
  const etcd = new FakeEtcd();
  return { open: () => logOf(etcd), [Symbol.asyncDispose]: () => etcd[Symbol.asyncDispose]() };
});

Deno.test("an append that etcd answers late is sent again, and happens once", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd, { timing: { firstTimeoutMs: 40 } });
  await log.found("chat", new Uint8Array(1), NEVER);
  const late = Promise.withResolvers<void>();
  etcd.once(isAppend, async (request) => {
    const answer = etcd.answerTo(request);
    await late.promise;
    return answer;
  });
  await log.append(logEntry(1, 1), NEVER);
  assertEquals(etcd.requests.filter(isAppend).length, 2);
  await log.append(logEntry(1, 2), NEVER);
  late.resolve();
  await using follower = new LogFollower(log);
  await follower.have(2);
  assertEquals(follower.names, ["1/1", "1/2"]);
});

Deno.test("an append that arrives late, after it was repeated, changes nothing", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd, { timing: { firstTimeoutMs: 40 } });
  const late = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<string>();
  etcd.once(isAppend, async (request) => {
    await late.promise;
    const answer = etcd.answerTo(request);
    answered.resolve(await answer.clone().text());
    return answer;
  });
  await log.append(logEntry(1, 1), NEVER);
  await log.append(logEntry(1, 2), NEVER);
  late.resolve();
  assert(!(await answered.promise).includes("succeeded"));
  await using follower = new LogFollower(log);
  await follower.have(2);
  assertEquals(follower.names, ["1/1", "1/2"]);
});

Deno.test("two appends whose answers come in the other order both succeed", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  const late = Promise.withResolvers<void>();
  etcd.once(isAppend, async (request) => {
    const answer = etcd.answerTo(request);
    await late.promise;
    return answer;
  });
  const first = log.append(logEntry(1, 1), NEVER);
  await etcd.have(1, isAppend);
  await log.append(logEntry(2, 1), NEVER);
  late.resolve();
  await first;
  await using follower = new LogFollower(log);
  await follower.have(2);
  assertEquals(follower.names, ["1/1", "2/1"]);
});

Deno.test("an append whose connection breaks, or whose answer is none of etcd's, is sent again until it is confirmed", async () => {
  await using etcd = new FakeEtcd();
  const told = new Told();
  const log = logOf(etcd, { onTrouble: told.onTrouble });
  const name = etcd.endpoint.name;
  const strange = `${name} gives answers that etcd would not give: check the address`;
  const answers: [Response, string][] = [
    [new Response("<html>Bad gateway</html>", { status: 502 }), `etcd at ${name} answers with HTTP status 502`],
    [new Response("<html>Welcome</html>"), strange],
    [new Response(""), strange],
    [new Response("[]"), strange],
    [new Response("{}"), strange],
    [new Response('{"header":{"revision":"-1"},"succeeded":true}'), strange],
    [new Response('{"header":{"revision":"99999999999999999"},"succeeded":true}'), strange],
    [new Response(JSON.stringify({ header: { ...etcd.header, revision: "99" }, responses: [] })), strange],
    [new Response('{"header":{"revi'), strange],
    [new Response("x".repeat(5_000_000)), `etcd at ${name} answers with more than 4194304 bytes`],
    [
      failure(503, "etcdserver: leader changed", 14),
      `etcd at ${name} has no leader: more than half of its machines must run and reach each other`,
    ],
    [failure(503, "etcdserver: request timed out", 14), `etcd at ${name} is overloaded`],
    [failure(500, "strange\u001b[2J words", 2), `etcd at ${name} answers: strange [2J words`],
  ];
  await log.found("chat", new Uint8Array(1), NEVER);
  await log.append(logEntry(1, 1), NEVER);
  for (const [at, [response, trouble]] of answers.entries()) {
    etcd.once(isAppend, () => response);
    await log.append(logEntry(1, at + 2), NEVER);
    assertEquals(told.all.splice(0), [trouble, undefined]);
  }
  await using follower = new LogFollower(log);
  await follower.have(answers.length + 1);
  assertEquals(follower.taken.map(({ n }) => n), Array.from({ length: answers.length + 1 }, (_, at) => at + 1));
});

Deno.test("the next endpoint is asked when one refuses connections, and the operator hears nothing", async () => {
  await using etcd = new FakeEtcd();
  const gone = new FakeEtcd();
  await gone[Symbol.asyncDispose]();
  const told = new Told();
  const log = logOf([gone, etcd, gone], { onTrouble: told.onTrouble });
  for (let n = 1; n <= 3; n++) await log.append(logEntry(1, n), NEVER);
  await using follower = new LogFollower(log);
  await follower.have(3);
  assertEquals(told.all, []);
});

Deno.test("when no endpoint answers, the operator hears why once, and an append waits until its signal aborts", async () => {
  const gone = new FakeEtcd();
  await gone[Symbol.asyncDispose]();
  const told = new Told();
  const end = new AbortController();
  const appended = logOf([gone, gone], { onTrouble: told.onTrouble }).append(logEntry(1, 1), end.signal);
  await told.have(1);
  end.abort(new TypeError("The server stops"));
  await assertRejects(() => appended, TypeError, "The server stops");
  const { name } = gone.endpoint;
  assertEquals(told.all, [`Connection refused by ${name}: check the address and that etcd is running`, undefined]);
});

Deno.test("an entry of other bytes is taken, also if etcd answers the first attempt late", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd, { timing: { firstTimeoutMs: 40 } });
  await log.append(logEntry(1, 1, "theirs"), NEVER);
  const late = Promise.withResolvers<undefined>();
  etcd.once(isAppend, () => late.promise);
  await assertRejects(() => log.append(logEntry(1, 1, "mine"), NEVER), EntryTaken);
  late.resolve(undefined);
});

Deno.test("a program that is not etcd is refused at the first call", async () => {
  await using etcd = new FakeEtcd();
  etcd.intercept = () => new Response("Not Found\n", { status: 404 });
  await assertRejects(
    () => logOf(etcd).found("chat", new Uint8Array(1), NEVER),
    LogRefused,
    `${etcd.endpoint.name} is not etcd 3.4 or later, or its gRPC gateway is off: check the address and --enable-grpc-gateway`,
  );
});

Deno.test("an entry that etcd finds too large is refused", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  etcd.intercept = (request) => isAppend(request) ? failure(400, "etcdserver: request is too large", 3) : undefined;
  await assertRejects(
    () => log.append(logEntry(1, 1), NEVER),
    LogRefused,
    `etcd at ${etcd.endpoint.name} takes only small entries: its --max-request-bytes must be at least 1572864, the default`,
  );
});

Deno.test("while etcd is full, an append goes on trying, reads go on, and the operator reads what to do", async () => {
  await using etcd = new FakeEtcd();
  const told = new Told();
  const log = logOf(etcd, { onTrouble: told.onTrouble });
  await log.append(logEntry(1, 1), NEVER);
  const full = "etcdserver: mvcc: database space exceeded";
  let isFull = true;
  etcd.intercept = (request) =>
    isFull && JSON.stringify(request.body).includes("request_put") ? failure(429, full, 8) : undefined;
  const appended = log.append(logEntry(1, 2), NEVER);
  await told.have(1);
  const sentence = "The database of etcd is full (NOSPACE): raise etcd's --quota-backend-bytes, or free space with " +
    "etcdctl defrag, then run etcdctl alarm disarm";
  assertEquals(told.all, [sentence]);
  await etcd.have(5, isAppend);
  await using follower = new LogFollower(logOf(etcd));
  await follower.isCaughtUp();
  assertEquals(follower.names, ["1/1"]);
  await assertRejects(() => log.forget(follower.taken[0]!.position, NEVER), LogRefused, sentence);
  assert((await log.status(NEVER)).warnings.includes(sentence));
  isFull = false;
  await appended;
  await follower.have(2);
  assertEquals(told.all, [sentence, undefined]);
});

Deno.test("a login is made before the first request, and again when etcd forgets it", async () => {
  await using etcd = new FakeEtcd();
  let token = 0;
  etcd.intercept = ({ path, body, token: shown }) => {
    if (path === "/v3/auth/authenticate") {
      assertEquals(body, { name: "confab", password: "secret" });
      return new Response(JSON.stringify({ header: {}, token: `token${++token}` }));
    }
    return shown === `token${token}` ? undefined : failure(401, "etcdserver: invalid auth token", 16);
  };
  const told = new Told();
  const log = logOf(etcd, { login: { user: "confab", password: "secret" }, onTrouble: told.onTrouble });
  await log.append(logEntry(1, 1), NEVER);
  assertEquals(token, 1);
  token = 5;
  await log.append(logEntry(1, 2), NEVER);
  await using follower = new LogFollower(log);
  await follower.have(2);
  assertEquals([token, told.all], [6, []]);
});

Deno.test("a login for an etcd that has none changes nothing", async () => {
  await using etcd = new FakeEtcd();
  etcd.intercept = ({ path, token }) => {
    assertEquals(token, null);
    return path === "/v3/auth/authenticate" ? failure(412, "etcdserver: authentication is not enabled", 9) : undefined;
  };
  const log = logOf(etcd, { login: { user: "confab", password: "secret" } });
  await log.append(logEntry(1, 1), NEVER);
  await log.append(logEntry(1, 2), NEVER);
  assertEquals(etcd.requests.filter(({ path }) => path.startsWith("/v3/auth")).length, 1);
});

Deno.test("what etcd does not allow is refused at the start with the next step, and tried again while the chat runs", async () => {
  await using etcd = new FakeEtcd();
  const { name } = etcd.endpoint;
  const faults: [Response, string][] = [
    [
      failure(400, "etcdserver: user name is empty", 3),
      `etcd at ${name} requires a login: name a user of etcd and a file with the password`,
    ],
    [
      failure(400, "etcdserver: authentication failed, invalid user ID or password", 3),
      `etcd at ${name} refuses the user or the password: check both`,
    ],
    [
      failure(403, "etcdserver: permission denied", 7),
      `etcd at ${name} gives the user no access: run etcdctl role grant-permission ROLE readwrite --prefix /confab/`,
    ],
    [
      new Response("CommonName of client sending a request against gateway will be ignored\n", { status: 400 }),
      `etcd at ${name} has users, and then takes only a client certificate without a common name (CN): make one`,
    ],
    [
      new Response("Client sent an HTTP request to an HTTPS server.\n", { status: 400 }),
      `${name} answers with HTTP status 400: check whether etcd uses TLS there`,
    ],
  ];
  for (const [response, sentence] of faults) {
    etcd.once(() => true, () => response.clone());
    await assertRejects(() => logOf(etcd).found("chat", new Uint8Array(1), NEVER), LogRefused, sentence);
    const told = new Told();
    const log = logOf(etcd, { onTrouble: told.onTrouble });
    await log.found("chat", new Uint8Array(1), NEVER);
    etcd.once(() => true, () => response.clone());
    await log.append(logEntry(1, 1), NEVER);
    assertEquals(told.all, [sentence, undefined]);
  }
});

Deno.test("a user of etcd who may not compact can still forget", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  etcd.intercept = ({ path }) =>
    path === "/v3/kv/compaction" ? failure(403, "etcdserver: permission denied", 7) : undefined;
  for (let n = 1; n <= 3; n++) await log.append(logEntry(1, n), NEVER);
  await using follower = new LogFollower(log);
  await follower.have(3);
  for (const { position } of follower.taken) await log.forget(position, NEVER);
  assertEquals((await log.status(NEVER)).entries, 0);
  assertEquals(etcd.requests.filter(({ path }) => path === "/v3/kv/compaction").length, 2);
});

Deno.test("a refusal of one endpoint does not end a call that another one accepts", async () => {
  await using etcd = new FakeEtcd();
  await using refusing = new FakeEtcd();
  refusing.intercept = () => failure(403, "etcdserver: permission denied", 7);
  assertEquals(await logOf([refusing, etcd]).found("chat", Uint8Array.of(1), NEVER), Uint8Array.of(1));
  await assertRejects(() => logOf([refusing, refusing]).found("chat", Uint8Array.of(1), NEVER), LogRefused);
});

/** Passes on connections to an etcd. `freeze` lets those that are open fall silent, as a network does that was cut. */
class Relay implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open: Deno.Conn[] = [];
  readonly #ended: Promise<void>;
  #generation = 0;

  constructor(port: number) {
    this.#ended = this.#accept(port);
  }

  get name(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  freeze(): void {
    this.#generation++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const end of this.#open) end.close();
    await this.#ended;
  }

  async #accept(port: number): Promise<void> {
    const copies: Promise<void>[] = [];
    for await (const client of this.#listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      this.#open.push(client, server);
      copies.push(this.#copy(client, server), this.#copy(server, client));
    }
    await Promise.all(copies);
  }

  async #copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const generation = this.#generation;
    const buffer = new Uint8Array(16_384);
    try {
      for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
        if (generation === this.#generation) await to.write(buffer.subarray(0, count));
      }
    } catch {
      // One end has closed the connection.
    }
  }
}

Deno.test("after the network was cut, requests do not wait for the connections from before", async () => {
  await using etcd = new FakeEtcd();
  await using relay = new Relay(Number(etcd.endpoint.name.split(":")[1]));
  const endpoints = [{ name: relay.name, url: `http://${relay.name}` }];
  const log = logOf(etcd, {
    endpoints,
    timing: { firstTimeoutMs: 100, searchTimeoutMs: 100, silenceMs: 200, lagMs: 100 },
  });
  await using follower = new LogFollower(log);
  for (let n = 1; n <= 3; n++) {
    await Promise.all([log.append(logEntry(1, n), NEVER), log.append(logEntry(2, n), NEVER)]);
    await follower.have(2 * n);
    relay.freeze();
  }
  assertEquals(follower.taken.filter(({ s }) => s === 1).map(({ n }) => n), [1, 2, 3]);
});

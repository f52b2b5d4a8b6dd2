/** A small etcd in this process that answers late, falsely or not at all when a test says so. */

import { type EtcdEndpoint, parseEtcdAddress } from "../../src/cluster/etcd/etcd_address.ts";

type Fields = Record<string, unknown>;

export interface FakeRequest {
  /** Such as `/v3/kv/txn`. */
  readonly path: string;
  readonly body: Fields;
  readonly token: string | null;
  /** Whether it puts an entry of the log. */
  readonly isAppend: boolean;
}

/** Answers in place of the model. `undefined` leaves the request to the model. */
export type Interception = (request: FakeRequest) => Response | undefined | Promise<Response | undefined>;

interface Pair {
  readonly key: string;
  readonly value: string;
  readonly created: number;
  readonly modified: number;
  readonly version: number;
}

interface Watch {
  readonly from: number;
  readonly send: (line: string) => void;
  readonly end: () => void;
}

export class FakeEtcd implements AsyncDisposable {
  readonly endpoint: EtcdEndpoint;
  readonly requests: FakeRequest[] = [];
  clusterId = "123456789012345678";
  revision = 1;
  /** Its pairs by key, as text. */
  readonly pairs = new Map<string, Pair>();
  /** Watches that are open. */
  readonly watches = new Set<Watch>();
  /** Looked at before the model answers. */
  intercept: Interception = () => undefined;
  /** Whether watches show new entries by themselves. */
  showsEntries = true;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #wakes: (() => void)[] = [];

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#serve(request),
    );
    this.endpoint = parseEtcdAddress(`etcd:127.0.0.1:${this.#server.addr.port}`, false)[0]!;
  }

  /** Answers the next request that matches in place of the model, and then leaves the others to it. */
  once(matches: (request: FakeRequest) => boolean, answer: Interception): void {
    this.intercept = (request) => {
      if (!matches(request)) return undefined;
      this.intercept = () => undefined;
      return answer(request);
    };
  }

  /** Resolves when this many requests that match have arrived. */
  async have(count: number, matches: (request: FakeRequest) => boolean): Promise<void> {
    while (this.requests.filter(matches).length < count) {
      await new Promise<void>((resolve) => this.#wakes.push(resolve));
    }
  }

  /** Puts a pair as another program would. */
  put(key: string, value: Uint8Array | string): void {
    const text = typeof value === "string" ? btoa(value) : value.toBase64();
    this.revision++;
    this.#put(key, text);
  }

  /** The line of a watch about these pairs. */
  lineOf(pairs: readonly Pair[]): string {
    return JSON.stringify({ result: { header: this.header, events: pairs.map((pair) => ({ kv: kvOf(pair) })) } });
  }

  /** The answer of the model. */
  answerTo({ path, body }: FakeRequest): Response {
    if (path === "/v3/kv/txn") return this.#json(this.#transact(body));
    if (path === "/v3/kv/range") return this.#json({ header: this.header, ...this.#range(body) });
    if (path === "/v3/kv/compaction") return this.#json({ header: this.header });
    if (path === "/v3/watch") return this.#watch(body.create_request as Fields);
    if (path === "/v3/maintenance/alarm") return this.#json({ header: this.header });
    if (path === "/v3/maintenance/status") {
      return this.#json({ header: this.header, version: "3.5.21", leader: "7", dbSize: "20480", dbSizeInUse: "16384" });
    }
    return new Response("Not Found\n", { status: 404 });
  }

  get header(): Fields {
    return { cluster_id: this.clusterId, member_id: "7", revision: String(this.revision), raft_term: "2" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { end } of this.watches) end();
    await this.#server.shutdown();
  }

  async #serve(http: Request): Promise<Response> {
    const text = await http.text();
    const path = new URL(http.url).pathname;

    const body = text === "" ? {} : JSON.parse(text) as Fields;
    const request = { path, body, token: http.headers.get("authorization"), isAppend: isEntryPut(body) };
    this.requests.push(request);
    for (const wake of this.#wakes.splice(0)) wake();
    return await this.intercept(request) ?? this.answerTo(request);
  }

  #json(body: unknown): Response {
    return new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } });
  }

  #transact({ compare, success, failure }: Fields): Fields {
    const succeeded = list(compare).every(({ key, target, create_revision, mod_revision }) => {
      const pair = this.pairs.get(atob(String(key)));
      const revision = target === "CREATE" ? pair?.created : pair?.modified;
      return String(revision ?? 0) === (create_revision ?? mod_revision);
    });
    const operations = list(succeeded ? success : failure);
    if (operations.some(({ request_put, request_delete_range }) => request_put ?? request_delete_range)) {
      this.revision++;
    }
    const responses = operations.map((operation) => this.#operate(operation));
    return { header: this.header, ...(succeeded ? { succeeded } : {}), responses };
  }

  #operate({ request_put, request_range, request_delete_range }: Fields): Fields {
    if (request_range !== undefined) return { response_range: this.#range(request_range as Fields) };
    if (request_put !== undefined) {
      const { key, value } = request_put as Record<string, string>;
      this.#put(atob(key!), value!);
      return { response_put: {} };
    }
    this.pairs.delete(atob(String((request_delete_range as Fields).key)));
    return { response_delete_range: { deleted: "1" } };
  }

  #put(key: string, value: string): void {
    const old = this.pairs.get(key);
    const { revision } = this;
    const pair = {
      key,
      value,
      created: old?.created ?? revision,
      modified: revision,
      version: (old?.version ?? 0) + 1,
    };
    this.pairs.set(key, pair);
    if (!this.showsEntries || !key.includes("/log/")) return;
    for (const { send } of this.watches) send(this.lineOf([pair]));
  }

  #range(range: Fields): Fields {
    const from = atob(String(range.key));
    const to = range.range_end === undefined ? `${from}\0` : atob(String(range.range_end));
    const { min_create_revision: min = "0", max_create_revision: max = "9999999999", limit = "0" } = range;
    const all = [...this.pairs.values()].filter(({ key }) => key >= from && key < to);
    const found = all.filter(({ created }) => created >= Number(min) && created <= Number(max))
      .sort((a, b) => a.created - b.created);
    const kvs = Number(limit) > 0 ? found.slice(0, Number(limit)) : found;
    const isCut = kvs.length < found.length;
    return {
      ...(range.count_only ? {} : { kvs: kvs.map(kvOf) }),
      ...(isCut ? { more: true } : {}),
      count: String(all.length),
    };
  }

  #watch({ start_revision }: Fields): Response {
    let watch: Watch | undefined;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const send = (line: string) => controller.enqueue(new TextEncoder().encode(`${line}\n`));
        watch = { from: Number(start_revision), send, end: () => (this.watches.delete(watch!), controller.close()) };
        this.watches.add(watch);
        send(JSON.stringify({ result: { header: this.header, created: true } }));
        const missed = [...this.pairs.values()].filter(({ key, created }) =>
          key.includes("/log/") && created >= watch!.from
        );
        if (missed.length > 0 && this.showsEntries) send(this.lineOf(missed.sort((a, b) => a.created - b.created)));
      },
      cancel: () => void this.watches.delete(watch!),
    });
    return new Response(stream);
  }
}

function kvOf({ key, value, created, modified, version }: Pair): Fields {
  return {
    key: btoa(key),
    create_revision: String(created),
    mod_revision: String(modified),
    version: String(version),
    value,
  };
}

function list(value: unknown): Fields[] {
  return (value ?? []) as Fields[];
}

function isEntryPut({ success }: Fields): boolean {
  return list(success).some(({ request_put }) => {
    const { key = "" } = (request_put ?? {}) as Record<string, string>;
    return atob(key).includes("/log/");
  });
}

/** The log of a cluster in etcd, as the options name it. */

import { EtcdLog } from "../../cluster/etcd/mod.ts";
import type { EnginePlan } from "../args/cluster_options.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";

export interface EngineOptions {
  /** The name of the cluster. */
  readonly cluster: string;
  /** Called with one sentence when etcd does not answer, and with `undefined` when it does again. */
  readonly onTrouble: (trouble: string | undefined) => void;
}

/** An open log. Disposing it closes its connections. */
export interface OpenEngine extends Disposable {
  readonly log: EtcdLog;
}

/** Reads the files that the plan names, and makes the log. It does not connect. Throws a failure. */
export function openEngine(plan: EnginePlan, { cluster, onTrouble }: EngineOptions): OpenEngine {
  const client = Deno.createHttpClient({
    // All requests of HTTP/2 share a connection, which hangs for minutes after the network was cut.
    http2: false,
    ...plan.ca === undefined ? {} : { caCerts: [readFile(plan.ca, "cluster-ca")] },
    ...plan.cert === undefined || plan.certKey === undefined
      ? {}
      : { cert: readFile(plan.cert, "cluster-cert"), key: readFile(plan.certKey, "cluster-cert-key") },
  });
  const login = plan.loginFile === undefined ? undefined : parseLogin(readFile(plan.loginFile, "cluster-login"));
  const log = new EtcdLog({
    cluster,
    endpoints: plan.endpoints,
    fetch: (url, init) => fetch(url, { ...init, client }),
    ...login && { login },
    onTrouble,
  });
  return { log, [Symbol.dispose]: () => client.close() };
}

/** The first colon ends the name. */
function parseLogin(text: string): { readonly user: string; readonly password: string } {
  const [, user, password] = /^([^:\s]+):(.+)$/.exec(text.trim()) ?? [];
  if (user !== undefined && password !== undefined) return { user, password };
  throw new Failure(EXIT.usage, "The file of --cluster-login has no login for etcd: write NAME:PASSWORD into it");
}

function readFile(path: string, option: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new Failure(EXIT.usage, `Cannot read the file of --${option}: ${explain(error)}`, { cause: error });
  }
}

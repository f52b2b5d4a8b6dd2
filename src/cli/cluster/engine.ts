/** Opens the log of a cluster in etcd, as the options say. */

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
  const client = openHttpClient(plan);
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

function openHttpClient({ ca, cert, certKey }: EnginePlan): Deno.HttpClient {
  const options = {
    // All requests of HTTP/2 share a connection, which hangs for minutes after the network was cut.
    http2: false,
    ...ca !== undefined && { caCerts: [readPem(ca, "cluster-ca", "CERTIFICATE")] },
    ...cert !== undefined && { cert: readPem(cert, "cluster-cert", "CERTIFICATE") },
    ...certKey !== undefined && { key: readPem(certKey, "cluster-cert-key", "PRIVATE KEY") },
  };
  try {
    return Deno.createHttpClient(options as Deno.CreateHttpClientOptions);
  } catch (error) {
    const what = "The files of --cluster-cert and --cluster-cert-key cannot be used";
    throw new Failure(EXIT.usage, `${what}: ${explain(error)}; give a certificate and its key`, { cause: error });
  }
}

/** Deno takes a file without any certificate for one of an authority. */
function readPem(path: string, option: string, kind: "CERTIFICATE" | "PRIVATE KEY"): string {
  const text = readFile(path, option);
  if (new RegExp(`-----BEGIN (?:\\w+ )*${kind}-----`).test(text)) return text;
  const what = kind === "CERTIFICATE" ? "certificate" : "private key";
  throw new Failure(EXIT.usage, `The file of --${option} has no ${what}: give a file in PEM`);
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

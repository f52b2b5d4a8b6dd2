/** An address at which etcd serves clients. */
export interface EtcdEndpoint {
  /** `HOST:PORT`, for people. */
  readonly name: string;
  /** `http` or `https`, host and port, without a path. */
  readonly url: string;
}

/** The list of endpoints is wrong. `message` is one sentence for the operator. */
export class EtcdAddressError extends Error {
  override readonly name = "EtcdAddressError";
}

const DEFAULT_PORT = 2379;
const MAX_ENDPOINTS = 9;
const EXAMPLE = "write etcd:HOST:PORT,HOST:PORT,…";

/** Reads `etcd:HOST[:PORT],…`, where the port is 2379 by default. An IPv6 address is in brackets. */
export function parseEtcdAddress(text: string, isSecure: boolean): EtcdEndpoint[] {
  const list = /^etcd:(?!\/\/)(.*)$/s.exec(text)?.[1];
  if (list === undefined) throw new EtcdAddressError(`${JSON.stringify(text)} is not a cluster address: ${EXAMPLE}`);
  const endpoints = list.split(",").map((part) => parseEndpoint(part.trim(), isSecure));
  if (endpoints.length > MAX_ENDPOINTS) {
    throw new EtcdAddressError(`etcd has at most ${MAX_ENDPOINTS} endpoints here, and ${endpoints.length} are listed`);
  }
  const double = endpoints.find(({ name }, at) => endpoints.findIndex((other) => other.name === name) < at);
  if (double !== undefined) throw new EtcdAddressError(`${double.name} is listed twice: name each endpoint once`);
  return endpoints;
}

function parseEndpoint(part: string, isSecure: boolean): EtcdEndpoint {
  const [, host, digits] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(part) ?? [];
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new EtcdAddressError(`${JSON.stringify(part)} is not an etcd address: ${EXAMPLE}`);
  }
  const name = `${host.toLowerCase()}:${port}`;
  return { name, url: `${isSecure ? "https" : "http"}://${name}` };
}

import { checkClusterName } from "../../cluster/cluster_key.ts";
import { EtcdAddressError, type EtcdEndpoint, parseEtcdAddress } from "../../cluster/etcd/etcd_address.ts";
import { formatEndpoint, parseEndpoint } from "../../protocol/address/endpoint.ts";
import { type Arguments, badValue } from "./arguments.ts";
import type { OptionSpec } from "./command_spec.ts";
import { EXIT, Failure } from "./exit_codes.ts";

/** Options of `serve` for several servers of one chat. */
export const CLUSTER_OPTIONS: readonly OptionSpec[] = [
  { name: "cluster", value: "etcd:HOST:PORT", help: "Serves one chat with other servers, by a log in etcd" },
  { name: "cluster-key-file", value: "FILE", help: "Secret of the cluster, made by confab cluster key FILE" },
  { name: "cluster-name", value: "NAME", default: "confab", help: "Name of the chat in etcd" },
  {
    name: "cluster-address",
    value: "HOST:PORT",
    default: "this machine's",
    help: "Address of this server for the others",
  },
  { name: "cluster-ca", value: "FILE", help: "Certificate authority of etcds: addresses (PEM)" },
  { name: "cluster-cert", value: "FILE", help: "Certificate to show to etcd (PEM)" },
  { name: "cluster-cert-key", value: "FILE", help: "Private key of that certificate (PEM)" },
  { name: "cluster-login", value: "FILE", help: "File that holds NAME:PASSWORD for etcd" },
];

/** How to reach etcd. */
export interface EnginePlan {
  readonly endpoints: readonly EtcdEndpoint[];
  /** Paths of PEM files. */
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly certKey: string | undefined;
  /** Path of a file with `NAME:PASSWORD`. */
  readonly loginFile: string | undefined;
}

/** The cluster that a server belongs to. */
export interface ClusterPlan {
  readonly engine: EnginePlan;
  readonly name: string;
  readonly keyFile: string;
  /** `undefined` for the address of this machine. */
  readonly address: string | undefined;
}

/** Parses `CLUSTER_OPTIONS`; `undefined` without `--cluster`. `folder` is the data folder, if there is one. Throws a usage failure. */
export function parseCluster(args: Arguments, folder: string | undefined): ClusterPlan | undefined {
  const text = args.text("cluster");
  if (text === undefined) return refuseOthers(args);
  if (folder === undefined) {
    throw usage(
      "Options --cluster and --memory cannot be combined: each server of a cluster keeps its data in a folder",
    );
  }
  if (args.flag("no-tcp")) {
    throw usage("Options --cluster and --no-tcp cannot be combined: the other servers connect by TCP");
  }
  const keyFile = args.text("cluster-key-file");
  if (keyFile === undefined) {
    throw usage("Option --cluster needs --cluster-key-file FILE: make the file with confab cluster key FILE");
  }
  return { engine: parseEngine(text, args), name: parseClusterName(args), keyFile, address: parseOwnAddress(args) };
}

function refuseOthers(args: Arguments): undefined {
  const given = CLUSTER_OPTIONS.find(({ name }) => args.text(name) !== undefined);
  if (given !== undefined) throw usage(`Option --${given.name} is for a cluster: add --cluster etcd:HOST:PORT`);
}

function parseEngine(text: string, args: Arguments): EnginePlan {
  const isSecure = text.startsWith("etcds:");
  const endpoints = parseEndpoints(isSecure ? text.replace("etcds:", "etcd:") : text, isSecure);
  const [ca, cert, certKey] = ["cluster-ca", "cluster-cert", "cluster-cert-key"].map((name) => args.text(name));
  if (!isSecure && (ca ?? cert ?? certKey) !== undefined) {
    throw usage("Options --cluster-ca, --cluster-cert and --cluster-cert-key need TLS: write etcds: in --cluster");
  }
  if ((cert === undefined) !== (certKey === undefined)) {
    throw usage("Options --cluster-cert and --cluster-cert-key must be used together: give both or neither");
  }
  return { endpoints, ca, cert, certKey, loginFile: args.text("cluster-login") };
}

function parseEndpoints(text: string, isSecure: boolean): EtcdEndpoint[] {
  try {
    return parseEtcdAddress(text, isSecure);
  } catch (error) {
    if (!(error instanceof EtcdAddressError)) throw error;
    throw usage(`Option --cluster: ${error.message}`);
  }
}

/** Parses `--cluster-name`. Throws a usage failure. */
export function parseClusterName(args: Arguments): string {
  const name = args.text("cluster-name") ?? "confab";
  try {
    checkClusterName(name);
  } catch {
    throw badValue("cluster-name", name, "1 to 32 lower-case letters, digits and hyphens");
  }
  return name;
}

function parseOwnAddress(args: Arguments): string | undefined {
  const text = args.text("cluster-address");
  if (text === undefined) return undefined;
  try {
    return formatEndpoint(parseEndpoint(text));
  } catch {
    throw badValue("cluster-address", text, "a host and a port, such as chat1.example.org:5050");
  }
}

function usage(text: string): Failure {
  return new Failure(EXIT.usage, text);
}

import { EtcdLog } from "../../src/cluster/etcd/etcd_log.ts";
import { commandLogContract } from "../contracts/command_log_contract.ts";
import { Etcd, HAS_ETCD } from "../helpers/etcd.ts";

/** One etcd for all these tests: each uses a cluster of its own in it. */
const etcd = HAS_ETCD ? await Etcd.start() : undefined;
Deno.test.afterAll(() => etcd?.[Symbol.asyncDispose]());

let clusters = 0;

commandLogContract("the log in etcd", () => {
  const cluster = `contract-${++clusters}`;
  const endpoints = etcd!.endpoints;
  return {
    open: () => new EtcdLog({ cluster, endpoints, fetch }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}, !HAS_ETCD);

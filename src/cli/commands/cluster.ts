import { clusterRights } from "./command_rights.ts";
import type { CommandSpec } from "../args/arguments.ts";

export const CLUSTER: CommandSpec = {
  name: "cluster",
  operands: "key|status|remove",
  // The file, or the number and the address, follow.
  maxOperands: 3,
  summary: "Makes the key of several servers, shows them, or removes one",
  options: [
    { name: "cluster-key-file", value: "FILE", help: "Secret of the cluster, for status and remove" },
    { name: "cluster-name", value: "NAME", default: "confab", help: "Name of the chat in etcd" },
    { name: "json", help: "Prints the status as JSON" },
  ],
  examples: [
    { line: "cluster key cluster.key", what: "makes a key, for all servers of a chat" },
    {
      line: "cluster status 10.0.0.1 --cluster-key-file cluster.key",
      what: "shows all servers, as that one sees them",
    },
    {
      line: "cluster remove 7 10.0.0.1 --cluster-key-file cluster.key",
      what: "ends server 7, which will not come back",
    },
  ],
  rights: clusterRights,
  run: async (args) => await (await import("../cluster/cluster_command.ts")).runCluster(args),
};

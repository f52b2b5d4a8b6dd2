import { serveRights } from "./command_rights.ts";
import { DEFAULT_PORT } from "../../protocol/address/endpoint.ts";
import { DEFAULT_HOST } from "../args/address.ts";
import { NO_ANNOUNCE_OPTION } from "../hosting/share_announcement.ts";
import { BOUND_OPTIONS } from "../args/bound_options.ts";
import { FILE_OPTIONS } from "../args/file_options.ts";
import { CLUSTER_OPTIONS } from "../args/cluster_options.ts";
import type { CommandSpec } from "../args/arguments.ts";
import { DATA_OPTION } from "../hosting/data_folder.ts";
import { KEEP_OPTION, ORIGIN_OPTION, PROXY_OPTION } from "../args/serve_options.ts";
import { LOG_OPTIONS } from "../log/log_options.ts";
import { METRICS_OPTION } from "../hosting/metrics_endpoint.ts";
import { ADMIN_PASSWORD_OPTION, passwordOptions } from "../args/password_options.ts";
import { TLS_OPTIONS } from "../hosting/server_certificate.ts";

export const SERVE: CommandSpec = {
  name: "serve",
  operands: "",
  maxOperands: 0,
  summary: "Hosts a chat",
  options: [
    { name: "host", value: "ADDRESS", default: DEFAULT_HOST, help: "Address to listen on; 0.0.0.0 for all networks" },
    { name: "port", value: "N", default: String(DEFAULT_PORT), help: "Port to listen on; 0 takes a free one" },
    { name: "unix", value: "PATH", help: "Also listens on this Unix socket" },
    { name: "no-tcp", help: "Listens on the Unix socket only" },
    ORIGIN_OPTION,
    PROXY_OPTION,
    { name: "share", help: "Listens on all networks with TLS and a passphrase; prints an invite" },
    NO_ANNOUNCE_OPTION,
    ...passwordOptions("Password for joining"),
    ADMIN_PASSWORD_OPTION,
    ...TLS_OPTIONS,
    DATA_OPTION,
    { name: "memory", help: "Keeps everything in memory, nothing on disk" },
    KEEP_OPTION,
    { name: "sync", value: "normal|full", default: "normal", help: "full also survives a power cut, but is slower" },
    ...FILE_OPTIONS,
    { name: "title", value: "TEXT", default: "Confab", help: "Name of the chat" },
    ...BOUND_OPTIONS,
    ...CLUSTER_OPTIONS,
    METRICS_OPTION,
    ...LOG_OPTIONS,
  ],
  examples: [
    { line: "serve", what: "hosts a chat for this machine" },
    { line: "serve --share", what: "hosts a chat and prints an invite to it" },
    { line: "serve --host 0.0.0.0 --tls", what: "hosts a chat for everyone on the network" },
  ],
  rights: serveRights,
  run: async (args) => await (await import("../hosting/host.ts")).serve(args),
};

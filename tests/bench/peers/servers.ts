/** The servers to measure: how each is started with its flood limits off, and the dialect of its clients. */

import config from "../../../deno.json" with { type: "json" };
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { connectionsOf, type Scenario } from "./scenarios.ts";

/** The values that a server is started with. */
export interface Site {
  readonly port: number;
  /** An empty folder of its own. */
  readonly folder: string;
  /** The checkout of Confab to measure. */
  readonly checkout: string;
  /** The folder of the programs compiled for this run. */
  readonly tools: string;
}

export interface ServerSpec {
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** A yardstick shows what the machine can do. It is not compared as a chat server. */
  readonly kind: "confab" | "peer" | "yardstick";
  /** The Debian package, if there is one. */
  readonly debian?: { readonly package: string; readonly service?: string };
  /** Its limit of connections, whatever its options say. */
  readonly maxConnections?: number;
  /** The scenarios that it runs in. Others would only repeat another server's figures. */
  readonly onlyFor?: Scenario["figure"];
  /** Size of a text in bytes; by default the load generator's own. */
  readonly textBytes?: number;
  /** The fraction of another server's rate that is its goal. */
  readonly goal?: { readonly of: string; readonly share: number };
  /** Files to write into its folder before it starts. */
  readonly files?: (site: Site) => Readonly<Record<string, string>>;
  readonly command: (site: Site) => readonly string[];
  /** The command that prints its version. */
  readonly version?: readonly string[];
  /** True if only our own load generator can load it, which measures no more than fanload would. */
  readonly loadedByOwn?: true;
  /** Options of the load generator. */
  readonly client: readonly string[];
}

export function takes(
  { maxConnections = Infinity, onlyFor }: ServerSpec,
  scenario: Pick<Scenario, "figure" | "receivers" | "senders">,
): boolean {
  return connectionsOf(scenario) <= maxConnections && (onlyFor ?? scenario.figure) === scenario.figure;
}

const ROOM = "load";
/** Size of a text that fanload sends, in bytes. */
export const TEXT_BYTES = 100;

/** Size of the line in which such a text reaches a member, without the line feed. */
export function lineBytes(textBytes: number): number {
  const id = "01890a5d-ac96-774b-bcce-b302099a8057";
  const event: ServerEvent = {
    type: "message",
    id,
    room: ROOM,
    seq: 10_000,
    from: { id, name: "u100" },
    text: "x".repeat(textBytes),
    at: new Date(0).toISOString(),
  };
  return JSON.stringify(event).length;
}

const JSON_TEMPLATES = [
  ...["--expect", '"type":"joined"'],
  ...["--join", `{"type":"join","room":"${ROOM}","name":"u%d"}`],
  ...["--msg", `{"type":"message","room":"${ROOM}","text":"%s"}`],
];
const JSON_CLIENT = ["--mode", "jsonl", ...JSON_TEMPLATES];
const IRC_CLIENT = ["--mode", "irc"];
const RAW_CLIENT = ["--mode", "raw"];

/** With the permissions of the task `serve`, as users run it. */
function confab({ checkout, port }: Site, ...options: string[]): string[] {
  const [, ...words] = config.tasks.serve.command.split(" ");
  const main = words.map((word) => word === "main.ts" ? `${checkout}/main.ts` : word);
  return [Deno.execPath(), ...main, "--port", String(port), "--rate", "0", "--quiet", ...options];
}

function broadcast({ tools, port }: Site): string[] {
  return [`${tools}/broadcast`, String(port)];
}

export const SERVERS: readonly ServerSpec[] = [
  {
    name: "confab",
    title: "Confab --memory",
    kind: "confab",
    command: (site) => confab(site, "--memory"),
    client: JSON_CLIENT,
  },
  {
    name: "confab-sqlite",
    title: "Confab with SQLite",
    kind: "confab",
    goal: { of: "confab", share: 0.8 },
    command: (site) => confab(site, "--data", site.folder),
    client: JSON_CLIENT,
  },
  {
    // The baseline for the next two: the same server under the load generator that they need.
    name: "confab-own-load",
    title: "Confab --memory, own load",
    kind: "confab",
    onlyFor: "rate",
    loadedByOwn: true,
    command: (site) => confab(site, "--memory"),
    client: JSON_CLIENT,
  },
  {
    name: "confab-websocket",
    title: "Confab by WebSocket",
    kind: "confab",
    goal: { of: "confab-own-load", share: 0.5 },
    loadedByOwn: true,
    command: (site) => confab(site, "--memory"),
    client: ["--mode", "websocket", ...JSON_TEMPLATES],
  },
  {
    name: "confab-tls",
    title: "Confab with TLS",
    kind: "confab",
    goal: { of: "confab-own-load", share: 0.5 },
    loadedByOwn: true,
    command: (site) => confab(site, "--memory", "--tls"),
    // Each join waits about 40 ms for the client's system to acknowledge the handshake: joins one by one would measure only that.
    client: [...JSON_CLIENT, "--tls", "--conn-window", "256"],
  },
  {
    name: "redis",
    title: "Redis",
    kind: "peer",
    debian: { package: "redis-server", service: "redis-server" },
    command: ({ port, folder }) => [
      ...["redis-server", "--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
      ...["--appendonly", "no", "--maxclients", "30000", "--tcp-backlog", "4096", "--tcp-keepalive", "0"],
      // The default refuses clients from 127.0.0.2 and above.
      ...["--protected-mode", "no"],
    ],
    version: ["redis-server", "--version"],
    client: ["--mode", "redis"],
  },
  {
    name: "nats",
    title: "NATS",
    kind: "peer",
    debian: { package: "nats-server", service: "nats-server" },
    files: ({ port }) => ({
      "nats.conf": [
        ...["host: 127.0.0.1", `port: ${port}`, "max_connections: 65536", "max_pending: 1073741824"],
        ...['write_deadline: "60s"', 'ping_interval: "30m"'],
      ].join("\n"),
    }),
    command: ({ folder }) => ["nats-server", "-c", `${folder}/nats.conf`],
    version: ["nats-server", "--version"],
    client: ["--mode", "nats"],
  },
  {
    name: "inspircd",
    title: "InspIRCd",
    kind: "peer",
    debian: { package: "inspircd", service: "inspircd" },
    files: ({ port }) => ({ "inspircd.conf": inspircdConfig(port) }),
    command: ({ folder }) => {
      const root = Deno.uid() === 0 ? ["--runasroot"] : [];
      return ["inspircd", ...root, "--nofork", "--nopid", `--config=${folder}/inspircd.conf`];
    },
    version: ["inspircd", "--version"],
    client: [...IRC_CLIENT, "--conn-window", "512"],
  },
  {
    name: "ngircd",
    title: "ngIRCd",
    kind: "peer",
    debian: { package: "ngircd", service: "ngircd" },
    // Its joins take more than a minute with this many clients, and most of an hour with 10,000.
    maxConnections: 4_000,
    files: ({ port }) => ({ "ngircd.conf": ngircdConfig(port) }),
    command: ({ folder }) => ["ngircd", "-n", "-f", `${folder}/ngircd.conf`],
    version: ["ngircd", "--version"],
    client: [...IRC_CLIENT, "--conn-window", "10"],
  },
  {
    name: "ncat",
    title: "ncat --chat",
    kind: "peer",
    debian: { package: "ncat" },
    // It uses `select`, which is limited to 1,024 descriptors; some are its own.
    maxConnections: 1_010,
    command: ({ port }) => ["ncat", "-l", "--chat", "--max-conns", "12000", "127.0.0.1", String(port)],
    version: ["ncat", "--version"],
    client: [...RAW_CLIENT, "--expect", "connected", "--conn-window", "8"],
  },
  {
    name: "broadcast",
    title: "bare C broadcaster",
    kind: "yardstick",
    command: broadcast,
    client: RAW_CLIENT,
  },
  {
    name: "broadcast-padded",
    title: "C, lines as long as ours",
    kind: "yardstick",
    textBytes: lineBytes(TEXT_BYTES),
    command: broadcast,
    client: RAW_CLIENT,
  },
];

function inspircdConfig(port: number): string {
  const queues = 'hardsendq="1G" softsendq="1G" recvq="1M"';
  const limits = 'limit="30000" localmax="30000" globalmax="30000" maxconnwarn="no" maxchans="20"';
  const pace = 'fakelag="no" commandrate="1000000000" threshold="1000000000"';
  return `<server name="irc.bench.test" description="bench" network="Bench" id="001">
<admin name="bench" nick="bench" email="bench@bench.test">
<bind address="127.0.0.1" port="${port}" type="clients">
<connect name="main" allow="*" timeout="120" pingfreq="3600" resolvehostnames="no" useident="no" ${queues} ${limits} ${pace}>
<cidr ipv4clone="32" ipv6clone="128">
<performance netbuffersize="10240" somaxconn="4096" softlimit="30000" quietbursts="yes">
<options prefixquit="" defaultmodes="" syntaxhints="no">
`;
}

function ngircdConfig(port: number): string {
  return `[Global]
Name = irc.bench.test
Info = bench
Listen = 127.0.0.1
Ports = ${port}
MotdPhrase = bench
AdminInfo1 = bench
AdminInfo2 = bench
AdminEMail = bench@bench.test
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
MaxNickLength = 15
PingTimeout = 3600
PongTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
`;
}

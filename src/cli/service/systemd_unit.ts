/** The unit of a server, for the service manager of the system or for that of one user. */

import { EXIT } from "../args/exit_codes.ts";

/** Started by its full path: a bare name would be looked up in PATH, where another program may come first. */
export const SYSTEMCTL = "/usr/bin/systemctl";

/** The service manager: that of the system, which gives the service a user of its own, or that of one user. */
export type Scope = "system" | "user";

/** A file that only root can read; systemd copies it to where the service can read it. */
export interface Credential {
  readonly name: string;
  /** An absolute path. */
  readonly path: string;
}

/** All that a unit depends on. */
export interface UnitPlan {
  readonly scope: Scope;
  /** The absolute path of the program. */
  readonly executable: string;
  /** The arguments of `serve`, as text or as the path of a credential. */
  readonly words: readonly UnitWord[];
  readonly credentials: readonly Credential[];
  /** Folders besides the data folder that systemd creates for the service. */
  readonly folders: ReadonlySet<"log" | "run">;
  /** Whether the service listens on a port below 1024. */
  readonly lowPort: boolean;
}

/** An argument; one with a credential ends with the path of its file. */
export interface UnitWord {
  readonly text: string;
  readonly credential?: string;
}

/** The name of the unit, and of the folders of a system service. */
export const SERVICE_NAME = "confab";

/** A unit file (systemd.service(5), systemd.exec(5)). */
export function unitText(plan: UnitPlan): string {
  return [
    "# Written by: confab service install. Changes belong into: systemctl edit confab",
    ...section("Unit", unitSection(plan)),
    ...section("Service", [...processSection(plan), ...(plan.scope === "system" ? systemSandbox(plan) : USER_SANDBOX)]),
    ...section("Install", [["WantedBy", plan.scope === "system" ? "multi-user.target" : "default.target"]]),
  ].join("\n");
}

type Entry = readonly [key: string, value: string];

function section(name: string, entries: readonly Entry[]): string[] {
  return [`[${name}]`, ...entries.map(([key, value]) => `${key}=${value}`), ""];
}

function unitSection({ scope }: UnitPlan): Entry[] {
  const about: Entry[] = [["Description", "Confab chat server"]];
  // A user's service manager does not know this target.
  if (scope === "user") return about;
  return [...about, ["Wants", "network-online.target"], ["After", "network-online.target"]];
}

function processSection({ executable, words }: UnitPlan): Entry[] {
  const command = [programWord(executable), "serve", ...words.map(unitWord)];
  return [
    ["Type", "exec"],
    ["ExecStart", command.join(" ")],
    ["ExecReload", "/bin/kill -HUP $MAINPID"],
    ["Restart", "on-failure"],
    ["RestartSec", "5"],
    // A wrong option stays wrong, and an operator must look at a server that its cluster does not take.
    ["RestartPreventExitStatus", `${EXIT.usage} ${EXIT.outOfCluster}`],
    // Longer than a server takes to say goodbye.
    ["TimeoutStopSec", "20"],
    ["LimitNOFILE", "65536"],
    // The log goes to standard error. Standard output has invites, which must not stay in the journal.
    ["StandardOutput", "null"],
    ["StandardError", "journal"],
    ["UMask", "0077"],
  ];
}

/** All that needs no privileges: the service manager of a user has none. */
const USER_SANDBOX: readonly Entry[] = [
  ["NoNewPrivileges", "yes"],
  ["LockPersonality", "yes"],
  ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_NETLINK AF_UNIX"],
  ["RestrictNamespaces", "yes"],
  ["RestrictRealtime", "yes"],
  ["RestrictSUIDSGID", "yes"],
  ["SystemCallArchitectures", "native"],
  ["SystemCallFilter", "@system-service"],
  ["SystemCallFilter", "~@privileged @resources"],
  ["SystemCallErrorNumber", "EPERM"],
];

/** MemoryDenyWriteExecute is missing because V8 compiles to memory. */
function systemSandbox({ credentials, folders, lowPort }: UnitPlan): Entry[] {
  const capabilities = lowPort ? "CAP_NET_BIND_SERVICE" : "";
  return [
    ["DynamicUser", "yes"],
    ["StateDirectory", SERVICE_NAME],
    ["StateDirectoryMode", "0700"],
    ...folders.has("log") ? [["LogsDirectory", SERVICE_NAME], ["LogsDirectoryMode", "0700"]] as const : [],
    ...folders.has("run") ? [["RuntimeDirectory", SERVICE_NAME]] as const : [],
    ...credentials.map(({ name, path }) => ["LoadCredential", `${name}:${path.replaceAll("%", "%%")}`] as const),
    ["AmbientCapabilities", capabilities],
    ["CapabilityBoundingSet", capabilities],
    ["PrivateDevices", "yes"],
    ["PrivateTmp", "yes"],
    // A port below 1024 belongs to the system's own user namespace.
    ["PrivateUsers", lowPort ? "no" : "yes"],
    ["ProcSubset", "pid"],
    ["ProtectClock", "yes"],
    ["ProtectControlGroups", "yes"],
    ["ProtectHome", "yes"],
    ["ProtectHostname", "yes"],
    ["ProtectKernelLogs", "yes"],
    ["ProtectKernelModules", "yes"],
    ["ProtectKernelTunables", "yes"],
    ["ProtectProc", "invisible"],
    ["ProtectSystem", "strict"],
    ["RemoveIPC", "yes"],
    ...USER_SANDBOX,
  ];
}

/** The path of the program. systemd replaces no variables in it. */
function programWord(path: string): string {
  return `"${path.replaceAll("%", "%%")}"`;
}

function unitWord({ text, credential }: UnitWord): string {
  const file = credential === undefined ? "" : `\${CREDENTIALS_DIRECTORY}/${credential}`;
  return `"${escapeWord(text)}${file}"`;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "%": "%%", "$": "$$" };

/** Text as a quoted word of a command line (systemd.service(5), "Command lines"), without its quotes. */
export function escapeWord(text: string): string {
  // A byte above \x7f alone would not be UTF-8.
  return text.replace(/[\\"%$]|[\p{Cc}--[\u0080-\u009f]]/gv, (char) => ESCAPES[char] ?? inHex(char));
}

function inHex(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

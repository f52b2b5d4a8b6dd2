import { quote } from "../../protocol/text/names.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Arguments } from "../args/arguments.ts";
import type { CommandUsage } from "../args/command_spec.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { planService, type ServicePlan } from "./service_plan.ts";
import { type Scope, SERVICE_NAME, SYSTEMCTL, unitText } from "./systemd_unit.ts";

/** The machine that a service is installed on. */
export interface ServiceMachine {
  readonly os: typeof Deno.build.os;
  /** `undefined` if the program is not compiled. */
  readonly executable: string | undefined;
  readonly cwd: string;
  isRoot(): boolean;
  env(variable: string): string | undefined;
  print(line: string): void;
  write(path: string, text: string): Promise<void>;
  /** Resolves with `false` if the file is missing. */
  remove(path: string): Promise<boolean>;
  /** Runs a program to its end. Rejects if it cannot be started. */
  run(program: string, args: readonly string[]): Promise<{ readonly code: number; readonly output: string }>;
}

const ELSEWHERE = "confab service works with systemd on Linux; for this system see confab help service";
const NOT_COMPILED =
  "Only the compiled program can be a service: run deno task compile, and then ./confab service install";

/** Runs `confab service`. `serve` is the command whose options the service gets. */
export async function manageService(args: Arguments, serve: CommandUsage, machine: ServiceMachine): Promise<ExitCode> {
  const [action, ...options] = args.operands;
  const scope = scopeOf(args, machine);
  if (machine.os !== "linux") throw new Failure(EXIT.usage, ELSEWHERE);
  if (action !== "install" && options.length > 0) {
    throw new Failure(EXIT.usage, `Unexpected argument ${JSON.stringify(options[0])}: see service --help`);
  }
  switch (action) {
    case "install":
      return await install(args, { options, serve, scope }, machine);
    case "remove":
      return await remove(scope, machine);
    case "status":
      return await status(scope, machine);
    default:
      throw new Failure(EXIT.usage, "Missing install, remove or status: see service --help");
  }
}

/** Root installs for the system, others for themselves, unless an option says otherwise. */
function scopeOf(args: Arguments, machine: ServiceMachine): Scope {
  if (args.flag("user") && args.flag("system")) {
    throw new Failure(EXIT.usage, "Options --user and --system cannot be combined: use only one of them");
  }
  if (args.flag("user")) return "user";
  return args.flag("system") || machine.isRoot() ? "system" : "user";
}

interface Installation {
  readonly options: readonly string[];
  readonly serve: CommandUsage;
  readonly scope: Scope;
}

async function install(args: Arguments, { options, serve, scope }: Installation, machine: ServiceMachine) {
  const { executable, cwd } = machine;
  if (executable === undefined) throw new Failure(EXIT.usage, NOT_COMPILED);
  const plan = await planService(options, serve, { scope, executable, cwd });
  const text = unitText(plan);
  if (args.flag("print")) {
    machine.print(text.trimEnd());
    return EXIT.fine;
  }
  const path = unitPath(scope, machine);
  await machine.write(path, text).catch((error) => {
    const next = scope === "system" ? "run this as root, or use --user" : "check the permissions of that folder";
    throw new Failure(EXIT.cannotStore, `Cannot write ${quote(path)}: ${explain(error)}; ${next}`, { cause: error });
  });
  for (const words of [["daemon-reload"], ["enable", UNIT], ["restart", UNIT]]) await control(scope, words, machine);
  for (const line of installedLines(plan, path)) machine.print(line);
  return EXIT.fine;
}

const UNIT = `${SERVICE_NAME}.service`;

function unitPath(scope: Scope, { env }: ServiceMachine): string {
  if (scope === "system") return `/etc/systemd/system/${UNIT}`;
  const config = env("XDG_CONFIG_HOME");
  const home = env("HOME");
  if (config?.startsWith("/")) return `${config}/systemd/user/${UNIT}`;
  if (home) return `${home}/.config/systemd/user/${UNIT}`;
  throw new Failure(EXIT.usage, "Variable HOME is not set: set it to your home folder, or use --system");
}

function installedLines({ scope, data }: ServicePlan, path: string): string[] {
  const when = scope === "system" ? "the machine starts" : "you log in";
  return [
    `Installed ${path}: confab serve runs now, and whenever ${when}`,
    ...scope === "user" ? ["It ends when you log out, unless you run: loginctl enable-linger"] : [],
    `Whether it runs: confab service status${scope === "system" ? "" : " --user"}`,
    logLine(scope),
    ...data === undefined ? [] : [`An invite: ${asRoot(scope)}confab invite --data ${quoteWord(data)}`],
  ];
}

function logLine(scope: Scope): string {
  return `Its log: journalctl ${scope === "user" ? "--user " : ""}-u ${SERVICE_NAME}`;
}

/** The data of a system service belongs to a user of its own. */
function asRoot(scope: Scope): string {
  return scope === "system" ? "sudo " : "";
}

function quoteWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : JSON.stringify(path);
}

async function remove(scope: Scope, machine: ServiceMachine): Promise<ExitCode> {
  const path = unitPath(scope, machine);
  const shown = await properties(scope, machine);
  if (shown.get("LoadState") === "loaded") await control(scope, ["disable", "--now", UNIT], machine);
  const removed = await machine.remove(path).catch((error) => {
    const next = scope === "system" ? "run this as root, or use --user" : "check the permissions of that folder";
    throw new Failure(EXIT.cannotStore, `Cannot remove ${quote(path)}: ${explain(error)}; ${next}`, { cause: error });
  });
  await control(scope, ["daemon-reload"], machine);
  machine.print(removed ? `Removed ${path}; the data is still there` : "No service is installed");
  return EXIT.fine;
}

/** Resolves with 4 if the service does not run. */
async function status(scope: Scope, machine: ServiceMachine): Promise<ExitCode> {
  const shown = await properties(scope, machine);
  if (shown.get("LoadState") !== "loaded") {
    machine.print("No service is installed: see confab help service");
    return EXIT.cannotConnect;
  }
  const running = shown.get("ActiveState") === "active";
  for (const line of statusLines(shown, running, scope)) machine.print(sanitizeLine(line));
  return running ? EXIT.fine : EXIT.cannotConnect;
}

type Properties = ReadonlyMap<string, string>;

function statusLines(shown: Properties, running: boolean, scope: Scope): string[] {
  const value = (name: string) => shown.get(name) || "unknown";
  const state = running
    ? `yes, since ${value("ActiveEnterTimestamp")}, as process ${value("MainPID")}`
    : `no: ${value("ActiveState")}, the last exit code is ${value("ExecMainStatus")}`;
  return [
    `Installed: ${value("FragmentPath")}`,
    `Enabled: ${shown.get("UnitFileState") === "enabled" ? "yes" : `no, ${value("UnitFileState")}`}`,
    `Running: ${state}`,
    logLine(scope),
  ];
}

const PROPERTIES = [
  ...["LoadState", "FragmentPath", "UnitFileState", "ActiveState"],
  ...["ActiveEnterTimestamp", "MainPID", "ExecMainStatus"],
];

async function properties(scope: Scope, machine: ServiceMachine): Promise<Properties> {
  const output = await control(scope, ["show", UNIT, `--property=${PROPERTIES.join(",")}`], machine);
  return new Map(
    output.split("\n").map((line) => {
      const [name, ...rest] = line.split("=");
      return [name!, rest.join("=")];
    }),
  );
}

/** Runs systemctl and resolves with its output. Rejects with a failure that contains its own words. */
async function control(scope: Scope, words: readonly string[], machine: ServiceMachine): Promise<string> {
  const all = [...scope === "user" ? ["--user"] : [], ...words];
  const { code, output } = await machine.run(SYSTEMCTL, all).catch((error) => {
    const next = "without systemd, see confab help service";
    throw new Failure(EXIT.usage, `Cannot run ${SYSTEMCTL}: ${explain(error)}; ${next}`, { cause: error });
  });
  if (code === 0) return output;
  const reason = sanitizeLine(output.trim().split("\n")[0] || `it ended with ${code}`);
  throw new Failure(EXIT.cannotStore, `systemctl ${all.join(" ")} failed: ${reason}`);
}

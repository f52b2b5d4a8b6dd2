/** Resolves `confab service install` into the plan of a unit, before anything is written. */

import { join, resolve } from "node:path";
import { type Arguments, readArguments } from "../args/arguments.ts";
import type { CommandUsage, OptionSpec } from "../args/command_spec.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { HOST_CONTEXT, type HostContext, planHost } from "../hosting/host_plan.ts";
import { openCertificate } from "../hosting/server_certificate.ts";
import { type Credential, type Scope, SERVICE_NAME, type UnitPlan, type UnitWord } from "./systemd_unit.ts";

/** Folders that a system service may write to. systemd creates them for it. */
const SYSTEM_FOLDERS = {
  data: `/var/lib/${SERVICE_NAME}`,
  log: `/var/log/${SERVICE_NAME}`,
  run: `/run/${SERVICE_NAME}`,
} as const;

/** The place of a service: who runs it, and the program. */
export interface ServiceSite {
  readonly scope: Scope;
  readonly executable: string;
  /** The folder that relative paths begin at. */
  readonly cwd: string;
}

export interface ServicePlan extends UnitPlan {
  /** The data folder; `undefined` with `--memory`. */
  readonly data: string | undefined;
}

/**
 * Checks the options as `serve` does, with the files that they name, and makes their paths absolute.
 * The variables of the installing user do not count, because the service does not get them. Rejects with a failure.
 */
export async function planService(
  given: readonly string[],
  serve: CommandUsage,
  site: ServiceSite,
  context: HostContext = HOST_CONTEXT,
): Promise<ServicePlan> {
  checkExecutable(site);
  const args = withData(absolute(readArguments(given, serve, () => undefined), serve, site.cwd), site, context);
  const host = planHost(args, context);
  if (host.certificate.kind === "files") await openCertificate(host.certificate, [], undefined);
  const words = serve.options.flatMap((option) => wordsOf(option, args, site.scope));
  return {
    ...site,
    words: words.map(({ word }) => word),
    credentials: words.flatMap(({ credential }) => credential ?? []),
    folders: new Set((["log", "run"] as const).filter((kind) => usesFolder(args, SYSTEM_FOLDERS[kind]))),
    lowPort: [host.listen.tcp?.port, host.metrics?.port].some((port = 0) => port > 0 && port < 1024),
    data: host.folder,
  };
}

/** Folders that a system service cannot see, or that are empty for it. */
const PRIVATE_FOLDERS = /^\/(?:home|root|tmp|var\/tmp|run\/user)\//;

function checkExecutable({ scope, executable }: ServiceSite): void {
  if (/["'\\\p{Cc}]/u.test(executable)) {
    const path = JSON.stringify(executable);
    throw new Failure(EXIT.usage, `systemd cannot start ${path}: move the program to a path without such characters`);
  }
  if (scope === "user" || !PRIVATE_FOLDERS.test(executable)) return;
  const next = `run install -m 755 ${executable} /usr/local/bin/confab, and then /usr/local/bin/confab service install`;
  throw new Failure(EXIT.usage, `A system service cannot start ${executable}, which is in a private folder: ${next}`);
}

/** Whether an option names a file or a folder. */
function isPath({ value }: OptionSpec): boolean {
  return value === "FILE" || value === "PATH" || value === "DIR";
}

function absolute(args: Arguments, serve: CommandUsage, cwd: string): Arguments {
  const paths = serve.options.filter(isPath).filter(({ name }) => args.text(name) !== undefined);
  return args.with(new Map(paths.map(({ name }) => [name, args.list(name).map((path) => resolve(cwd, path))])));
}

/** Names the data folder, so that the service never chooses another one than the installing user would. */
function withData(args: Arguments, { scope }: ServiceSite, context: HostContext): Arguments {
  if (args.flag("memory") || args.text("data") !== undefined) return args;
  return args.with(new Map([["data", [scope === "system" ? SYSTEM_FOLDERS.data : context.dataFolder(args)]]]));
}

interface PlannedWord {
  readonly word: UnitWord;
  readonly credential?: Credential;
}

function wordsOf(option: OptionSpec, args: Arguments, scope: Scope): PlannedWord[] {
  const { name, value } = option;
  if (value === undefined) return args.flag(name) ? [{ word: { text: `--${name}` } }] : [];
  if (name === "password" && args.text(name) !== undefined) throw new Failure(EXIT.usage, OPEN_PASSWORD);
  if (scope === "system" && value === "FILE") return args.list(name).map((path) => fromCredential(name, path));
  if (scope === "system" && isPath(option)) args.list(name).forEach((path) => checkFolder(name, path));
  return args.list(name).map((text) => ({ word: { text: `--${name}=${text}` } }));
}

const OPEN_PASSWORD =
  "Option --password would be readable in the unit: write it to a file, and use --password-file FILE";

/** The service's user may not read the file, so systemd hands it over (systemd.exec(5), "Credentials"). */
function fromCredential(name: string, path: string): PlannedWord {
  if (/\p{Cc}/u.test(path)) {
    throw new Failure(EXIT.usage, `Option --${name} is ${JSON.stringify(path)}: rename the file`);
  }
  return { word: { text: `--${name}=`, credential: name }, credential: { name, path } };
}

function checkFolder(name: string, path: string): void {
  const folders = Object.values(SYSTEM_FOLDERS);
  if (folders.some((folder) => isIn(folder, path))) return;
  const next = "choose a path there, or install the service with --user";
  throw new Failure(
    EXIT.usage,
    `Option --${name} is ${JSON.stringify(path)}, but a system service writes only to ${folders.join(", ")}: ${next}`,
  );
}

function usesFolder(args: Arguments, folder: string): boolean {
  return ["log-file", "unix", "data"].some((name) => args.list(name).some((path) => isIn(folder, path)));
}

function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(join(folder, "/"));
}

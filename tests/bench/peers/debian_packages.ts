import { isThere, runToEnd } from "./processes.ts";
import type { ServerSpec } from "./servers.ts";

/** As root, installs missing servers from Debian and stops the services that Debian starts with them. Reports those that are not available. */
export async function install(servers: readonly ServerSpec[], say: (line: string) => void): Promise<void> {
  const missing = await missingOf(servers);
  if (missing.length === 0) return;
  const packages = missing.map(({ debian }) => debian!.package);
  if (Deno.uid() === 0 && await isThere("apt-get")) {
    say(`Installing ${packages.join(" ")}`);
    await aptInstall(packages);
    await stopServices(missing);
  }
  const left = await missingOf(missing);
  if (left.length === 0) return;
  const names = left.map(({ debian }) => debian!.package).join(" ");
  say(`Not here, and left out: ${names}. On Debian: sudo apt-get install --no-install-recommends ${names}`);
}

async function missingOf(servers: readonly ServerSpec[]): Promise<ServerSpec[]> {
  const there = await Promise.all(servers.map(isInstalled));
  return servers.filter(({ debian }, index) => debian !== undefined && !there[index]);
}

/** Whether the program is here that tells its version. */
export async function isInstalled({ version }: ServerSpec): Promise<boolean> {
  return version === undefined || await isThere(version[0]!);
}

async function aptInstall(packages: readonly string[]): Promise<void> {
  const words = ["apt-get", "install", "-y", "-q", "--no-install-recommends", ...packages];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  if ((await runToEnd(words, { env })).success) return;
  await runToEnd(["apt-get", "update", "-q"], { env });
  await runToEnd(words, { env });
}

/** Only those that were installed just now: others may be in use. */
async function stopServices(installed: readonly ServerSpec[]): Promise<void> {
  for (const { debian } of installed) {
    if (debian?.service !== undefined) await runToEnd(["service", debian.service, "stop"]);
  }
}

/** Such as 7.0.15, or undefined where it does not say. */
export async function versionOf({ version }: ServerSpec): Promise<string | undefined> {
  if (version === undefined) return undefined;
  const { stdout, stderr } = await runToEnd(version);
  return /\d+\.\d+(\.\d+)?/.exec(stdout + stderr)?.[0];
}

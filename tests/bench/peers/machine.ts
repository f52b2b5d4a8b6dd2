import { runToEnd } from "./processes.ts";

/** The machine that produced the figures. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly deno: string;
  /** True if server and load generator have a core each. */
  readonly pinned: boolean;
}

export async function describeMachine(pinned: boolean): Promise<Machine> {
  const info = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  return {
    processor: /^model name\s*: (.*)$/m.exec(info)?.[1] ?? Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    memoryGib: Math.round(Deno.systemMemoryInfo().total / 2 ** 30 * 10) / 10,
    system: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    deno: Deno.version.deno,
    pinned,
  };
}

export async function canPin(): Promise<boolean> {
  return navigator.hardwareConcurrency > 1 && (await runToEnd(["taskset", "-c", "0,1", "true"])).success;
}

/** Returns the version of a checkout, with its commit if it has Git. */
export async function versionOfCheckout(checkout: string): Promise<string> {
  const { version } = JSON.parse(await Deno.readTextFile(`${checkout}/deno.json`)) as { version: string };
  const { success, stdout } = await runToEnd(["git", "-C", checkout, "describe", "--always", "--dirty"]);
  return success ? `${version} (${stdout.trim()})` : version;
}

import { type Figures, parseFigures } from "./figures.ts";
import { isThere, placed, runToEnd } from "./processes.ts";
import { type Scenario, scenarioOptions } from "./scenarios.ts";
import type { ServerSpec } from "./servers.ts";

/** The programs that load a server and print results. All take the options of fanload. */
export interface LoadGenerator {
  readonly name: "fanload" | "own";
  readonly command: readonly string[];
}

/** The settings of a run besides its scenario. */
export interface LoadPlace {
  readonly descriptors: number;
  readonly core: number | undefined;
  readonly signal: AbortSignal;
}

const OWN_MAIN = new URL("../load/main.ts", import.meta.url).href;
/** Limits of a run in seconds: for the joins, for the messages, and for all of it. */
const JOIN_LIMIT_S = 120;
const SEND_LIMIT_S = 60;
const RUN_LIMIT_S = 260;

/** With all permissions: Deno needs them to read /proc. */
export const OWN_GENERATOR: LoadGenerator = {
  name: "own",
  command: [
    ...[Deno.execPath(), "run", "--quiet", "-A"],
    // Servers with TLS make their own certificates.
    ...["--unsafely-ignore-certificate-errors=127.0.0.1", OWN_MAIN],
  ],
};

/** Compiles fanload and its broadcaster into `tools`. Prints the reason and returns `undefined` if that fails. */
export async function compileFanload(
  source: string,
  tools: string,
  say: (line: string) => void,
): Promise<LoadGenerator | undefined> {
  if (!await isThere("cc")) {
    say("No C compiler here, so neither fanload nor the C broadcaster. On Debian: sudo apt-get install gcc libc6-dev");
    return undefined;
  }
  for (const name of ["fanload", "broadcast"]) {
    const { success, stderr } = await runToEnd(["cc", "-O2", "-o", `${tools}/${name}`, `${source}/${name}.c`]);
    if (success) continue;
    say(`Cannot compile ${source}/${name}.c: ${stderr.split("\n")[0]}`);
    return undefined;
  }
  return { name: "fanload", command: [`${tools}/fanload`, "--quiet", "--json", "/dev/stdout"] };
}

/** Runs a scenario against the server with that process id. */
export async function load(
  generator: LoadGenerator,
  scenario: Scenario,
  spec: ServerSpec,
  server: { readonly port: number; readonly pid: number },
  place: LoadPlace,
): Promise<Figures> {
  const size = spec.textBytes === undefined ? [] : ["--size", String(spec.textBytes)];
  const words = [
    ...(spec.loadedByOwn ? OWN_GENERATOR : generator).command,
    ...["--port", String(server.port), "--pid", String(server.pid)],
    ...["--join-secs", String(JOIN_LIMIT_S), "--max-secs", String(SEND_LIMIT_S)],
    ...scenarioOptions(scenario),
    ...spec.client,
    ...size,
  ];
  const signal = AbortSignal.any([place.signal, AbortSignal.timeout(RUN_LIMIT_S * 1_000)]);
  const { stdout, stderr } = await runToEnd(placed(words, place.descriptors, place.core), { signal });
  place.signal.throwIfAborted();
  if (signal.aborted) throw new Error(`It took more than ${RUN_LIMIT_S} s`);
  if (stdout.trim() === "") {
    throw new Error(stderr.trim().split("\n").slice(-3).join(" / ") || "The load generator ended");
  }
  return parseFigures(stdout);
}

/** The results of one run of a load generator. Both generators print fanload's JSON on one line. */

export interface Figures {
  readonly deliveriesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly joinSeconds: number;
  /** Growth of the server's memory during the joins, divided by the connections; 0 if unknown. */
  readonly memoryPerConnectionBytes: number;
  /** Shares of a core that the server and the generator used. */
  readonly serverBusy: number;
  readonly generatorBusy: number;
  /** The reason why no figure of the run may be quoted. */
  readonly fault?: string;
}

/** A generator that is busy for more of the time than this is itself the limit. */
export const GENERATOR_BUSY_LIMIT = 0.9;

/** Parses the last line of a generator's output. Throws if it is not a result. */
export function parseFigures(output: string): Figures {
  const line = output.trim().split("\n").at(-1)!;
  const result = JSON.parse(line) as Record<string, unknown>;
  const number = (name: string): number => {
    const value = result[name];
    if (typeof value !== "number") throw new Error(`The load generator says no ${name}: ${line.slice(0, 200)}`);
    return value;
  };
  const fault = protocolErrorOf(String(result.status), number, String(result.error ?? ""));
  return {
    deliveriesPerSecond: number("deliv_per_s"),
    p50Ms: number("p50_us") / 1_000,
    p99Ms: number("p99_us") / 1_000,
    maxMs: number("max_us") / 1_000,
    joinSeconds: number("join_s"),
    memoryPerConnectionBytes: number("rss_per_conn_b"),
    serverBusy: number("srv_cpu_pct") / 100,
    generatorBusy: number("gen_cpu_pct") / 100,
    ...fault === "" ? {} : { fault },
  };
}

const COUNTS = { lost: "lost", dups: "doubled", corrupt: "corrupt", recv_closed: "closed", send_closed: "closed" };

function protocolErrorOf(status: string, number: (name: string) => number, said: string): string {
  const counts = Object.entries(COUNTS).filter(([name]) => number(name) !== 0);
  const faults = counts.map(([name, word]) => `${number(name)} ${word}`);
  if (status !== "ok") faults.unshift(status);
  if (faults.length > 0 && said !== "") faults.push(`the server said: ${said}`);
  return faults.join(", ");
}

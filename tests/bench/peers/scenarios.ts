/** The scenarios that every server runs. Names and numbers are those of fanload's README. */

export interface Scenario {
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly receivers: number;
  readonly senders: number;
  readonly messages: number;
  /** Messages that a sender may have in flight. */
  readonly window: number;
  readonly warmup: number;
  /** Messages a second of all senders together; without it, as fast as the windows allow. */
  readonly rate?: number;
  /** The figure of interest: deliveries a second, or latency. */
  readonly figure: "rate" | "latency";
  /** True if memory and joins are of interest, too. */
  readonly isCrowd?: true;
  /** Options for the load generator only. */
  readonly options?: readonly string[];
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "a",
    title: "100 receivers, 4 senders, window 64",
    receivers: 100,
    senders: 4,
    messages: 20_000,
    window: 64,
    warmup: 200,
    figure: "rate",
  },
  {
    name: "a1",
    title: "100 receivers, 4 senders, window 1",
    receivers: 100,
    senders: 4,
    messages: 20_000,
    window: 1,
    warmup: 200,
    figure: "rate",
  },
  {
    name: "a64",
    title: "100 receivers, 64 senders, window 1",
    receivers: 100,
    senders: 64,
    messages: 20_000,
    window: 1,
    warmup: 200,
    figure: "rate",
  },
  {
    name: "b",
    title: "1,000 receivers, 4 senders, window 16",
    receivers: 1_000,
    senders: 4,
    messages: 2_000,
    window: 16,
    warmup: 50,
    figure: "rate",
  },
  {
    name: "b1",
    title: "1,000 receivers, 4 senders, window 1",
    receivers: 1_000,
    senders: 4,
    messages: 2_000,
    window: 1,
    warmup: 50,
    figure: "rate",
  },
  {
    name: "c",
    title: "10,000 receivers, 4 senders, window 4",
    receivers: 10_000,
    senders: 4,
    messages: 200,
    window: 4,
    warmup: 8,
    figure: "rate",
    isCrowd: true,
    // The ports of one address would run out after several rounds.
    options: ["--src-ips", "8", "--idle-secs", "2"],
  },
  {
    name: "d",
    title: "100 receivers, 50 messages a second",
    receivers: 100,
    senders: 4,
    messages: 500,
    window: 64,
    warmup: 100,
    rate: 50,
    figure: "latency",
    // The time that the generator takes to wake up does not count.
    options: ["--spin"],
  },
];

export function connectionsOf({ receivers, senders }: Pick<Scenario, "receivers" | "senders">): number {
  return receivers + senders;
}

/** Returns the options for either load generator. */
export function scenarioOptions(scenario: Scenario): string[] {
  const { receivers, senders, messages, window, warmup, rate, options = [] } = scenario;
  const numbers = { receivers, senders, messages, window, warmup, ...rate === undefined ? {} : { rate } };
  return [...Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]), ...options];
}

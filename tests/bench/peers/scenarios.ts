/** What is asked of every server. The names and numbers are those of fanload's README. */

export interface Scenario {
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly receivers: number;
  readonly senders: number;
  readonly messages: number;
  /** Messages that a sender may have under way before all receivers have got them. */
  readonly window: number;
  readonly warmup: number;
  /** Messages a second of all senders together; otherwise as fast as the windows let. */
  readonly rate?: number;
  /** What it is about: how many deliveries a second, or how late they are. */
  readonly figure: "rate" | "latency";
  /** Whether it is about memory and joins, too. */
  readonly isCrowd?: true;
  /** Of the load generator alone. */
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
    // Ports of one address would run out when round follows round.
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
    // The time in which the generator wakes up is not the server's.
    options: ["--spin"],
  },
];

export function connectionsOf({ receivers, senders }: Pick<Scenario, "receivers" | "senders">): number {
  return receivers + senders;
}

/** As both load generators take it. */
export function scenarioOptions(scenario: Scenario): string[] {
  const { receivers, senders, messages, window, warmup, rate, options = [] } = scenario;
  const numbers = { receivers, senders, messages, window, warmup, ...rate === undefined ? {} : { rate } };
  return [...Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]), ...options];
}

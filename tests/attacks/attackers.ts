/** What hostile people do to a server, each so many times at once, until they are told to stop. Each counts what came of it. */

import { Wire } from "./wire.ts";

export interface Attack {
  readonly name: string;
  /** How often in the gate, and by hand. */
  readonly inGate: number;
  readonly byHand: number;
  readonly run: (target: AttackTarget) => Promise<Tally>;
}

export interface AttackTarget {
  readonly address: string;
  readonly count: number;
  /** Between two bytes, or two tries of one attacker. */
  readonly pauseMs: number;
  readonly stopped: () => boolean;
}

export type Tally = Record<string, number>;

export const ATTACKS: readonly Attack[] = [
  { name: "connections that send a byte a second", inGate: 200, byHand: 1_000, run: dribble },
  { name: "connections that say nothing and go", inGate: 300, byHand: 20_000, run: knock },
  { name: "lines without sense", inGate: 4, byHand: 4_000, run: babble },
  { name: "wrong passwords of the server", inGate: 60, byHand: 1_000, run: (target) => guess(target, joinWith) },
  { name: "wrong passwords of accounts", inGate: 12, byHand: 1_000, run: (target) => guess(target, logInWith) },
];

const ENCODER = new TextEncoder();
const BYTE = ENCODER.encode("{");
const BABBLED_LINES = 20_000;
const BABBLE = ENCODER.encode("{}\n".repeat(BABBLED_LINES));

async function dribble({ address, count, pauseMs, stopped }: AttackTarget): Promise<Tally> {
  const tally = { opened: 0, closed: 0, bytes: 0 };
  await Promise.all(Array.from({ length: count }, async () => {
    using wire = await Wire.dial(address);
    tally.opened++;
    let ended = false;
    const end = wire.drain().then(() => ended = true);
    while (!ended && !stopped()) {
      await wire.write(BYTE).catch(() => ended = true);
      tally.bytes++;
      await pause(pauseMs);
    }
    if (ended) tally.closed++;
    wire.close();
    await end;
  }));
  return tally;
}

async function knock({ address, count, stopped }: AttackTarget): Promise<Tally> {
  const tally = { opened: 0, failed: 0 };
  await inParallel(count, 50, async () => {
    if (stopped()) return;
    await Wire.dial(address).then((wire) => wire.close()).then(() => tally.opened++, () => tally.failed++);
  });
  return tally;
}

/** 20,000 lines at a time. The answers are read, so that nobody is cut off for being slow. */
async function babble({ address, count, stopped }: AttackTarget): Promise<Tally> {
  const tally = { lines: 0, errors: 0 };
  let chunks = 0;
  await Promise.all(Array.from({ length: 4 }, async () => {
    using wire = await Wire.dial(address);
    const answers = wire.drain(({ type }) => void (type === "error" && tally.errors++));
    while (chunks++ < count && !stopped()) {
      await wire.write(BABBLE).catch(() => {});
      tally.lines += BABBLED_LINES;
    }
    wire.close();
    await answers;
  }));
  return tally;
}

/** What the server asks of whoever joins. */
export const PASSWORD = "right horse battery";

type Try = (wire: Wire, number: number) => Promise<void>;

const joinWith: Try = (wire, number) =>
  wire.send({ type: "join", name: `guest${number}`, password: `wrong horse ${number}`, ref: "try" });

/** Half of the names are those of accounts. */
const logInWith: Try = (wire, number) =>
  wire.send({
    type: "auth",
    name: number % 2 ? "chatter0" : `nobody${number}`,
    password: `wrong ${number}`,
    ref: "try",
  });

/** As fast as the answers come, on new connections where the old ones are closed. */
async function guess({ address, count, stopped }: AttackTarget, attempt: Try): Promise<Tally> {
  const tally: Tally = {};
  await inParallel(count, 20, async (number) => {
    if (stopped()) return;
    using wire = await Wire.dial(address);
    await attempt(wire, number);
    const answer = await wire.until(({ ref }) => ref === "try").catch(() => ({ type: "closed", code: "closed" }));
    const outcome = String(answer.type === "error" ? answer.code : answer.type);
    tally[outcome] = (tally[outcome] ?? 0) + 1;
  });
  return tally;
}

/** So many at a time. */
async function inParallel(count: number, width: number, work: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(width, count) }, async () => {
    while (next < count) await work(next++);
  }));
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

/** What hostile people do to a server, each so many times at once, until they are told to stop. Each counts what came of it. */

import {
  DEFAULT_CONNECTIONS_PER_ADDRESS,
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_SCRYPT_AT_ONCE,
  MAX_SCRYPT_WAITING,
} from "../../src/protocol/limits.ts";
import type { SceneOptions, Target } from "./scene.ts";
import { type Told, Wire } from "./wire.ts";

export interface Attack {
  readonly name: string;
  /** How often in the gate, and by hand. */
  readonly inGate: number;
  readonly byHand: number;
  readonly on?: Omit<SceneOptions, "serve">;
  readonly run: (attempt: Attempt) => Promise<Tally>;
  /** True if it locks the attackers' address: a new member cannot join from there even with the right password. */
  readonly locksOut?: true;
  /** Whether that may come of it. */
  readonly mayEndIn?: (tally: Tally) => boolean;
}

export interface Attempt extends Target {
  readonly count: number;
  /** Between two bytes, or two tries of one attacker. */
  readonly pauseMs: number;
  readonly stopped: () => boolean;
}

export type Tally = Record<string, number>;

export const ATTACKS: readonly Attack[] = [
  { name: "connections that send a byte a second", inGate: 200, byHand: 1_000, run: dribble },
  { name: "connections that say nothing and go", inGate: 300, byHand: 20_000, run: knock },
  {
    name: "lines without sense",
    inGate: 4,
    byHand: 4_000,
    run: babble,
    mayEndIn: ({ errors, lines, rate_limited }) => rate_limited! > 0 && errors! < lines! / 50,
  },
  {
    name: "wrong passwords of the server",
    inGate: 60,
    byHand: 1_000,
    locksOut: true,
    run: (attempt) => guess(attempt, joinWith),
    mayEndIn: isBounded,
  },
  {
    name: "wrong passwords of accounts",
    inGate: 12,
    byHand: 1_000,
    run: (attempt) => guess(attempt, logInWith),
    mayEndIn: isBounded,
  },
  {
    name: "invites that are used up or expired",
    inGate: 30,
    byHand: 1_000,
    locksOut: true,
    run: (attempt) => guess(attempt, joinByInvite),
    mayEndIn: (tally) => tally.wrong_password! > 0 && isBounded(tally),
  },
  {
    name: "more connections than one address may have",
    inGate: 60,
    byHand: 2_000,
    on: { outside: true },
    run: crowd,
    mayEndIn: ({ welcome, too_many_connections }) =>
      welcome! <= DEFAULT_CONNECTIONS_PER_ADDRESS && too_many_connections! > 0,
  },
  { name: "TLS clients that stop in mid-handshake", inGate: 100, byHand: 1_000, on: { tls: true }, run: stall },
  {
    name: "plain clients on a TLS port",
    inGate: 60,
    byHand: 1_000,
    on: { tls: true },
    run: (attempt) => mistake(attempt, LINE, "\x15"),
    mayEndIn: ({ untold }) => untold === 0,
  },
  {
    name: "TLS clients on a plain port",
    inGate: 60,
    byHand: 1_000,
    run: (attempt) => mistake(attempt, HALF_HELLO, "This is TLS, which is not spoken here"),
    mayEndIn: ({ untold }) => untold === 0,
  },
];

/** True if no more were compared than the server's own machine may try in a minute, and can have under way in addition. */
function isBounded({ wrong_password = 0 }: Tally): boolean {
  return wrong_password <= MAX_LOCAL_WRONG_PASSWORDS + MAX_SCRYPT_AT_ONCE + MAX_SCRYPT_WAITING;
}

const ENCODER = new TextEncoder();
const BYTE = ENCODER.encode("{");
const LINE = ENCODER.encode('{"type":"ping"}\n');
/** The head of a TLS record that promises more than comes. */
const HALF_HELLO = Uint8Array.of(0x16, 3, 1, 1, 0, 1, 0, 0, 0xfc);
const BABBLED_LINES = 20_000;
const BABBLE = ENCODER.encode("{}\n".repeat(BABBLED_LINES));

async function dribble({ address, count, pauseMs, stopped }: Attempt): Promise<Tally> {
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

async function knock({ address, count, stopped }: Attempt): Promise<Tally> {
  const tally = { opened: 0, failed: 0 };
  await inParallel(count, 50, async () => {
    if (stopped()) return;
    await Wire.dial(address).then((wire) => wire.close()).then(() => tally.opened++, () => tally.failed++);
  });
  return tally;
}

/** 20,000 lines at a time, as fast as they are taken. The answers are read, so that nobody is cut off for being slow. */
async function babble({ address, count, pauseMs, stopped }: Attempt): Promise<Tally> {
  const tally = { lines: 0, errors: 0, rate_limited: 0 };
  let chunks = 0;
  await Promise.all(Array.from({ length: 4 }, async () => {
    using wire = await Wire.dial(address);
    const told = Promise.withResolvers<void>();
    let ended = false;
    const write = async () => {
      while (chunks++ < count && !ended) {
        await wire.write(BABBLE);
        tally.lines += BABBLED_LINES;
      }
    };
    const read = wire.drain(({ type, code }) => {
      if (type === "error") tally.errors++;
      if (code !== "rate_limited") return;
      tally.rate_limited++;
      told.resolve();
    }).then(() => ended = true).finally(told.resolve);
    const written = write().catch(() => ended = true);
    await told.promise;
    while (!ended && !stopped()) await pause(pauseMs);
    wire.close();
    await Promise.all([written, read]);
  }));
  return tally;
}

/** What a guess says, the number of which is given. */
type Guess = (number: number, attempt: Attempt) => object;

const joinWith: Guess = (number) => ({ type: "join", name: `guest${number}`, password: `wrong horse ${number}` });

/** Half of the names are those of accounts. */
const logInWith: Guess = (number) => ({
  type: "auth",
  name: number % 2 ? "chatter0" : `nobody${number}`,
  password: `wrong ${number}`,
});

const joinByInvite: Guess = (number, { deadInvites }) => ({
  type: "join",
  name: `guest${number}`,
  password: deadInvites[number % deadInvites.length],
});

/** As fast as the answers come, on new connections where the old ones are closed. */
async function guess(attempt: Attempt, words: Guess): Promise<Tally> {
  const tally: Tally = {};
  await inParallel(attempt.count, 20, async (number) => {
    if (attempt.stopped()) return;
    using wire = await Wire.dial(attempt.address);
    await wire.send({ ...words(number, attempt), ref: "try" });
    note(tally, await wire.until(({ ref }) => ref === "try").catch(() => CLOSED));
  });
  return tally;
}

/** All stay as long as they are let, and one who is refused has gone. */
async function crowd({ address, count, stopped }: Attempt): Promise<Tally> {
  const tally: Tally = {};
  using inside = new DisposableStack();
  await inParallel(count, 20, async () => {
    if (stopped()) return;
    const wire = inside.use(await Wire.dial(address));
    await wire.write(LINE).catch(() => {});
    note(tally, await wire.until(({ type }) => type === "welcome" || type === "error").catch(() => CLOSED));
  });
  return tally;
}

/** They begin as if they knew how, and wait. None sees the end that the server makes: Deno keeps the socket as long as they do. */
async function stall({ address, count, pauseMs, stopped }: Attempt): Promise<Tally> {
  const tally = { opened: 0, closed: 0 };
  await Promise.all(Array.from({ length: count }, async () => {
    using wire = await Wire.dial(address);
    tally.opened++;
    await wire.write(HALF_HELLO);
    let ended = false;
    const end = wire.text().then(() => ended = true);
    while (!ended && !stopped()) await pause(pauseMs);
    if (ended) tally.closed++;
    wire.close();
    await end;
  }));
  return tally;
}

/** They speak another language than the port. Counts whom nobody told. */
async function mistake({ address, count, stopped }: Attempt, bytes: Uint8Array, answer: string): Promise<Tally> {
  const tally = { told: 0, untold: 0 };
  await inParallel(count, 20, async () => {
    if (stopped()) return;
    using wire = await Wire.dial(address);
    await wire.write(bytes);
    if ((await wire.text()).includes(answer)) tally.told++;
    else tally.untold++;
  });
  return tally;
}

const CLOSED: Told = { type: "closed" };

/** Errors by their code, all else by its type. */
function note(tally: Tally, { type, code }: Told): void {
  const outcome = String(type === "error" ? code : type);
  tally[outcome] = (tally[outcome] ?? 0) + 1;
}

/** So many at a time. */
async function inParallel(count: number, width: number, work: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(width, count) }, async () => {
    while (next < count) await work(next++);
  }));
}

/** Lets the others go on, at least. */
async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

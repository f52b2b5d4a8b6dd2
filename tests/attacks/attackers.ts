/** The attacks on a server. Each runs a number of attackers at once until it is stopped, and counts the outcomes. */

import {
  DEFAULT_CONNECTIONS_PER_ADDRESS,
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_SCRYPT_AT_ONCE,
  MAX_SCRYPT_WAITING,
  MAX_SESSIONS_PER_MEMBER,
} from "../../src/protocol/limits.ts";
import { floodCalls, isUnharmed } from "./callers.ts";
import type { SceneOptions, Target } from "./scene.ts";
import { type Told, Wire } from "./wire.ts";

export interface Attack {
  readonly name: string;
  /** Number of attackers in the gate, and by hand. */
  readonly inGate: number;
  readonly byHand: number;
  readonly on?: Omit<SceneOptions, "serve" | "program">;
  readonly run: (attempt: Attempt) => Promise<Tally>;
  /** True if the attack locks its own address: a new member cannot join from there, even with the right password. */
  readonly locksOut?: true;
  /** Returns true for allowed outcomes. */
  readonly mayEndIn?: (tally: Tally) => boolean;
}

export interface Attempt extends Target {
  readonly count: number;
  /** Milliseconds between two bytes, or two tries, of one attacker. */
  readonly pauseMs: number;
  readonly stopped: () => boolean;
}

export type Tally = Record<string, number>;

export const ATTACKS: readonly Attack[] = [
  { name: "connections that send one byte a second", inGate: 200, byHand: 1_000, run: dribble },
  { name: "connections that send nothing and close", inGate: 300, byHand: 20_000, run: knock },
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
    name: "used-up and expired invites",
    inGate: MAX_LOCAL_WRONG_PASSWORDS + 2,
    byHand: 1_000,
    on: { deadInvites: true },
    locksOut: true,
    run: (attempt) => guess(attempt, joinByInvite),
    mayEndIn: (tally) => tally.wrong_password! > 0 && isBounded(tally),
  },
  {
    name: "more connections than one address may open",
    inGate: 60,
    byHand: 2_000,
    on: { outside: true },
    run: crowd,
    mayEndIn: ({ welcome, too_many_connections }) =>
      welcome! <= DEFAULT_CONNECTIONS_PER_ADDRESS && too_many_connections! > 0,
  },
  {
    name: "sessions of one member that ask for much and stop reading",
    inGate: 40,
    byHand: 400,
    run: neglect,
    mayEndIn: ({ opened, alive }) => opened! > MAX_SESSIONS_PER_MEMBER && alive! <= MAX_SESSIONS_PER_MEMBER,
  },
  {
    name: "members of a call who flood it with sound and pictures, and read nothing",
    inGate: 8,
    byHand: 16,
    run: floodCalls,
    mayEndIn: isUnharmed,
  },
  {
    name: "TLS clients that stop in the middle of the handshake",
    inGate: 100,
    byHand: 1_000,
    on: { tls: true },
    run: stall,
  },
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
    run: (attempt) => mistake(attempt, HALF_HELLO, "TLS is not enabled on this port"),
    mayEndIn: ({ untold }) => untold === 0,
  },
];

/** True if the server compared no more passwords than its own machine may try in a minute, plus those in progress. */
function isBounded({ wrong_password = 0 }: Tally): boolean {
  return wrong_password <= MAX_LOCAL_WRONG_PASSWORDS + MAX_SCRYPT_AT_ONCE + MAX_SCRYPT_WAITING;
}

const ENCODER = new TextEncoder();
const BYTE = ENCODER.encode("{");
const LINE = ENCODER.encode('{"type":"ping"}\n');
/** The header of a TLS record whose length exceeds the bytes that follow. */
const HALF_HELLO = Uint8Array.of(0x16, 3, 1, 1, 0, 1, 0, 0, 0xfc);
/** Fewer than the refused lines after which the server pauses. */
const ASKED = 50;
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

/** Writes 20,000 lines at a time, as fast as the server takes them. It reads the replies, so that it is not closed as a slow reader. */
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

/** Returns the command of the guess with this number. */
type Guess = (number: number, attempt: Attempt) => object;

const joinWith: Guess = (number) => ({ type: "join", name: `guest${number}`, password: `wrong horse ${number}` });

/** Half of the names belong to accounts. */
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

/** Guesses as fast as the replies arrive, and reconnects when the server closes the connection. */
async function guess(attempt: Attempt, words: Guess): Promise<Tally> {
  const tally: Tally = {};
  await inParallel(attempt.count, 20, async (number) => {
    if (attempt.stopped()) return;
    using wire = await Wire.dial(attempt.address);
    await wire.send({ ...words(number, attempt), ref: "try" });
    const isAnswer = ({ type, ref }: Told) => {
      // On a busy machine, an answer takes longer than the server keeps a silent client.
      if (type === "ping") void wire.send({ type: "pong" }).catch(() => {});
      return ref === "try";
    };
    note(tally, await wire.until(isAnswer).catch(() => CLOSED));
  });
  return tally;
}

/** Connections stay as long as the server allows; a refused one closes. */
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

/** Sessions of one member, each of which asks for pages of the history and reads no answer. Counts those that remain. */
async function neglect({ address, password, count, pauseMs, stopped }: Attempt): Promise<Tally> {
  const tally = { opened: 0, alive: 0 };
  using inside = new DisposableStack();
  const first = inside.use(await Wire.dial(address));
  await first.send({ type: "join", name: "many", password });
  const { you } = await first.until(({ type }) => type === "joined");
  const asking = Array.from(
    { length: ASKED },
    (_, nth) => ({ type: "history", room: "lobby", limit: 200, ref: `${nth}` }),
  );
  const wires: Wire[] = [];
  for (let opened = 0; opened < count && !stopped(); opened++) {
    const wire = inside.use(await Wire.dial(address));
    await wire.send({ type: "join", token: (you as { token: string }).token }, ...asking);
    wires.push(wire);
    tally.opened++;
  }
  while (!stopped()) await pause(pauseMs);
  await Promise.all(wires.map(async (wire) => {
    await wire.send({ type: "ping", ref: "alive" }).catch(() => {});
    if (await wire.until(({ ref }) => ref === "alive").then(() => true, () => false)) tally.alive++;
  }));
  return tally;
}

/** Begin a handshake and wait. No client sees that the server ends it: Deno keeps the socket until the client closes. */
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

/** Use a protocol that the port does not. Counts the clients that get no error. */
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

/** Returns an error's code, or an event's type. */
function note(tally: Tally, { type, code }: Told): void {
  const outcome = String(type === "error" ? code : type);
  tally[outcome] = (tally[outcome] ?? 0) + 1;
}

/** Attackers that act at the same time. */
async function inParallel(count: number, width: number, work: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(width, count) }, async () => {
    while (next < count) await work(next++);
  }));
}

/** Waits, so that other attackers continue. */
async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

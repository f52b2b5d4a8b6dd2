/** What may go wrong. Each fault ends by itself. */

import { assert } from "@std/assert";
import type { Random } from "../helpers/random.ts";
import { DiskFull } from "./simulated_machine.ts";
import { SETTINGS_NAMES } from "./simulated_settings.ts";
import type { SimulatedServer, SimulatedWorld } from "./simulated_server.ts";

type Fault = (server: SimulatedServer, servers: readonly SimulatedServer[], world: SimulatedWorld) => void;

const YEAR_MS = 365 * 24 * 3_600_000;

const FAULTS: Readonly<Record<string, Fault>> = {
  partition: (server, _, { time, random }) => {
    server.setFaults({ isCut: true });
    time.after(random.between(300, 9_000), () => server.setFaults({ isCut: false }));
  },
  freeze: (server, _, { random }) => server.freeze(random.between(300, 9_000)),
  kill: (server, servers, { time, random }) => {
    server.kill();
    time.after(random.between(100, 8_000), () => startAgain(server, servers));
  },
  "kill all": (_, servers, { time, random }) => {
    for (const server of servers) {
      server.kill();
      time.after(random.between(100, 3_000), () => startAgain(server, servers));
    }
  },
  "lost disk": (server, servers, { time, random }) => {
    const donor = servers.find((other) => other !== server && other.isServing);
    if (donor === undefined) return;
    server.kill();
    server.copyFrom(donor);
    time.after(random.between(100, 8_000), () => startAgain(server, servers));
  },
  "clock a year ahead": (server, _, world) => setClock(server, YEAR_MS, world),
  "clock a year behind": (server, _, world) => setClock(server, -YEAR_MS, world),
  "clock a little wrong": (server, _, world) => setClock(server, world.random.between(-15_000, 15_000), world),
  slow: (server, _, { time, random }) => {
    server.setFaults({ slowness: random.between(100, 1_000) });
    time.after(random.between(1_000, 6_000), () => server.setFaults({ slowness: 0 }));
  },
  "lost answers": (server, _, { time, random }) => {
    server.setFaults({ answerLoss: 1 });
    time.after(random.between(300, 4_000), () => server.setFaults({ answerLoss: 0 }));
  },
  "bad link": (server, _, { time, random }) => {
    server.setFaults({ answerLoss: 0.4 });
    time.after(random.between(2_000, 8_000), () => server.setFaults({ answerLoss: 0 }));
  },
  "full disk": (server, servers, { time, random }) => {
    server.fillDisk();
    time.after(random.between(3_500, 8_000), () => startAgain(server, servers));
  },
  /** A disk that several servers share. */
  "full disk of two": (server, servers, { time, random }) => {
    for (const other of servers.filter((each) => each !== server)) {
      other.fillDisk();
      time.after(random.between(3_500, 8_000), () => startAgain(other, servers));
    }
  },
  /** All servers start again with new options, as the operator must for that. */
  "new settings": (_, servers, { time, random }) => {
    const settings = newSettings(random);
    for (const server of servers) {
      void server.stop();
      time.after(random.between(5_500, 7_000), () => {
        server.kill();
        server.settings = settings;
        startAgain(server, servers);
      });
    }
  },
  /** One server starts with other options than the others. */
  "other settings": (server, servers, { time, random }) => {
    server.kill();
    server.settings = newSettings(random);
    time.after(random.between(100, 3_000), () => startAgain(server, servers));
  },
  "engine pauses": (_server, _servers, { time, random, network }) => {
    network.pausedUntil = time.now + random.between(300, 6_000);
  },
  removal: (server, servers, { time, random }) => {
    const other = servers.find((each) => each !== server && each.isServing);
    const incarnation = server.replica?.incarnation ?? 0;
    if (incarnation > 0) other?.replica?.remove(incarnation);
    time.after(random.between(2_000, 6_000), () => startAgain(server, servers));
  },
  restart: (server, servers, { time, random }) => {
    void server.stop();
    time.after(random.between(6_000, 9_000), () => startAgain(server, servers));
  },
  upgrade: (server, servers, { time, random }) => {
    void server.stop();
    time.after(random.between(6_000, 9_000), () => {
      if (!server.isUp) server.level = newestLevel(servers) + random.between(0, 1);
      startAgain(server, servers);
    });
  },
  /** One server after the other. */
  "rolling upgrade": (_, servers, { time, random }) => {
    const level = newestLevel(servers) + 1;
    let start = 0;
    for (const server of servers) {
      time.after(start += random.between(0, 500), () => void server.stop());
      time.after(start += random.between(1_000, 1_500), () => {
        server.kill();
        server.level = level;
        startAgain(server, servers);
      });
    }
  },
  downgrade: (server, servers, { time, random }) => {
    server.kill();
    if (!servers.some((other) => other !== server && other.isServing)) return;
    server.level = Math.max(1, server.level - 1);
    time.after(random.between(100, 3_000), () => startAgain(server, servers));
  },
  /** Removes what no server needs to start again. */
  trim: (_, servers, { log }) => log.forget(Math.min(...servers.map(({ disk }) => disk?.checkpoint.position ?? 0))),
  /** Somebody without the key adds garbage, and an entry that was removed. */
  replay: (_, _servers, { log, random, removed }) => {
    log.append({ s: random.between(1, 20), n: random.between(1_000_000, 2_000_000), data: new Uint8Array(50) });
    const old = removed();
    if (old.length > 0) log.append(old[random.between(0, old.length - 1)]!);
  },
};

const NAMES = Object.keys(FAULTS);

/** Makes something go wrong now. */
export function newFault(servers: readonly SimulatedServer[], world: SimulatedWorld): void {
  const { random, note, counts } = world;
  const name = NAMES[random.between(0, NAMES.length - 1)]!;
  const server = servers[random.between(0, servers.length - 1)]!;
  note(`${server.name}: ${name}`);
  counts.add(`fault: ${name}`);
  FAULTS[name]!(server, servers, world);
}

/** Sets a clock wrong, if the clocks of the others are right. */
function setClock(server: SimulatedServer, error: number, { time, random }: SimulatedWorld): void {
  server.clockError = error;
  time.after(random.between(1_000, 8_000), () => server.clockError = 0);
}

function newestLevel(servers: readonly SimulatedServer[]): number {
  return Math.max(...servers.map(({ level }) => level));
}

function newSettings(random: Random): string {
  return SETTINGS_NAMES[random.between(0, SETTINGS_NAMES.length - 1)]!;
}

/** Starts a server that is down, as its operator does: with a copy, if its own data do not do any more. */
export function startAgain(server: SimulatedServer, servers: readonly SimulatedServer[]): void {
  if (server.isUp) return;
  const { failure } = server;
  const isFault = failure?.kind === "diverged" ||
    (failure?.kind === "internal" && !(failure.cause instanceof DiskFull));
  assert(!isFault, `${server.name} ${failure?.message}`);
  const other = servers.find((each) => each.isServing);
  if (failure?.kind === "trimmed") server.copyFrom(other ?? server);
  if (failure?.kind === "level") server.level = newestLevel(servers);
  if (failure?.kind === "settings") adoptSettings(server, other);
  server.start();
}

/** Ends a server that is refused because it has other options than one that takes part. */
export function alignSettings(server: SimulatedServer, servers: readonly SimulatedServer[]): void {
  const other = servers.find((each) => each.isServing);
  if (server.isServing || other === undefined || other.settings === server.settings) return;
  server.kill();
  server.settings = other.settings;
}

/** Takes the options of the other server, or its data if the log has both options in turn. Without one, tries the next options. */
function adoptSettings(server: SimulatedServer, other: SimulatedServer | undefined): void {
  if (other === undefined) {
    server.settings = SETTINGS_NAMES[(SETTINGS_NAMES.indexOf(server.settings) + 1) % SETTINGS_NAMES.length]!;
  } else if (server.settings !== other.settings) server.settings = other.settings;
  else server.copyFrom(other);
}

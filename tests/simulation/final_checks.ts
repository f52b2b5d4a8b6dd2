/** What must hold at the end of a simulation. */

import { assert, assertEquals } from "@std/assert";
import type { KeptRecord } from "../../src/core/effect.ts";
import { incarnationOf } from "../../src/core/hub_op.ts";
import type { HubOptions } from "../../src/core/hub_options.ts";
import type { GraphImage } from "../../src/core/image/graph_table.ts";
import { rulesOf } from "../../src/core/state/rules.ts";
import { nodesOf } from "../helpers/image_nodes.ts";
import type { SimulatedClient } from "./simulated_client.ts";
import type { SimulatedMachine } from "./simulated_machine.ts";
import type { SimulatedServer, SimulatedWorld } from "./simulated_server.ts";
import { SETTINGS } from "./simulated_settings.ts";

/** Throws if something does not hold after all faults are over and everybody is quiet. */
export function checkEnd(
  servers: readonly SimulatedServer[],
  clients: readonly SimulatedClient[],
  { log, droppedFiles }: SimulatedWorld,
): void {
  for (const client of clients) assert(client.isDone, `${client.waitsFor} waits for an acknowledgement`);
  const [first, ...others] = servers.map((server) => stateOf(server));
  assertEquals(first!.position, log.end, "A server has not read the log to its end");
  for (const other of others) {
    assertEquals(other.position, first!.position, "The servers have read different parts of the log");
    assertSame(
      other.kept,
      first!.kept,
      "The stores differ",
      (kept) => kept.map((each) => JSON.stringify(each, sorted)),
    );
    assertSame(
      other.image,
      first!.image,
      "The hubs differ",
      (image) => nodesOf(image).map((node) => JSON.stringify(node)),
    );
  }
  checkMessages(first!, clients);
  checkFiles(first!, servers, droppedFiles);
  checkAccounts(servers, clients);
  checkCalls(servers);
  checkSessions(servers);
  checkRules(servers);
}

function stateOf({ replica, machine, name }: SimulatedServer) {
  assert(replica !== undefined && machine !== undefined && !replica.isStalled, `${name} does not serve`);
  return {
    position: replica.status().position,
    stored: machine.kept.reader.stored,
    kept: machine.kept.effects,
    image: machine.image() as GraphImage,
  };
}

/** The order of properties may differ after an image. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}

/** Shows the first line that differs. The lines are only made if the JSON differs. */
function assertSame<T>(one: T, other: T, what: string, linesOf: (value: T) => readonly string[]): void {
  if (JSON.stringify(one) === JSON.stringify(other)) return;
  const [lines, others] = [linesOf(one), linesOf(other)];
  const at = lines.findIndex((line, index) => line !== others[index]);
  if (at < 0 && lines.length === others.length) return;
  throw new Error(`${what} in line ${at} of ${lines.length} and ${others.length}: ${lines[at]} is ${others[at]}`);
}

function checkMessages({ stored }: ReturnType<typeof stateOf>, clients: readonly SimulatedClient[]): void {
  const messages = stored.filter((entry) => entry.type === "message");
  const byText = Map.groupBy(messages, ({ text }) => text);
  for (const { text, room, seq, id } of clients.flatMap(({ acknowledged }) => acknowledged)) {
    const found = byText.get(text) ?? [];
    assertEquals(found.map((message) => [message.room, message.seq, message.id]), [[room, seq, id]], text);
  }
  for (const [room, entries] of Map.groupBy(stored, (entry) => entry.room)) {
    assertEquals(entries.map(({ seq }) => seq), entries.map((_, at) => at + 1), `The numbers of ${room} have a gap`);
  }
  assertEquals(new Set(stored.map(({ id }) => id)).size, stored.length, "An id was used twice");
}

/** Each file is in one message, and its bytes were never removed. Open uploads are on the disk. */
function checkFiles(
  { stored }: ReturnType<typeof stateOf>,
  servers: readonly SimulatedServer[],
  dropped: ReadonlySet<string>,
): void {
  const files = stored.flatMap((entry) => entry.type === "message" && entry.file !== undefined ? [entry.file] : []);
  const carried = files.map(({ id }) => id);
  assertEquals(new Set(carried).size, carried.length, "Two messages have the same file");
  const removed = files.filter(({ id, sha256 }) => dropped.has(`${id} ${sha256}`));
  assertEquals(removed, [], "The bytes of a file were removed");
  for (const { hub, kept } of machinesOf(servers)) {
    const open = hub["registry"].uploads["byId"];
    assertEquals(
      keysOf(kept.reader.records, "upload"),
      [...open.keys()].sort(),
      "Open uploads differ from the store's",
    );
    assertEquals(carried.filter((id) => open.has(id)), [], "An upload is still open after its message");
  }
}

/** Each account that was confirmed is there, with its password, and nobody waits for a hash. */
function checkAccounts(servers: readonly SimulatedServer[], clients: readonly SimulatedClient[]): void {
  for (const { hub, kept } of machinesOf(servers)) {
    const { accounts, hashTickets, passwordAttempts } = hub["registry"];
    for (const { account } of clients) {
      if (account === undefined) continue;
      assertEquals(accounts.named(account.name)?.hash, account.hash, `The account of ${account.name} is lost`);
      assert(keysOf(kept.reader.records, "account").includes(accounts.named(account.name)!.id));
    }
    assertEquals([...hashTickets["waiting"].keys()], [], "Passwords are being hashed for ever");
    assertEquals([...passwordAttempts["pending"]], [], "Comparisons of passwords are under way for ever");
  }
}

/** Everybody in a call is connected or may come back, has a stream of their own, and a token on each server. */
function checkCalls(servers: readonly SimulatedServer[]): void {
  for (const { hub, seats } of machinesOf(servers)) {
    const { calls, sessions } = hub["registry"];
    const taken: string[] = [];
    for (const { id, members } of calls.all()) {
      const present = [...members.values()].filter(({ stream }) => stream !== undefined);
      assert(present.length > 0, "Nobody is in a call");
      assertEquals(new Set(present.map(({ stream }) => stream)).size, present.length, "Two members have one stream");
      for (const { member, session, until, stream } of present) {
        const seat = `${id} ${stream}`;
        taken.push(`${member.id} ${seat}`);
        assert(session === undefined ? until !== undefined : sessions.has(session), "A member without a session calls");
        // Who comes back into a call gets another token.
        if (session !== undefined) assertEquals(seats.get(member.id), seat, "A member in a call has no token");
      }
    }
    const others = [...seats].map((seat) => seat.join(" ")).filter((seat) => !taken.includes(seat));
    assertEquals(others, [], "Somebody who is in no call has a token");
  }
}

/** All servers have the newest level that all programs know, and the rules that the cluster has agreed on. */
function checkRules(servers: readonly SimulatedServer[]): void {
  const level = Math.min(...servers.map((server) => server.level));
  for (const { replica, machine, settings } of servers) {
    assertEquals(replica!.status().level, level, "The level is not the highest that all servers know");
    const { rules } = machine!.hub["registry"];
    const own = rulesOf(SETTINGS[settings] as HubOptions);
    assertEquals(
      JSON.stringify(rules, sorted),
      JSON.stringify(own, sorted),
      "A hub goes by other rules than its options",
    );
  }
}

function machinesOf(servers: readonly SimulatedServer[]): SimulatedMachine[] {
  return servers.map(({ machine }) => machine!);
}

function keysOf(records: readonly KeptRecord[], wanted: KeptRecord["kind"]): string[] {
  return records.filter(({ kind }) => kind === wanted).map(({ key }) => key).sort();
}

function checkSessions(servers: readonly SimulatedServer[]): void {
  const live = new Set(servers.map(({ replica }) => replica!.incarnation));
  assertEquals(
    servers[0]!.replica!.status().servers.map(({ incarnation }) => incarnation),
    [...live].sort((a, b) => a - b),
  );
  const dead = sessionsOf(servers[0]!).filter((session) => !live.has(incarnationOf(session)));
  assertEquals(dead, [], "Sessions of a server that has ended are left");
}

/** The ids of all sessions of the hub. */
function sessionsOf({ machine }: SimulatedServer): number[] {
  const image = machine!.image() as GraphImage;
  const kind = image.classes.findIndex(([name]) => name === "Session");
  const id = image.classes[kind]?.[1].indexOf("id") ?? 0;
  return nodesOf(image).filter(({ head }) => head[0] === kind).map(({ values }) => values[id] as number);
}

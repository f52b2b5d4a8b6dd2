import { assert, assertEquals } from "@std/assert";
import { HOST_WAKE_MS } from "../../src/protocol/limits.ts";
import { Succession } from "../../src/succession/succession.ts";
import { Random } from "../helpers/random.ts";
import { SuccessionWorld } from "./succession_world.ts";

/** Each way to part `count` candidates: of each the number of its part. */
function partings(count: number): number[][] {
  if (count === 0) return [[]];
  return partings(count - 1).flatMap((rest) => {
    const parts = Math.max(-1, ...rest) + 1;
    return Array.from({ length: parts + 1 }, (_, part) => [...rest, part]);
  });
}

/** In each part that has been quiet for long, one candidate hosts. */
function assertOneHostInEachPart(world: SuccessionWorld): void {
  const parts = new Set(world.parts.filter((_, n) => world.candidates[n]!.isUp));
  for (const part of parts) {
    const hosts = world.hosts.filter((host) => world.parts[world.candidates.indexOf(host)] === part);
    assertEquals(hosts.length, 1, `part ${part} of ${world.parts}`);
  }
}

Deno.test("a new chat has one host, and the first in the list hosts", () => {
  const world = new SuccessionWorld(5);
  world.run(3_000);
  assertEquals(world.hosts.map(({ key }) => key), ["k0"]);
  world.settle(1_000);
});

Deno.test("after a host dies, the first follower hosts within two seconds, and the old one follows when it is back", () => {
  const world = new SuccessionWorld(10);
  world.run(15_000);
  world.kill(0);
  world.run(2_000);
  assertEquals(world.hosts.map(({ key }) => key), ["k1"]);
  world.restart(0);
  world.run(3_000);
  assertEquals(world.hosts.map(({ key }) => key), ["k1"]);
  world.settle(12_000);
});

Deno.test("the candidate with the most complete copy hosts, whatever its place", () => {
  const world = new SuccessionWorld(4);
  world.run(15_000);
  for (const n of [1, 2]) world.candidates[n]!.entries.delete("m1");
  world.kill(0);
  world.run(5_000);
  assertEquals(world.hosts.map(({ key }) => key), ["k3"]);
  world.settle(20_000);
});

Deno.test("a follower that alone cannot reach the host does not host, as long as another one gets its copy", () => {
  const world = new SuccessionWorld(3);
  world.run(15_000);
  world.blind(1, 0);
  world.run(10_000);
  assertEquals(world.hosts.map(({ key }) => key), ["k0"]);
  world.blind();
  world.settle(5_000);
});

Deno.test("the next term is above all that others know, also those with a worse copy or none at all", () => {
  const machine = new Succession({
    ...{ key: "a", term: 2 },
    progress: () => ({ term: 2, entries: 5 }),
    mayHost: () => true,
  });
  assertEquals(machine.start(["a", "b"], 0), [{ type: "ask", key: "b" }]);
  const view = {
    key: "b",
    term: 7,
    hosts: false,
    follows: undefined,
    mayHost: true,
    progress: { term: 1, entries: 9 },
  };
  assertEquals(machine.answered(view, 10), [{ type: "host", term: 8 }]);
});

Deno.test("all short histories of two partings and deaths among three candidates end with one host and equal copies", () => {
  let runs = 0;
  const alive = [0, 1, 2, 3, 4, 5, 6, 7];
  for (const first of partings(3)) {
    for (const second of partings(3)) {
      for (const up of alive) {
        for (const later of alive) {
          for (const pause of [300, 6_000]) {
            const world = new SuccessionWorld(3);
            world.run(2_000);
            for (const [parts, mask] of [[first, up], [second, later]] as const) {
              world.part(parts);
              for (const n of [0, 1, 2]) {
                if (mask & 1 << n) world.kill(n);
                else world.restart(n);
              }
              world.run(pause);
              if (pause > 5_000) assertOneHostInEachPart(world);
            }
            world.settle(16_000);
            runs++;
          }
        }
      }
    }
  }
  assertEquals(runs, 5 * 5 * 8 * 8 * 2);
});

Deno.test("random histories of eight candidates end with one host and equal copies", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const below = (count: number) => random.between(0, count - 1);
  for (let history = 0; history < 40; history++) {
    const world = new SuccessionWorld(8);
    for (let step = 0; step < 12; step++) {
      const act = below(4);
      if (act === 0) world.part(world.candidates.map(() => below(3)));
      else if (act === 1) world.part(world.candidates.map(() => 0));
      else if (act === 2) world.kill(below(8));
      else world.restart(below(8));
      world.run(100 * below(80));
    }
    world.settle(40_000);
  }
});

Deno.test("a host that slept stops and asks before it goes on", () => {
  const world = new SuccessionWorld(2);
  world.run(2_000);
  const { machine } = world.candidates[0]!;
  assert(machine.isHosting);
  const [first] = machine.tick(world.now + HOST_WAKE_MS);
  assertEquals(first, { type: "stop" });
  assert(!machine.isHosting);
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import { type Bounds, parseBounds } from "../../../src/cli/args/bound_options.ts";
import { Failure } from "../../../src/cli/args/exit_codes.ts";
import { SERVE } from "../../../src/cli/commands/serve.ts";

function bounds(...words: readonly string[]): Bounds {
  return parseBounds(readArguments(words, SERVE, () => undefined));
}

Deno.test("without options the limits have their documented defaults, with a quarter of the machine's memory", () => {
  const { memory, ...others } = bounds();
  assertEquals(others, {
    maxConnections: 20_000,
    connectionsPerAddress: 16,
    attemptsPerAddress: 32,
    maxCalls: undefined,
    maxRooms: undefined,
    roomsPerMember: undefined,
    rate: { perSecond: 5, burst: 20 },
  });
  assertEquals(memory?.bytes, Deno.systemMemoryInfo().total / 4);
  const taken = memory!.measure();
  assert(taken > 10_000_000 && taken < memory!.bytes, `${taken} bytes are taken`);
});

Deno.test("each option sets its limit, and 0 removes an optional limit", () => {
  const given = bounds(
    ...["--max-connections", "7", "--connections-per-address", "0", "--attempts-per-address", "9"],
    ...["--max-memory", "256", "--max-rooms", "11", "--rooms-per-member", "3", "--rate", "0", "--max-calls", "0"],
  );
  assertEquals({ ...given, memory: given.memory?.bytes }, {
    maxConnections: 7,
    connectionsPerAddress: 0,
    attemptsPerAddress: 9,
    memory: 256 * 1024 * 1024,
    maxCalls: 0,
    maxRooms: 11,
    roomsPerMember: 3,
    rate: undefined,
  });
  assertEquals(bounds("--max-memory", "0").memory, undefined);
});

for (
  const [option, value] of [
    ["max-connections", "0"],
    ["connections-per-address", "-1"],
    ["attempts-per-address", "many"],
    ["max-memory", "1.5"],
    ["max-rooms", "0"],
    ["rooms-per-member", "33"],
    ["rate", "5:0"],
  ] as const
) {
  Deno.test(`${value} is an invalid value of --${option}`, () => {
    assertThrows(() => bounds(`--${option}=${value}`), Failure, `--${option}`);
  });
}

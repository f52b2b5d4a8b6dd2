import { assertEquals, assertThrows } from "@std/assert";
import { parseLoadOptions } from "./load/load_options.ts";
import { parseOptions } from "./peers/options.ts";
import { scenarioOptions, SCENARIOS } from "./peers/scenarios.ts";
import { SERVERS } from "./peers/servers.ts";

Deno.test("without options everything is measured three times", () => {
  const options = parseOptions([]);
  assertEquals(options.rounds, 3);
  assertEquals(options.scenarios, SCENARIOS);
  assertEquals(options.servers, SERVERS);
  assertEquals([options.out, options.publish, options.ownGenerator], [undefined, false, false]);
});

Deno.test("scenarios and servers are chosen by name and keep the order of their tables", () => {
  const options = parseOptions([
    "--rounds",
    "1",
    "--scenarios",
    "c,a1",
    "--servers",
    "redis,confab",
    "--out",
    "x.json",
  ]);
  assertEquals(options.scenarios.map(({ name }) => name), ["a1", "c"]);
  assertEquals(options.servers.map(({ name }) => name), ["confab", "redis"]);
  assertEquals([options.rounds, options.out], [1, "x.json"]);
});

Deno.test("an invalid option is named", () => {
  assertThrows(() => parseOptions(["--scenarios", "a,z"]), Error, "--scenarios knows no z, only a,a1,");
  assertThrows(() => parseOptions(["--servers", "irc"]), Error, "--servers knows no irc");
  for (const rounds of ["0", "many", "1.5", "100"]) {
    assertThrows(() => parseOptions(["--rounds", rounds]), Error, "--rounds wants a number from 1 to 99");
  }
  assertThrows(() => parseOptions(["--peers", "redis"]), Error, "There is no option");
});

Deno.test("our load generator accepts all options of fanload", () => {
  for (const scenario of SCENARIOS) {
    for (const server of SERVERS) {
      const args = ["--port", "5", "--pid", "6", "--join-secs", "7", "--max-secs", "8", "--size", "120"];
      const options = parseLoadOptions([...args, ...scenarioOptions(scenario), ...server.client]);
      const { receivers, senders, messages, window, warmup, rate = 0 } = scenario;
      const { mode: _mode, ...rest } = options;
      assertEquals({ ...rest, receivers, senders, messages, window, warmup, rate, port: 5, pid: 6, size: 120 }, rest);
      assertEquals([options.joinSeconds, options.maxSeconds], [7, 8]);
    }
  }
});

Deno.test("our load generator names an invalid option", () => {
  assertThrows(() => parseLoadOptions([]), Error, "--port wants a number above 0");
  assertThrows(() => parseLoadOptions(["--port", "1", "--window", "0"]), Error, "--window wants a number above 0");
  assertThrows(() => parseLoadOptions(["--port", "1", "--window=-1"]), Error, "--window wants a whole number");
  assertThrows(() => parseLoadOptions(["--port", "1", "--window", "few"]), Error, "--window wants a whole number");
  assertThrows(() => parseLoadOptions(["--port", "1", "--size", "31"]), Error, "--size wants 32 to 60000");
  assertThrows(() => parseLoadOptions(["--port", "1", "--mode", "mqtt"]), Error, "There is no mode mqtt");
  assertThrows(() => parseLoadOptions(["--port", "1", "--hurry"]), Error, "There is no option --hurry");
});

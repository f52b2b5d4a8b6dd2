import { assertEquals, assertThrows } from "@std/assert";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import { type ClusterPlan, parseCluster } from "../../../src/cli/args/cluster_options.ts";
import { Failure } from "../../../src/cli/args/exit_codes.ts";
import { SERVE } from "../../../src/cli/commands/serve.ts";

function cluster(words: readonly string[], dataFolder: string | undefined = "/data"): ClusterPlan | undefined {
  return parseCluster(readArguments(words, SERVE, () => undefined), dataFolder);
}

const KEY = ["--cluster-key-file", "/key"];

Deno.test("without --cluster a server is alone, and has no other option of a cluster", () => {
  assertEquals(cluster([]), undefined);
  for (const option of ["cluster-key-file", "cluster-name", "cluster-address", "cluster-ca", "cluster-login"]) {
    assertThrows(() => cluster([`--${option}`, "x"]), Failure, `Option --${option} is for a cluster: add --cluster`);
  }
});

Deno.test("--cluster names the machines of etcd, with their default port", () => {
  const plan = cluster(["--cluster", "etcd:10.0.0.1,etcd2:2380,[fd00::3]:2379", ...KEY])!;
  assertEquals(plan.engine.endpoints.map(({ url }) => url), [
    "http://10.0.0.1:2379",
    "http://etcd2:2380",
    "http://[fd00::3]:2379",
  ]);
  assertEquals([plan.name, plan.keyFile, plan.address], ["confab", "/key", undefined]);
  const named = cluster(["--cluster", "etcd:a", ...KEY, "--cluster-name", "team-1", "--cluster-address", "chat1"])!;
  assertEquals([named.name, named.address], ["team-1", "chat1:5050"]);
});

Deno.test("etcds: means TLS, with files of its own", () => {
  const files = ["--cluster-ca", "/ca", "--cluster-cert", "/cert", "--cluster-cert-key", "/certkey"];
  const login = ["--cluster-login", "/login"];
  assertEquals(cluster(["--cluster", "etcds:a:1", ...KEY, ...files, ...login])?.engine, {
    endpoints: [{ name: "a:1", url: "https://a:1" }],
    ...{ ca: "/ca", cert: "/cert", certKey: "/certkey", loginFile: "/login" },
  });
  assertThrows(() => cluster(["--cluster", "etcd:a", ...KEY, ...files]), Failure, "write etcds: in --cluster");
  const half = files.slice(2, 4);
  assertThrows(() => cluster(["--cluster", "etcds:a", ...KEY, ...half]), Failure, "must be used together");
});

Deno.test("a cluster needs a data folder, a port and a key", () => {
  assertThrows(() => cluster(["--cluster", "etcd:a"]), Failure, "make the file with confab cluster key FILE");
  assertThrows(() => cluster(["--cluster", "etcd:a", ...KEY, "--no-tcp"]), Failure, "--no-tcp cannot be combined");
  const memory = readArguments(["--cluster", "etcd:a", ...KEY, "--memory"], SERVE, () => undefined);
  assertThrows(() => parseCluster(memory, undefined), Failure, "--memory cannot be combined");
});

Deno.test("values that are no addresses and no names are refused", () => {
  const many = `etcd:${Array(17).fill("a").join()}`;
  for (const text of ["10.0.0.1:2379", "etcd:", "nats:a", "etcd:a:0", "etcd:a:b", "etcd:a,,b", "etcd:http://a", many]) {
    assertThrows(() => cluster(["--cluster", text, ...KEY]), Failure, "--cluster", text);
  }
  const words = ["--cluster", "etcd:a", ...KEY];
  for (const name of ["A", "a_b", "a b", "a".repeat(33)]) {
    assertThrows(() => cluster([...words, "--cluster-name", name]), Failure, "--cluster-name", name);
  }
  assertThrows(() => cluster([...words, "--cluster-address", "a:b"]), Failure, "--cluster-address");
});

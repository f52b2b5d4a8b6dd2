import { assertEquals, assertThrows } from "@std/assert";
import { EtcdAddressError, parseEtcdAddress } from "../../src/cluster/etcd/etcd_address.ts";

Deno.test("an address of etcd lists hosts, with the port 2379 by default", () => {
  assertEquals(parseEtcdAddress("etcd:10.0.0.1:2379", false), [{ name: "10.0.0.1:2379", url: "http://10.0.0.1:2379" }]);
  const names = (text: string) => parseEtcdAddress(text, true).map(({ name }) => name);
  assertEquals(names("etcd:a, B.example.org:23,[fd00::1],[::1]:1"), [
    "a:2379",
    "b.example.org:23",
    "[fd00::1]:2379",
    "[::1]:1",
  ]);
  assertEquals(parseEtcdAddress("etcd:a", true)[0]!.url, "https://a:2379");
});

Deno.test("an address that is none of etcd says what to write", () => {
  const example = "write etcd:HOST:PORT,HOST:PORT,…";
  const faults: [string, string][] = [
    ["", `"" is not a cluster address: ${example}`],
    ["10.0.0.1:2379", `"10.0.0.1:2379" is not a cluster address: ${example}`],
    ["nats:a", `"nats:a" is not a cluster address: ${example}`],
    ["etcd://a", `"etcd://a" is not a cluster address: ${example}`],
    ["etcd:", `"" is not an etcd address: ${example}`],
    ["etcd:a,", `"" is not an etcd address: ${example}`],
    ["etcd:a:0", `"a:0" is not an etcd address: ${example}`],
    ["etcd:a:65536", `"a:65536" is not an etcd address: ${example}`],
    ["etcd:a:b", `"a:b" is not an etcd address: ${example}`],
    ["etcd:a/b", `"a/b" is not an etcd address: ${example}`],
    ["etcd:user@a", `"user@a" is not an etcd address: ${example}`],
    ["etcd:fd00::1", `"fd00::1" is not an etcd address: ${example}`],
    ["etcd:a\nb", `"a\\nb" is not an etcd address: ${example}`],
    ["etcd:a,b:2,A:2379", "a:2379 is listed twice: name each endpoint once"],
    ["etcd:1,2,3,4,5,6,7,8,9,10", "etcd has at most 9 endpoints here, and 10 are listed"],
  ];
  for (const [text, sentence] of faults) {
    assertEquals(assertThrows(() => parseEtcdAddress(text, false), EtcdAddressError).message, sentence);
  }
});

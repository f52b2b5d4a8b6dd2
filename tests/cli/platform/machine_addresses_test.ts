import { assertEquals } from "@std/assert";
import { likeliestFirst, localNames } from "../../../src/cli/platform/machine_addresses.ts";
import { run } from "../../helpers/process.ts";

function inOrder(...interfaces: readonly [name: string, address: string][]): string[] {
  return likeliestFirst(interfaces.map(([name, address]) => ({ name, address }))).map(({ address }) => address);
}

Deno.test("the address on a private network comes first, and loopback last", () => {
  assertEquals(
    inOrder(
      ["lo", "127.0.0.1"],
      ["lo", "::1"],
      ["eth1", "fd00::2"],
      ["eth0", "169.254.7.7"],
      ["eth0", "100.64.0.9"],
      ["eth0", "203.0.113.7"],
      ["wlan0", "192.168.1.26"],
    ),
    ["192.168.1.26", "203.0.113.7", "100.64.0.9", "169.254.7.7", "fd00::2", "127.0.0.1", "::1"],
  );
});

Deno.test("private networks are those of RFC 1918, and several keep the system's order", () => {
  const addresses = ["172.16.0.1", "10.1.2.3", "172.31.255.1", "192.168.0.1"];
  assertEquals(inOrder(["a", "172.32.0.1"], ...addresses.map((address) => ["b", address] as [string, string])), [
    ...addresses,
    "172.32.0.1",
  ]);
});

Deno.test("containers, virtual machines and tunnels come after networks with other machines", () => {
  const virtual = [
    ["docker0", "172.17.0.1"],
    ["br-0123456789ab", "172.18.0.1"],
    ["virbr0", "192.168.122.1"],
    ["bridge100", "192.168.64.1"],
    ["utun3", "10.8.0.2"],
    ["wg0", "10.9.0.2"],
    ["vEthernet (WSL)", "172.20.0.1"],
    ["VirtualBox Host-Only Network", "192.168.56.1"],
    ["tailscale0", "100.101.102.103"],
  ] as const;
  for (const [name, address] of virtual) {
    assertEquals(inOrder([name, address], ["en0", "203.0.113.7"]), ["203.0.113.7", address], name);
    assertEquals(inOrder(["lo0", "127.0.0.1"], [name, address]), [address, "127.0.0.1"], name);
  }
});

Deno.test("on machines with many virtual networks the one with other people comes first, with and without the default route", () => {
  const machines: readonly (readonly [real: string, ...(readonly [name: string, address: string])[]])[] = [
    ["wlp3s0", ["waydroid0", "192.168.240.1"], ["wlp3s0", "192.168.1.26"]],
    ["enp5s0", ["docker0", "172.17.0.1"], ["lxdbr0", "10.5.5.1"], ["virbr0", "192.168.122.1"], ["enp5s0", "10.0.0.7"]],
    ["eth0", ["cni0", "10.42.0.1"], ["flannel.1", "10.42.0.0"], ["tailscale0", "100.90.1.2"], ["eth0", "203.0.113.7"]],
    ["en0", ["utun4", "10.8.0.6"], ["bridge100", "192.168.64.1"], ["vmnet8", "172.16.9.1"], ["en0", "192.168.0.4"]],
    ["Wi-Fi", ["vEthernet (Default Switch)", "172.25.0.1"], ["VMware Network Adapter VMnet8", "192.168.9.1"], [
      "Wi-Fi",
      "192.168.178.30",
    ]],
    ["Ethernet", ["VirtualBox Host-Only Network", "192.168.56.1"], ["Local Area Connection* 10", "192.168.137.1"], [
      "Ethernet",
      "10.1.1.9",
    ]],
    ["Ethernet", ["OpenVPN TAP-Windows6", "10.8.0.2"], ["ZeroTier One [93afae5963]", "10.147.17.2"], [
      "Bluetooth Network Connection",
      "169.254.9.9",
    ], ["Ethernet", "192.168.2.2"]],
  ];
  for (const [real, ...interfaces] of machines) {
    const addresses = interfaces.map(([name, address]) => ({ name, address }));
    for (const route of [undefined, real]) assertEquals(likeliestFirst(addresses, route)[0]!.name, real);
  }
});

Deno.test("the interface of the default route comes before one that is listed first, unless it is a tunnel", () => {
  const interfaces = [["usb0", "192.168.42.3"], ["eth0", "203.0.113.7"], ["wg0", "10.9.0.2"], ["lo", "127.0.0.1"]]
    .map(([name, address]) => ({ name: name!, address: address! }));
  const order = (route?: string) => likeliestFirst(interfaces, route).map(({ name }) => name);
  assertEquals(order(), ["usb0", "eth0", "wg0", "lo"]);
  assertEquals(order("eth0"), ["eth0", "usb0", "wg0", "lo"]);
  assertEquals(order("wg0"), ["usb0", "eth0", "wg0", "lo"]);
});

Deno.test("this machine's name on the network is the first label of its host name, in lower case", () => {
  for (const hostname of ["ada-macbook", "Ada-MacBook", "ADA-MACBOOK.local", "ada-macbook.example.org"]) {
    assertEquals(localNames(hostname), ["ada-macbook.local"], hostname);
  }
});

Deno.test("a machine named localhost has no name on the network", () => {
  for (const hostname of ["", ".", "localhost", "localhost.localdomain", "LOCALHOST", "a b", "a/b", "a:1"]) {
    assertEquals(localNames(hostname), [], hostname);
  }
});

Deno.test("without permission the host name is not asked for", async () => {
  const module = import.meta.resolve("../../../src/cli/platform/machine_addresses.ts");
  const script = `import { ownLocalNames } from "${module}"; console.log(ownLocalNames().length);`;
  const asked = async (...rights: string[]) => {
    const { code, stdout, stderr } = await run(Deno.execPath(), { args: ["run", ...rights, "-"], input: script });
    return [code, stdout, stderr];
  };
  assertEquals(await asked(), [0, "0", ""]);
  assertEquals(await asked("--allow-sys=networkInterfaces"), [0, "0", ""]);
});

import { assert, assertEquals } from "@std/assert";
import type { Socket } from "node:dgram";
import { openLink } from "../../src/nearby/deno_network.ts";
import { groupInterfaces, isInNetwork } from "../../src/nearby/network_interface.ts";
import type { Packet } from "../../src/nearby/dns_packet.ts";
import { instanceName, numberedTitle, serversIn, serviceRecords } from "../../src/nearby/dns_records.ts";
import { MAX_NEARBY_PACKET_BYTES, MAX_NEARBY_PACKETS_PER_SECOND } from "../../src/protocol/limits.ts";
import { dangersIn, HOSTILE_TEXTS } from "../helpers/hostile_texts.ts";
import { Random } from "../helpers/random.ts";
import { on } from "./fake_network.ts";
import { FakeSocket } from "./fake_socket.ts";

const HERE = on("10.1.2.3");
const GROUP = { address: "224.0.0.251", port: 5353 };

function linkOn(socket: FakeSocket, receive?: () => void, where = HERE) {
  const packets: Packet[] = [];
  const senders: string[] = [];
  const errors: string[] = [];
  let now = 0;
  const link = openLink(socket as unknown as Socket, where, {
    receive(packet, sender) {
      packets.push(packet);
      senders.push(sender);
      receive?.();
    },
    packetFailed: (error) => errors.push(`packet failed: ${(error as Error).message}`),
    failed: (error) => errors.push(`failed: ${(error as Error).message}`),
  }, () => now);
  return { link, packets, senders, errors, wait: (ms: number) => now += ms };
}

const SERVER = { title: "Tea. ☕", target: "confab-1.local", port: 5050, tls: true };

async function announced(title = SERVER.title): Promise<Uint8Array> {
  const socket = new FakeSocket();
  const { link } = linkOn(socket);
  socket.bound();
  const answers = serviceRecords(instanceName(title, 1), { ...SERVER, title: numberedTitle(title, 1) }, ["10.1.2.9"]);
  link.send({ type: "response", answers });
  await link.close();
  assertEquals(socket.to, [GROUP]);
  return socket.sent[0]!;
}

Deno.test("a link joins the multicast group on its interface, sends to it, and can read its own packets", async () => {
  const socket = new FakeSocket();
  const { link, packets, errors } = linkOn(socket);
  socket.bound();
  assertEquals(socket.set, ["224.0.0.251 on 10.1.2.3", "from 10.1.2.3"]);
  socket.hear(await announced());
  const { target: _, ...server } = SERVER;
  assertEquals(serversIn(packets[0]!, "10.1.2.9", HERE)[0]!.server, { ...server, host: "10.1.2.9" });
  await link.close();
  assertEquals([errors, socket.closed], [[], true]);
});

Deno.test("a link over IPv6 names its interface, and admits only packets of its network", async () => {
  const socket = new FakeSocket();
  const { link, senders, errors } = linkOn(socket, undefined, { ...HERE, zone: "eth0" });
  socket.bound();
  assertEquals(socket.set, ["ff02::fb on ::%eth0", "from ::%eth0"]);
  assertEquals(socket.host, Deno.build.os === "linux" ? "ff02::fb%eth0" : "::");
  const bytes = await announced();
  for (const address of ["fe80::9", "FEBF::9", "fd00::9", "2001:db8::9", "fec0::9"]) socket.hear(bytes, address);
  assertEquals(senders, ["fe80::9%eth0", "FEBF::9%eth0"]);
  link.send({ type: "query", questions: [] });
  await link.close();
  assertEquals([socket.to, errors], [[{ address: "ff02::fb", port: 5353 }], []]);
});

Deno.test("packets from another network or port, too large packets and too many packets are dropped", async () => {
  const socket = new FakeSocket();
  const { link, packets, wait } = linkOn(socket);
  socket.bound();
  const bytes = await announced();
  socket.hear(bytes, "10.1.3.9");
  socket.hear(bytes, "10.1.2.9", 5354);
  const large = new Uint8Array(MAX_NEARBY_PACKET_BYTES + 1);
  large.set(bytes);
  socket.hear(large);
  assertEquals(packets.length, 0);
  for (let count = 0; count < 10 * MAX_NEARBY_PACKETS_PER_SECOND; count++) socket.hear(bytes);
  assertEquals(packets.length, MAX_NEARBY_PACKETS_PER_SECOND);
  wait(1_000);
  socket.hear(bytes);
  assertEquals(packets.length, MAX_NEARBY_PACKETS_PER_SECOND + 1);
  await link.close();
});

Deno.test("a socket that cannot be bound or fails is reported, and later sends and closes do nothing", async () => {
  for (const bind of [true, false]) {
    const socket = new FakeSocket();
    const { link, errors } = linkOn(socket);
    if (bind) socket.bound();
    socket.emit("error", Object.assign(new Error("no"), { code: bind ? "ENETDOWN" : "EADDRINUSE" }));
    link.send({ type: "query", questions: [] });
    await link.close();
    link.send({ type: "query", questions: [] });
    await link.close().catch(() => {});
    assertEquals(errors, ["failed: no"]);
  }
});

Deno.test("a link says when a packet is sent, and reports one that cannot be sent", async () => {
  for (const sendError of [undefined, new Error("no route")]) {
    const socket = new FakeSocket();
    const { link, errors } = linkOn(socket);
    let sent = 0;
    socket.sendError = sendError;
    link.send({ type: "query", questions: [] }, () => sent++);
    assertEquals(sent, 0);
    socket.bound();
    await link.close();
    assertEquals([sent, errors], sendError ? [0, ["packet failed: no route"]] : [1, []]);
  }
});

Deno.test("no received packet throws, and decoded servers stay within their limits", async () => {
  const seed = Number(Deno.env.get("NEARBY_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  console.log(`NEARBY_SEED=${seed}`);
  const random = new Random(seed);
  const socket = new FakeSocket();
  const { link, packets, wait } = linkOn(socket);
  socket.bound();
  for (let round = 0; round < 2_000; round++) {
    const bytes = (await announced(HOSTILE_TEXTS[random.between(0, HOSTILE_TEXTS.length - 1)]!.text)).slice();
    for (let count = random.between(0, 5); count > 0; count--) {
      bytes[random.between(0, bytes.length - 1)] = random.between(0, 255);
    }
    wait(1_000);
    socket.hear(random.next() < 0.2 ? bytes.subarray(0, random.between(0, bytes.length)) : bytes);
    const packet = packets.pop();
    if (packet === undefined) continue;
    for (const { server } of serversIn(packet, "10.1.2.9", HERE)) {
      assert(server.title !== "" && new TextEncoder().encode(server.title).length <= 200, server.title);
      assertEquals(dangersIn(server.title), []);
      assert(/^[\d.]+$|^[\da-f:]+$/i.test(server.host) && server.port >= 1 && server.port <= 65_535);
    }
  }
  await link.close();
});

Deno.test("a receiver that throws is reported, and the next packet is read", async () => {
  const socket = new FakeSocket();
  const { link, packets, errors } = linkOn(socket, () => {
    throw new Error("planted");
  });
  socket.bound();
  socket.hear(await announced());
  socket.hear(await announced());
  assertEquals([packets.length, errors], [2, ["packet failed: planted", "packet failed: planted"]]);
  await link.close();
});

Deno.test("interfaces exclude loopback and know which addresses are in their networks", () => {
  const info = (name: string, family: "IPv4" | "IPv6", address: string, netmask: string) => ({
    ...{ name, family, address, netmask, scopeid: address.startsWith("fe80") ? 7 : null },
  });
  const addresses = [
    info("lo", "IPv4", "127.0.0.1", "255.0.0.0"),
    info("eth0", "IPv4", "10.1.2.3", "255.255.255.0"),
    info("eth0", "IPv4", "192.168.7.1", "255.255.255.252"),
    info("eth0", "IPv6", "fe80::1", "ffff::"),
    info("eth0", "IPv6", "fd00::1", "ffff::"),
    info("wg0", "IPv6", "fd01::1", "ffff::"),
    info("wlan0", "IPv6", "fe80::2", "ffff::"),
    info("wlan0", "IPv6", "fd02::1", "ffff::"),
    info("utun0", "IPv6", "fe80::3", "ffff::"),
  ];
  const summary = (os: typeof Deno.build.os) => groupInterfaces(addresses, os).map(({ name, zone }) => [name, zone]);
  assertEquals(summary("linux"), [["eth0", undefined], ["eth0", "eth0"], ["wlan0", "wlan0"]]);
  assertEquals(summary("windows"), [["eth0", undefined], ["eth0", "7"], ["wlan0", "7"]]);
  const [eth0] = groupInterfaces(addresses);
  assertEquals(eth0!.v6, ["fd00::1"]);
  const within = ["10.1.2.255", "192.168.7.2", "10.1.3.1", "192.168.7.4", "10.1.2", "10.1.2.256", "::1", ""];
  assertEquals(within.filter((address) => isInNetwork(address, eth0!)), ["10.1.2.255", "192.168.7.2"]);
});

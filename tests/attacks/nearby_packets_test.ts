import { assert, assertEquals } from "@std/assert";
import type { Socket } from "node:dgram";
import { openLink } from "../../src/nearby/deno_network.ts";
import type { Packet } from "../../src/nearby/dns_packet.ts";
import { MAX_NEARBY_PACKET_BYTES, MAX_NEARBY_PACKETS_PER_SECOND } from "../../src/protocol/limits.ts";
import { on } from "../nearby/fake_network.ts";
import { FakeSocket } from "../nearby/fake_socket.ts";

const HERE = on("10.1.2.3");

/** A link with the real decoder and the real clock, and the packets it has read. */
function openedLink() {
  const socket = new FakeSocket();
  const packets: Packet[] = [];
  const faults: unknown[] = [];
  const link = openLink(socket as unknown as Socket, HERE, {
    receive: (packet) => packets.push(packet),
    packetFailed: (error) => faults.push(error),
    failed: (error) => faults.push(error),
  }, () => performance.now());
  socket.bound();
  return { socket, link, packets, faults };
}

/** The packet that costs the most: a chain of pointers in the data of a record, and records whose names begin at its end. */
function chainOfPointers(): Uint8Array {
  const pointers = 2_900;
  const bytes = [0, 0, 0x84, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const dataBytes = 2 * pointers + 2;
  bytes.push(0, 0xff, 0, 0, 1, 0, 0, 0, 1, dataBytes >> 8, dataBytes & 255);
  const start = bytes.length;
  const pointerTo = (offset: number) => [0xc0 | offset >> 8, offset & 255];
  bytes.push(0, 0);
  for (let index = 0; index < pointers; index++) bytes.push(...pointerTo(start + 2 * index));
  const end = pointerTo(start + 2 * pointers);
  let records = 1;
  for (; bytes.length + 14 <= MAX_NEARBY_PACKET_BYTES; records++) {
    bytes.push(...end, 0, 12, 0, 1, 0, 0, 0, 1, 0, 2, ...end);
  }
  bytes.splice(6, 2, records >> 8, records & 255);
  return Uint8Array.from(bytes);
}

Deno.test("packets with chains of pointers take no more than a small part of a second", async () => {
  const { socket, link, packets, faults } = openedLink();
  const bytes = chainOfPointers();
  for (let count = 0; count < MAX_NEARBY_PACKETS_PER_SECOND; count++) socket.hear(bytes);
  assert(packets.length > 0, "The decoder refuses the packet, so the test proves nothing");
  assert(packets.length < MAX_NEARBY_PACKETS_PER_SECOND / 2, `${packets.length} of them were read`);
  assertEquals(faults, []);
  await link.close();
});

Deno.test("headers that claim 262,140 records allocate no memory for them", async () => {
  const { socket, link, packets } = openedLink();
  const header = Uint8Array.of(0, 0, 0x84, 0, 255, 255, 255, 255, 255, 255, 255, 255);
  const before = Deno.memoryUsage().heapUsed;
  for (let count = 0; count < MAX_NEARBY_PACKETS_PER_SECOND; count++) socket.hear(header);
  const grown = Deno.memoryUsage().heapUsed - before;
  assert(grown < 8 * 1024 * 1024, `The heap has grown by ${grown} bytes`);
  assertEquals(packets, []);
  await link.close();
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Socket } from "node:dgram";
import { setImmediate } from "node:timers";
import { announceNearby } from "../../../src/nearby/announcement.ts";
import { openLink } from "../../../src/nearby/deno_network.ts";
import { findNearby } from "../../../src/nearby/discovery.ts";
import type { NearbyServer } from "../../../src/nearby/dns_records.ts";
import type { MulticastLink, MulticastLinkOptions } from "../../../src/nearby/multicast_network.ts";
import type { NetworkInterface } from "../../../src/nearby/network_interface.ts";
import { isFingerprint } from "../../../src/protocol/address/invite_link.ts";
import {
  MAX_NEARBY_PACKET_BYTES,
  MAX_NEARBY_SERVERS,
  MAX_NEARBY_TITLE_BYTES,
  NEARBY_TTL_SECONDS,
} from "../../../src/protocol/limits.ts";
import { FakeLan, FakeMachine, on } from "../../nearby/fake_network.ts";
import { FakeSocket } from "../../nearby/fake_socket.ts";
import { pure, type Target, toBytes } from "../target.ts";
import { assertHarmlessLine, few } from "./checks.ts";

const HERE = on("10.1.2.3");
const SERVER = { title: "Tea", host: "0.0.0.0", port: 5050, tls: false };
const SERVICE = "\x07_confab\x04_tcp\x05local\0";
/** After this time the name is announced: three probes and two announcements. */
const ANNOUNCED_MS = 3_000;
/** Limits of the packets sent because of one received packet, at once and later. */
const MAX_ANSWERS = 8;

const POINTERS = ["\xc0\x0c", "\xc0\x1f", "\xc0\0", "\xff\xff", "\xc0"];
/** The end of a record: type, class, seconds to live. */
const KINDS = ["\0\x0c", "\0\x10", "\0\x21", "\0\x01", "\0\x1c", "\0\x2f", "\0\x29", "\0\x06", "\0\x2e", "\0\xff"]
  .flatMap((type) => [`${type}\0\x01\0\0\0\x78`, `${type}\x80\x01\0\0\0\0`]);
const HEADS = [
  "\0\0\x84\0\0\0\0\x01\0\0\0\0",
  "\0\0\0\0\0\x01\0\0\0\x01\0\0",
  "\0\0\x84\0\xff\xff\xff\xff\xff\xff\xff\xff",
];

export const NEARBY: Target = {
  name: "nearby",
  gateInputs: 500,
  bytes: true,
  words: [
    ...[SERVICE, ...POINTERS, ...KINDS, ...HEADS],
    ...[
      "\x09txtvers=1",
      "\x03v=1",
      "\x09title=Tea",
      "\x05tls=1",
      "\x06chat=c",
      "\x08chat=\x1b[1",
      "\x03fp=",
      "\x08title=\x1b[",
      "\x0btitle=\xe2\x80\xaex",
    ],
  ],
  arbitrary: fc.tuple(
    fc.constantFrom(...HEADS),
    fc.array(fc.constantFrom(SERVICE, ...POINTERS, ...KINDS, "\0\x02"), { maxLength: 40 }),
  )
    .map(([head, parts]) => head + parts.join("")),
  open: pure(run),
};

/** A machine with the real link code on sockets of the test. */
class FuzzedMachine extends FakeMachine {
  readonly sockets: FakeSocket[] = [];

  override open(on: NetworkInterface, options: MulticastLinkOptions): MulticastLink {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    const link = openLink(socket as unknown as Socket, on, options, () => this.now());
    socket.bound();
    return link;
  }
}

/** An announced server and a searching client get a packet from a stranger: neither throws, and both keep working. */
async function run(input: string): Promise<string> {
  const lan = new FakeLan();
  const machine = new FuzzedMachine(lan, [HERE], 0);
  const stop = new AbortController();
  const troubles: unknown[] = [];
  const found = new Map<string, NearbyServer>();
  const titles: string[] = [];
  const both = { signal: stop.signal, onError: (error: unknown) => void troubles.push(error), network: machine };
  const announcing = announceNearby(SERVER, { ...both, onAnnounced: (title) => titles.push(title) });
  const finding = findNearby({
    ...both,
    onFound: (server) => found.set(`${server.host} ${server.port}`, check(server)),
  });
  lan.advance(ANNOUNCED_MS);
  const before = await sent(machine);
  const bytes = toBytes(input.slice(0, MAX_NEARBY_PACKET_BYTES));
  for (const socket of machine.sockets) socket.hear(bytes);
  // Not as far as the next unsolicited packet.
  lan.advance(999);
  const answers = await sent(machine) - before;
  lan.advance(NEARBY_TTL_SECONDS * 1_000);
  stop.abort();
  await Promise.all([announcing, finding]);
  assertEquals([troubles, lan.timers], [[], 0]);
  assert(found.size <= MAX_NEARBY_SERVERS && answers <= MAX_ANSWERS, `${found.size} servers, ${answers} answers`);
  return `${few(found.size)} found, ${answers > 0 ? "answered" : "silent"}, ${
    titles.length > 1 ? "renamed" : "kept its title"
  }`;
}

/** Returns the number of packets that both sent so far. Links send in a later turn. */
async function sent({ sockets }: FuzzedMachine): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return sockets.reduce((sum, socket) => sum + socket.sent.length, 0);
}

function check(server: NearbyServer): NearbyServer {
  const { title, host, port, fingerprint } = server;
  assertHarmlessLine(title);
  assert(title !== "" && new TextEncoder().encode(title).length <= MAX_NEARBY_TITLE_BYTES, title);
  assert(
    /^[\d.]+$|^[\da-f:]+$/i.test(host) && Number.isInteger(port) && port >= 1 && port <= 65_535,
    `${host} ${port}`,
  );
  assert(fingerprint === undefined || isFingerprint(fingerprint), fingerprint);
  return server;
}

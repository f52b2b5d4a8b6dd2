import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ClusterLinks } from "../../../src/cluster/link/cluster_links.ts";
import { clientMessage, openingRequest } from "../../../src/framing/websocket/client_socket.ts";
import { BINARY, PING, TEXT } from "../../../src/framing/websocket/websocket.ts";
import { LINK_PROOF_MS, MAX_UNPROVEN_LINKS, MAX_UNPROVEN_LINKS_PER_ADDRESS } from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { MemoryLink } from "../../helpers/memory_link.ts";
import { KEY, randomBytes, until } from "../../cluster/link/link_ends.ts";
import { Stage } from "../stage.ts";

const MASK = new Uint8Array(4);
const HELLO = clientMessage(BINARY, new Uint8Array(33).with(0, 1), MASK);
const ENCODER = new TextEncoder();

function linksOn(clock: FakeClock): ClusterLinks {
  const links = new ClusterLinks({
    ...{ secret: { key: KEY, cluster: "chat" }, clock, randomBytes: randomBytes(3), random: () => 0.5 },
    dial: () => Promise.reject(new Error("nobody")),
    newId: () => crypto.randomUUID(),
    report() {},
  });
  links.update({ own: 1, others: [] });
  return links;
}

/** A server with links, and connections to its path of links. */
class LinkStage implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly links = linksOn(this.clock);
  readonly stage = new Stage({ links: this.links, attemptsPerAddress: 0 });

  /** Opens a WebSocket, and resolves when the server has answered. */
  async dial(address?: string, hasOrigin = false): Promise<MemoryLink> {
    const guest = address === undefined ? this.stage.dial() : this.stage.dialFrom(address);
    const link = new MemoryLink(guest.connection, guest.rest());
    await link.write(openingRequest("/cluster", "localhost", new Uint8Array(16), hasOrigin));
    await until(() => link.text.includes("\r\n\r\n"));
    return link;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
    await this.links.close();
    assertEquals(this.clock.timers, 0);
  }
}

/** Resolves when the server has ended the connection. */
async function ended(link: MemoryLink): Promise<void> {
  const buffer = new Uint8Array(1_000);
  while (await link.read(buffer) !== null);
}

Deno.test("a server in no cluster has no path for links, and pages may not open one", async () => {
  await using alone = new Stage();
  const guest = alone.dial();
  const none = new MemoryLink(guest.connection, guest.rest());
  await none.write(openingRequest("/cluster", "localhost", new Uint8Array(16)));
  await ended(none);
  assertStringIncludes(none.text, "HTTP/1.1 404");
  await using scene = new LinkStage();
  const page = await scene.dial(undefined, true);
  await ended(page);
  assertStringIncludes(page.text, "HTTP/1.1 403");
  assertStringIncludes((await scene.dial()).text, "HTTP/1.1 101");
});

Deno.test("a request without a WebSocket, and one that posts, open no link", async () => {
  for (const [method, status] of [["GET", 426], ["POST", 405]] as const) {
    await using scene = new LinkStage();
    const guest = scene.stage.dial();
    const link = new MemoryLink(guest.connection, guest.rest());
    await link.write(ENCODER.encode(`${method} /cluster HTTP/1.1\r\nHost: localhost\r\n\r\n`));
    await ended(link);
    assertStringIncludes(link.text, `HTTP/1.1 ${status}`);
  }
});

Deno.test("of links without a proof, few are open from one address, and others get in", async () => {
  await using scene = new LinkStage();
  const open: MemoryLink[] = [];
  for (let nth = 0; nth < MAX_UNPROVEN_LINKS_PER_ADDRESS; nth++) open.push(await scene.dial("192.0.2.1"));
  for (const link of open) await link.write(HELLO);
  for (let nth = 0; nth < 10; nth++) await ended(await scene.dial("192.0.2.1"));
  const other = await scene.dial("192.0.2.2");
  await other.write(HELLO);
  await until(() => other.text.length > 33 + other.text.indexOf("\r\n\r\n"));
  scene.clock.advance(LINK_PROOF_MS);
  await Promise.all([...open, other].map(ended));
  const again = await scene.dial("192.0.2.1");
  await again.write(HELLO);
  await until(() => again.text.length > 33 + again.text.indexOf("\r\n\r\n"));
});

Deno.test("of links without a proof, no more than a bound are open from all addresses", async () => {
  await using scene = new LinkStage();
  const open: MemoryLink[] = [];
  for (let nth = 0; nth < MAX_UNPROVEN_LINKS; nth++) open.push(await scene.dial(`192.0.2.${nth + 1}`));
  await ended(await scene.dial("198.51.100.1"));
  scene.clock.advance(LINK_PROOF_MS);
  await Promise.all(open.map(ended));
});

Deno.test("an end without the key is told nothing but random bytes, whatever it sends", async () => {
  const firsts: Uint8Array[] = [
    clientMessage(TEXT, ENCODER.encode("{}"), MASK),
    clientMessage(BINARY, new Uint8Array(0), MASK),
    clientMessage(BINARY, new Uint8Array(32), MASK),
    clientMessage(BINARY, new Uint8Array(60_000).fill(1), MASK),
    new Uint8Array([...HELLO, ...HELLO]),
    new Uint8Array([...HELLO, ...clientMessage(BINARY, new Uint8Array(24), MASK)]),
    clientMessage(PING, new Uint8Array(126), MASK),
  ];
  for (const first of firsts) {
    await using scene = new LinkStage();
    const link = await scene.dial();
    await link.write(first);
    await ended(link);
    const body = link.text.slice(link.text.indexOf("\r\n\r\n") + 4);
    // Its random bytes, if the first frame was right, and the end of the WebSocket.
    assert([4, 4 + 35].includes(body.length), `${body.length} bytes`);
  }
});

Deno.test("a ping is answered before the proof, as in any WebSocket", async () => {
  await using scene = new LinkStage();
  const link = await scene.dial();
  await link.write(clientMessage(PING, new Uint8Array(2), MASK));
  await until(() => link.text.endsWith("\x8a\x02\0\0"));
  link.close();
});

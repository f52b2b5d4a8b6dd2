import { assert, assertEquals, assertRejects } from "@std/assert";
import type { StraightOffer } from "../../../src/client/direct/straight_offers.ts";
import { StraightTransfers } from "../../../src/client/direct/straight_transfers.ts";
import type { StraightPorts } from "../../../src/client/direct/straight_ports.ts";
import { systemClock } from "../../../src/client/clock.ts";
import { FileTransfers } from "../../../src/client/files/file_transfers.ts";
import { initialState } from "../../../src/client/state/client_state.ts";
import { straightPorts } from "../../../src/cli/files/direct_listener.ts";
import { MAX_DIRECT_OFFERS_PER_MEMBER } from "../../../src/protocol/limits.ts";
import type { ClientCommand, DirectCommand, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { bytesOf, makeHash, MemorySink, sha256Of, sourceOf } from "../files/fake_link.ts";

const BYTES = bytesOf(300_001);

/** A client of a chat in which two members pass steps to each other. */
class Peer {
  readonly steps: DirectCommand[] = [];
  readonly offers: StraightOffer[] = [];
  readonly withdrawn: StraightOffer[] = [];
  readonly transfers: FileTransfers;
  readonly straight: StraightTransfers;
  other!: Peer;
  /** Called before a step is passed on. Returns what arrives in its place. */
  passing: (step: DirectCommand) => DirectCommand | undefined = (step) => step;
  #offered = Promise.withResolvers<StraightOffer>();
  readonly #receive: (event: ServerEvent) => void;

  constructor(readonly name: string, ports: StraightPorts = straightPorts) {
    const command = (command: ClientCommand) => {
      if (command.type === "direct") this.#send(command);
      return true;
    };
    const client = () => ({ command, send: () => "", save: () => {}, uploads: undefined });
    const parts = { client, makeHash, clock: systemClock, random: () => 0 };
    this.transfers = new FileTransfers({ ...parts, openLink: () => Promise.reject(new Error("no server")) });
    this.straight = new StraightTransfers({
      ...{ ...parts, transfers: this.transfers, ports, newId: () => crypto.randomUUID() },
      offered: (offer) => {
        this.offers.push(offer);
        this.#offered.resolve(offer);
      },
      withdrawn: (offer) => void this.withdrawn.push(offer),
    });
    const follow = this.straight.following(() => {});
    this.#receive = (event) => follow({ type: "received", line: "", event }, initialState, initialState);
  }

  get offered(): Promise<StraightOffer> {
    return this.#offered.promise;
  }

  get named(): string[] {
    return this.steps.map(({ step }) => step);
  }

  #send(step: DirectCommand): void {
    this.steps.push(step);
    const { to: _, ref, ...rest } = this.passing(step) ?? step;
    if (step.to === "nobody") return this.#receive({ type: "error", ref, code: "no_such_member", message: "Nobody" });
    const from = { id: `id of ${this.name}`, name: this.name };
    queueMicrotask(() => this.other.receive({ ...rest, from }));
  }

  receive(event: ServerEvent): void {
    this.#receive(event);
  }

  stop(): void {
    this.straight.stop();
  }
}

function pair(ports?: StraightPorts): { ada: Peer; bob: Peer } & Disposable {
  const [ada, bob] = [new Peer("ada", ports), new Peer("bob", ports)];
  [ada.other, bob.other] = [bob, ada];
  return {
    ada,
    bob,
    [Symbol.dispose]: () => {
      ada.stop();
      bob.stop();
    },
  };
}

Deno.test("a file goes straight to a member who accepts it, over TLS, and both know when it has arrived", async () => {
  using peers = pair();
  const { ada, bob } = peers;
  const source = sourceOf(BYTES, "plan.bin");
  const sent = ada.straight.send(source, "bob");
  const offer = await bob.offered;
  assertEquals([offer.name, offer.size, offer.from.name], ["plan.bin", BYTES.length, "ada"]);
  assert(ada.transfers.states[0]!.reason?.includes("has not accepted yet"));
  const sink = new MemorySink();
  const hashes: string[] = [];
  await bob.straight.accept(offer, (sha256) => {
    hashes.push(sha256);
    assertEquals(bob.transfers.states[0]!.stage, "running");
    return Promise.resolve(sink);
  });
  await sent;
  assertEquals(sha256Of(sink.bytes), sha256Of(BYTES));
  assertEquals(hashes, [sha256Of(BYTES)]);
  assertEquals([ada.named, bob.named], [["offer", "ready"], ["accept", "done"]]);
  assertEquals([source.closed, ada.transfers.states, bob.straight.offers], [true, [], []]);
});

Deno.test("the addresses of the sender leave its machine only after the receiver has accepted", async () => {
  using peers = pair();
  const { ada, bob } = peers;
  const sent = ada.straight.send(sourceOf(BYTES, "a.bin"), "bob");
  bob.straight.decline(await bob.offered);
  await assertRejects(() => sent, Error, "bob has declined it");
  assertEquals([ada.named, bob.named], [["offer"], ["decline"]]);
  assert(!JSON.stringify(ada.steps).includes("hosts"));
});

Deno.test("a part that is there is not sent again, and a link that breaks is opened again", async () => {
  let links = 0;
  const ports: StraightPorts = {
    listen: straightPorts.listen,
    dial: async (...place) => {
      const link = await straightPorts.dial(...place);
      links++;
      if (links > 1) return link;
      let left = 100_000;
      const read = async (buffer: Uint8Array) => {
        if (left <= 0) throw new Error("broken");
        const count = await link.read(buffer.subarray(0, left));
        left -= count ?? 0;
        return count;
      };
      return { read, write: link.write.bind(link), close: link.close.bind(link) };
    },
  };
  using peers = pair(ports);
  const { ada, bob } = peers;
  const sent = ada.straight.send(sourceOf(BYTES, "a.bin"), "bob");
  const sink = new MemorySink();
  await sink.append(BYTES.subarray(0, 100_000));
  await bob.straight.accept(await bob.offered, () => Promise.resolve(sink));
  await sent;
  assertEquals([sha256Of(sink.bytes), links], [sha256Of(BYTES), 2]);
});

Deno.test("a sender that cannot be reached is told so, with its addresses", async () => {
  const listening: StraightPorts["listen"] = async () => {
    const listener = await straightPorts.listen();
    listener.close();
    return { ...listener, hosts: ["127.0.0.1", "127.0.0.2"] };
  };
  using peers = pair({ ...straightPorts, listen: listening });
  const { ada, bob } = peers;
  const sent = ada.straight.send(sourceOf(BYTES, "a.bin"), "bob");
  const failed = assertRejects(
    () => sent,
    Error,
    "bob could not receive it: ada cannot be reached from here at 127.0.0.1:",
  );
  const offer = await bob.offered;
  await assertRejects(() => bob.straight.accept(offer, () => Promise.resolve(new MemorySink())), Error, "127.0.0.2:");
  await failed;
});

Deno.test("a certificate other than the announced one, and other bytes than those of the hash, are refused", async () => {
  using peers = pair();
  const { ada, bob } = peers;
  const other = await straightPorts.listen();
  other.close();
  ada.passing = (step) => step.step === "ready" ? { ...step, certificate: other.certificate } : step;
  const sent = ada.straight.send(sourceOf(BYTES, "a.bin"), "bob");
  const failed = assertRejects(() => sent, Error, "could not receive it");
  const offer = await bob.offered;
  await assertRejects(() => bob.straight.accept(offer, () => Promise.resolve(new MemorySink())), Error, "be reached");
  await failed;
});

Deno.test("bytes with another hash are not saved", async () => {
  using peers = pair();
  const { ada, bob } = peers;
  ada.passing = (step) => step.step === "ready" ? { ...step, sha256: sha256Of(BYTES.subarray(1)) } : step;
  const sent = ada.straight.send(sourceOf(BYTES, "a.bin"), "bob");
  const failed = assertRejects(() => sent, Error, "its SHA-256 differs");
  const offer = await bob.offered;
  const accepting = () => bob.straight.accept(offer, () => Promise.resolve(new MemorySink()));
  await assertRejects(accepting, Error, "its SHA-256 differs");
  await failed;
});

Deno.test("either side cancels, before it is accepted and after that", async () => {
  using peers = pair();
  const { ada, bob } = peers;
  const sent = ada.straight.send(sourceOf(BYTES, "a.bin"), "bob");
  const offer = await bob.offered;
  ada.transfers.cancel();
  await assertRejects(() => sent, Error, "Cancelled");
  assertEquals([bob.withdrawn, bob.straight.offers], [[offer], []]);
  using others = pair({ ...straightPorts, dial: () => new Promise(() => {}) });
  const again = others.ada.straight.send(sourceOf(BYTES, "b.bin"), "bob");
  const failed = assertRejects(() => again, Error, "bob has cancelled it");
  const second = await others.bob.offered;
  const accepted = others.bob.straight.accept(second, () => Promise.resolve(new MemorySink()));
  others.bob.transfers.cancel();
  await assertRejects(() => accepted, Error);
  await failed;
});

Deno.test("an answer of another device of the receiver, and a step of another member, do not end a transfer", async () => {
  using peers = pair();
  const { ada, bob } = peers;
  const sent = ada.straight.send(sourceOf(BYTES, "a.bin"), "bob");
  const offer = await bob.offered;
  const from = { id: "id of bob", name: "bob" };
  ada.passing = (step) => {
    if (step.step !== "ready") return step;
    for (const late of ["accept", "decline"] as const) ada.receive({ type: "direct", from, id: offer.id, step: late });
    ada.receive({ type: "direct", from: { id: "id of eve", name: "eve" }, id: offer.id, step: "cancel" });
    return step;
  };
  const sink = new MemorySink();
  await bob.straight.accept(offer, () => Promise.resolve(sink));
  await sent;
  assertEquals(sha256Of(sink.bytes), sha256Of(BYTES));
});

Deno.test("an unknown member is an error at once, and offers beyond the limit are not shown", async () => {
  using peers = pair();
  const { ada, bob } = peers;
  await assertRejects(() => ada.straight.send(sourceOf(BYTES, "a.bin"), "nobody"), Error, "Nobody");
  const sending = Array.from(
    { length: MAX_DIRECT_OFFERS_PER_MEMBER + 1 },
    (_, nth) => ada.straight.send(sourceOf(BYTES, `${nth}.bin`), "bob").catch((error: Error) => error.message),
  );
  await bob.offered;
  ada.transfers.cancel();
  assertEquals(await Promise.all(sending), sending.map(() => "Cancelled"));
  assertEquals(bob.offers.length, MAX_DIRECT_OFFERS_PER_MEMBER);
});

Deno.test("steps of unknown transfers, and a withdrawal by another member, are ignored", async () => {
  using peers = pair();
  const { ada, bob } = peers;
  const from = { id: "id of eve", name: "eve" };
  const id = crypto.randomUUID();
  for (const step of ["accept", "ready", "done", "failed", "cancel", "decline"] as const) {
    bob.receive({ type: "direct", from, id, step });
  }
  const sent = ada.straight.send(sourceOf(BYTES, "a.bin"), "bob").catch(() => {});
  const offer = await bob.offered;
  bob.receive({ type: "direct", from, id: offer.id, step: "cancel" });
  assertEquals([bob.straight.offers, bob.named], [[offer], []]);
  ada.transfers.cancel();
  await sent;
});

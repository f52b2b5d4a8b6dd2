import { assertEquals } from "@std/assert";
import type { ClientIdentity, JoinChallenge, ProofFields } from "../../../src/protocol/identity/join_proof.ts";
import { FakeMemory } from "../fake_memory.ts";
import { ADA, Harness, joined, welcome } from "../harness.ts";

const WELCOME = { ...welcome(), chat: "s-1", nonce: "n-1", tls: "f-1" };
const PROOF: ProofFields = { key: "k", signature: "s", host: "localhost" };
const JOIN = { type: "join", ref: "join lobby", room: "lobby", name: "ada" } as const;

/** A client with a key that the test proves, and its link before `welcome`. */
async function start(memory?: FakeMemory) {
  const challenges: JoinChallenge[] = [];
  const renewals: boolean[] = [];
  const proofs = [0, 1].map(() => Promise.withResolvers<ProofFields | undefined>());
  let [asked, proved] = [0, 0];
  const identity: ClientIdentity = {
    prove: (challenge, renew) => {
      challenges.push(challenge);
      renewals.push(renew);
      return proofs[asked++]!.promise;
    },
    sign: () => Promise.reject(new Error("Nothing is signed here")),
  };
  const harness = new Harness({ identity, memory });
  harness.client.start();
  const server = await harness.dialed();
  assertEquals(await server.next(), { type: "ping" });
  const prove = (proof: ProofFields | undefined) => proofs[proved++]!.resolve(proof);
  return { harness, server, challenges, renewals, prove };
}

Deno.test("a client with a key proves it for the challenge of each link, and joins then", async () => {
  const { harness, server, challenges, prove } = await start();
  server.send(WELCOME);
  assertEquals(await server.commands(), []);
  assertEquals(challenges, [{ chat: "s-1", nonce: "n-1", tls: "f-1" }]);
  prove(PROOF);
  assertEquals(await server.next(), { ...JOIN, ...PROOF });
  server.send(joined("lobby", { you: ADA }));
  const next = await harness.redial(server);
  assertEquals(await next.next(), { type: "ping" });
  next.send({ ...WELCOME, nonce: "n-2" });
  prove({ ...PROOF, signature: "s2" });
  assertEquals(await next.next(), { ...JOIN, ...PROOF, signature: "s2", after: "" });
  next.send(joined("lobby", { you: ADA }));
  await harness.finish(next);
});

Deno.test("an accepted key takes the place of the token in the client's memory", async () => {
  const memory = new FakeMemory();
  memory.save({ name: "ada", token: "t-0", serverId: "s-1", lastSeqs: [], pending: [] });
  const { harness, server, prove } = await start(memory);
  server.send(WELCOME);
  prove(PROOF);
  assertEquals(await server.next(), { ...JOIN, token: "t-0", ...PROOF });
  server.send(joined("lobby", { you: ADA }));
  await server.commands();
  await harness.finish(server);
  assertEquals(memory.load()?.token, undefined);
});

Deno.test("without a challenge, or without a key, the client joins as before", async () => {
  const { harness, server, challenges, prove } = await start();
  server.send(welcome());
  assertEquals(await server.next(), JOIN);
  assertEquals(challenges, []);
  server.send(joined());
  const next = await harness.redial(server);
  await next.next();
  next.send(WELCOME);
  prove(undefined);
  assertEquals(await next.next(), { ...JOIN, token: "t-1", after: "" });
  next.send(joined());
  await harness.finish(next);
});

Deno.test("a client whose proof is refused joins without it on this link, and its user sees no error", async () => {
  const { harness, server, prove } = await start();
  server.send(WELCOME);
  prove(PROOF);
  assertEquals(await server.next(), { ...JOIN, ...PROOF });
  server.send({ type: "error", ref: "join lobby", code: "bad_signature", message: "Another host" });
  assertEquals(await server.next(), JOIN);
  server.send(joined());
  await server.commands();
  assertEquals(harness.client.status.kind, "online");
  const errors = harness.events.filter((event) => event.type === "received" && event.event?.type === "error");
  assertEquals(errors, []);
  await harness.finish(server);
});

Deno.test("a proof that is late for its link is not used on the next one", async () => {
  const { harness, server, prove } = await start();
  server.send(welcome());
  assertEquals(await server.next(), JOIN);
  server.send(joined());
  const slow = await harness.redial(server);
  await slow.next();
  slow.send(WELCOME);
  assertEquals(await slow.commands(), []);
  const next = await harness.redial(slow);
  prove(PROOF);
  await next.next();
  next.send(welcome());
  assertEquals(await next.next(), { ...JOIN, token: "t-1", after: "" });
  next.send(joined());
  await harness.finish(next);
});

Deno.test("a member whom the server knows by the key is told if it refuses the proof", async () => {
  const { harness, server, prove } = await start();
  server.send(WELCOME);
  prove(PROOF);
  await server.next();
  server.send(joined("lobby", { you: ADA }));
  const next = await harness.redial(server);
  prove(PROOF);
  await next.next();
  next.send(WELCOME);
  await next.next();
  next.send({ type: "error", ref: "join lobby", code: "bad_signature", message: "Another host" });
  assertEquals(await next.next(), { ...JOIN, after: "" });
  const errors = harness.received.flatMap((event) => event?.type === "error" ? [event.message] : []);
  assertEquals(errors, ["Another host"]);
  next.send(joined());
  await harness.finish(next);
});

Deno.test("a client that has become another member asks for another key", async () => {
  const { harness, server, renewals, prove } = await start();
  server.send(WELCOME);
  prove(PROOF);
  await server.next();
  server.send(joined("lobby", { you: ADA }));
  await server.commands();
  harness.client.login("ada.l", "a password");
  assertEquals((await server.next())?.type, "auth");
  server.send({ type: "authenticated", ref: "login", role: "member", name: "ada.l", token: "t-9" });
  assertEquals(await server.next(), { type: "leave" });
  server.send({ type: "goodbye", reason: "left" });
  const next = await harness.dialed();
  prove({ ...PROOF, key: "k2" });
  await next.next();
  next.send(WELCOME);
  assertEquals(await next.next(), { ...JOIN, name: "ada.l", token: "t-9", ...PROOF, key: "k2", after: "" });
  assertEquals(renewals, [false, true]);
  next.send(joined("lobby", { you: { ...ADA, name: "ada.l" } }));
  await harness.finish(next);
});

Deno.test("a server that welcomes again and again gets one signature for each link", async () => {
  const { harness, server, challenges, prove } = await start();
  server.send(...Array.from({ length: 20 }, (_, index) => ({ ...WELCOME, nonce: `n-${index}` })));
  prove(PROOF);
  assertEquals(await server.next(), { ...JOIN, ...PROOF });
  server.send(WELCOME, joined("lobby", { you: ADA }));
  await server.commands();
  assertEquals(challenges.map(({ nonce }) => nonce), ["n-0"]);
  await harness.finish(server);
});

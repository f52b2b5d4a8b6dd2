import { assert, assertEquals } from "@std/assert";
import { hostText } from "../../src/protocol/hosts/host_proof.ts";
import { isGenuine } from "../../src/server/turn/key_proof.ts";
import { Stage } from "../server/stage.ts";
import { HostStage, KeyOwner } from "./copy_stage.ts";

const NONCE = "A".repeat(22);

Deno.test("a host proves itself once on each connection, for the nonces of both ends, before anybody joins", async () => {
  await using stage = new HostStage();
  const guest = stage.dial();
  await guest.say({ type: "prove", ref: "p", nonce: NONCE }, { type: "prove", ref: "q", nonce: NONCE });
  const { chat, nonce, hosted } = await guest.until("welcome");
  const { key: chatKey, term, host: { key }, signature, ref } = await guest.until("hosting");
  assertEquals([ref, term, hosted], ["p", 3, { key: chatKey, term, host: { key, name: "ada" } }]);
  const proof = { chat: chat!, chatKey, term, key, clientNonce: NONCE, serverNonce: nonce! };
  assert(isGenuine(key, hostText(proof), signature));
  const { code, ref: second } = await guest.until("error");
  assertEquals([code, second], ["forbidden", "q"]);
  const another = stage.dial();
  await another.say({ type: "prove", nonce: NONCE });
  const other = await another.until("hosting");
  assert(!isGenuine(key, hostText(proof), other.signature));
});

Deno.test("members learn who hosts after they have joined, and when the candidates change", async () => {
  await using stage = new HostStage();
  const ada = new KeyOwner();
  const { guest, id } = await stage.joinWith(ada, "bob");
  stage.pass(1_000);
  const first = await guest.until("hosts");
  assertEquals([first.host.name, first.term, first.candidates, first.copies], ["ada", 3, [], 0]);
  stage.pass(1_000);
  const candidate = { key: ada.key, name: "bob", member: id, addresses: ["192.0.2.7:5050"], state: "ready" as const };
  stage.candidates.push(candidate);
  stage.pass(1_000);
  const events = (await guest.events()).filter(({ type }) => type === "hosts");
  assertEquals(events.map((event) => (event as typeof first).candidates), [[candidate]]);
  await guest.say({ type: "hosts", ref: "h" });
  assertEquals((await guest.until("hosts")).ref, "h");
});

Deno.test("only an owner hands the chat over", async () => {
  await using stage = new HostStage();
  const { guest } = await stage.joinWith(new KeyOwner(), "bob");
  await guest.say({ type: "host", to: "bob", ref: "x" });
  assertEquals((await guest.until("error")).code, "forbidden");
  const owner = stage.dialAsOwner();
  await owner.say({ type: "join", name: "op", room: "lobby" }, { type: "host", to: "bob" });
  await owner.events();
  assertEquals(stage.handedTo, ["bob"]);
});

Deno.test("a chat that is not shared has no hosts to ask about", async () => {
  await using stage = new Stage();
  const guest = await stage.join("ada");
  await guest.say({ type: "prove", nonce: NONCE }, { type: "hosts" }, { type: "host", to: "ada" });
  for (let n = 0; n < 3; n++) assertEquals((await guest.until("error")).code, "not_shared");
});

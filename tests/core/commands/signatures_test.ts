/** Signatures of messages and changes: the hub stores them, passes them on, and checks none. */

import { assertEquals } from "@std/assert";
import { signatureOf } from "../../../src/protocol/identity/entry_signature.ts";
import type { RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { UuidSource } from "../../../src/protocol/uuid.ts";
import { signature } from "../../contracts/changes_contract.ts";
import { type Of, Stage, START } from "../stage.ts";

const ids = new UuidSource({ fill: (bytes) => crypto.getRandomValues(bytes) });
const THUMB = "\u{1f44d}";

function scene() {
  const stage = new Stage();
  const ada = stage.join("ada");
  const bob = stage.join("bob");
  stage.events(ada);
  stage.events(bob);
  return { stage, ada, bob };
}

Deno.test("the signature of a message or change is stored and reaches the author and the others", () => {
  const { stage, ada, bob } = scene();
  stage.say(ada, { type: "message", id: ids.next(START), text: "tea", ...signature(1) });
  stage.say(ada, { type: "edit", room: "lobby", id: ids.next(START), text: "green tea", of: 1, ...signature(2) });
  stage.say(bob, { type: "react", room: "lobby", id: ids.next(START), emoji: THUMB, of: 1, ...signature(3) });
  stage.say(ada, { type: "delete", room: "lobby", id: ids.next(START), of: 1, ...signature(4) });
  const expected = [1, 2, 3, 4].map(signature);
  assertEquals(stage.stored.map(signatureOf), expected);
  for (const session of [ada, bob]) {
    assertEquals(stage.events(session).map((event) => signatureOf(event as RoomMessage)), expected);
  }
});

Deno.test("the signature of a direct message reaches its receiver", () => {
  const { stage, ada, bob } = scene();
  stage.say(ada, { type: "message", to: "bob", id: ids.next(START), text: "psst", ...signature(1) });
  const [message] = stage.events(bob) as Of<"message">[];
  assertEquals(signatureOf(message!), signature(1));
});

Deno.test("a message without a signature has no field of one", () => {
  const { stage, ada, bob } = scene();
  stage.say(ada, { type: "message", text: "tea" });
  const [message] = stage.events(bob);
  assertEquals(["signature", "key", "time"].filter((field) => field in message!), []);
});

Deno.test("a repeat with another signature is acknowledged as before, and the first signature stays", () => {
  const { stage, ada } = scene();
  const command = { type: "message", id: ids.next(START), ref: "r", text: "tea" };
  stage.say(ada, { ...command, ...signature(1) });
  stage.say(ada, { ...command, ref: "again", ...signature(2) });
  assertEquals(stage.stored.map(signatureOf), [signature(1)]);
  assertEquals(stage.events(ada).filter(({ type }) => type === "ack").length, 2);
});

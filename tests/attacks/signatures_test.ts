/** An author who sends false signatures: the others get the messages as fast as ever, and only the check costs them. */

import { assertEquals } from "@std/assert";
import { Client } from "../../src/client/client.ts";
import { dialTcp } from "../../src/transports/tcp.ts";
import { createVerifier } from "../../src/identity/key_choice.ts";
import type { ServerEvent } from "../../src/protocol/messages/messages.ts";
import { UuidSource } from "../../src/protocol/uuid.ts";
import { signature } from "../contracts/changes_contract.ts";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";

const MESSAGES = 300;
const KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

const ids = new UuidSource({ fill: (bytes) => crypto.getRandomValues(bytes) });

Deno.test("of many false signatures each is warned of once, after all messages are shown in their order", async () => {
  await using server = await serve("--memory", "--rate", "0");
  const shown: string[] = [];
  const warned: string[] = [];
  const joined = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const isText = (event: ServerEvent | undefined) => event?.type === "message";
  const reader = new Client({
    dial: (signal) => dialTcp("127.0.0.1", Number(server.port), signal),
    name: "ada",
    acceptSuggestion: false,
    rooms: ["lobby"],
    verify: createVerifier(),
    onEvent: (event) => {
      if (event.type === "status" && event.status.kind === "online") joined.resolve();
      if (event.type === "received" && isText(event.event)) shown.push((event.event as { text: string }).text);
      if (event.type === "falseSignature" && "text" in event.entry) warned.push(event.entry.text!);
      if (warned.length === MESSAGES) done.resolve();
    },
  });
  reader.start();
  await joined.promise;
  await using eve = await Peer.join(server.address, "eve");
  const texts = Array.from({ length: MESSAGES }, (_, nth) => `message ${nth}`);
  for (const text of texts) {
    await eve.send({ type: "message", id: ids.next(Date.now()), text, ...signature(1), key: KEY });
  }
  await done.promise;
  assertEquals(shown, texts);
  assertEquals(warned.toSorted(), texts.toSorted());
  await reader.close();
});

Deno.test("what is no signature is refused, stores nothing, and the connection goes on", async () => {
  await using server = await serve("--memory");
  await using eve = await Peer.join(server.address, "eve");
  const id = ids.next(Date.now());
  const wrong = [
    { signature: "s".repeat(60_000) },
    { key: `${"A".repeat(42)}B` },
    { time: "9999-99-99T99:99:99.999Z" },
    { time: undefined },
    { id: undefined },
  ];
  for (const [nth, fields] of wrong.entries()) {
    await eve.send({ type: "message", id, text: "tea", ...signature(1), ...fields, ref: `w${nth}` });
    assertEquals((await eve.next({ ref: `w${nth}` })).code, "invalid");
  }
  await eve.send({ type: "message", id, text: "tea", ...signature(1), ref: "right" });
  assertEquals((await eve.next({ ref: "right" })).seq, 1);
});

/** Thieves of keys against the real program: replayed and relayed signatures, used nonces, and texts that are no keys. */

import { assert, assertEquals } from "@std/assert";
import { signText } from "../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";
import { toBase64Url } from "../../src/protocol/identity/base64url.ts";
import { joinText } from "../../src/protocol/identity/signed_text.ts";
import { serve } from "../helpers/e2e.ts";
import { ask, outcome } from "./password_scene.ts";
import { type Told, Wire } from "./wire.ts";

const SIGNING = await WEB_CRYPTO_KEYS.makeSigningKey(true);
const KEY = toBase64Url(SIGNING.publicKey);

/** Connects, and returns the connection with the server's challenge. */
async function greet(address: string): Promise<{ readonly wire: Wire; readonly welcome: Told }> {
  const wire = await Wire.dial(address);
  await wire.send({ type: "ping" });
  return { wire, welcome: await wire.until(({ type }) => type === "welcome") };
}

/** A join with a signature for that challenge, as a client makes it that dialed `host`. */
async function joinFor({ chat, nonce }: Told, host: string): Promise<object> {
  const text = joinText({ chat: String(chat), nonce: String(nonce), host, key: KEY });
  return { type: "join", name: "ada", key: KEY, host, signature: await signText(SIGNING, text) };
}

Deno.test("only the holder of a key becomes its member, on the connection and at the server that it signed for", async () => {
  await using server = await serve("--memory");
  const address = `127.0.0.1:${server.port}`;
  const first = await greet(address);
  using ada = first.wire;
  const proof = await joinFor(first.welcome, "localhost");
  const { you } = await ask(ada, proof) as { you?: Told };
  assert(you !== undefined && !("token" in you));

  const second = await greet(address);
  using replay = second.wire;
  assertEquals(await outcome(replay, proof), "bad_signature");
  // The nonce is used now, also for the holder of the key.
  assertEquals(await outcome(replay, await joinFor(second.welcome, "localhost")), "bad_signature");

  const third = await greet(address);
  using relay = third.wire;
  // The client dialed a hostile server, which passed on the real one's challenge.
  assertEquals(await outcome(relay, await joinFor(third.welcome, "evil.example.net")), "bad_signature");
  const sixth = await greet(address);
  using byAddress = sixth.wire;
  assertEquals(await outcome(byAddress, await joinFor(sixth.welcome, "192.0.2.66")), "bad_signature");
  const fourth = await greet(address);
  using liar = fourth.wire;
  const lie = { ...await joinFor(fourth.welcome, "evil.example.net"), host: "localhost" };
  assertEquals(await outcome(liar, lie), "bad_signature");

  const fifth = await greet(address);
  using phone = fifth.wire;
  const again = await ask(phone, await joinFor(fifth.welcome, "localhost")) as { you?: Told };
  assertEquals(again.you?.id, you.id);
  await server.stop();
});

Deno.test("what is no key or no signature is refused before anything is computed, and the connection goes on", async () => {
  await using server = await serve("--memory");
  const { wire, welcome } = await greet(`127.0.0.1:${server.port}`);
  using ada = wire;
  const proof = await joinFor(welcome, "localhost");
  const smallOrder = ["A".repeat(43), "AQ" + "A".repeat(41), "7P" + "_".repeat(40) + "8"];
  for (const key of [...smallOrder, "", KEY.slice(1), `${KEY}A`, `${KEY}=`]) {
    assertEquals(await outcome(ada, { ...proof, key }), "invalid", key);
  }
  for (const signature of ["", "A".repeat(85), "A".repeat(87)]) {
    assertEquals(await outcome(ada, { ...proof, signature }), "invalid");
  }
  assertEquals(await outcome(ada, proof), "joined");
  await server.stop();
});

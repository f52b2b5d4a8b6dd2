import { assert, assertEquals, assertRejects } from "@std/assert";
import { clientIdentity } from "../../src/identity/client_identity.ts";
import { verifyText } from "../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";
import { joinText } from "../../src/protocol/identity/signed_text.ts";
import { MAX_CHATS_PROVED } from "../../src/protocol/limits.ts";

const KEY = await WEB_CRYPTO_KEYS.makeSigningKey(false);

Deno.test("a proof is for the chat, the nonce and the host, and for the certificate if TLS ends at the server", async () => {
  const { prove } = clientIdentity({
    keyFor: () => Promise.resolve(KEY),
    host: () => "localhost",
    seenCertificate: () => "seen",
  });
  for (const [tls, signed] of [["told", "seen"], [undefined, undefined]] as const) {
    const { signature, ...fields } = (await prove({ chat: "c", nonce: "n", tls }, false))!;
    assertEquals([fields.host, fields.tls], ["localhost", signed]);
    const text = joinText({ chat: "c", nonce: "n", ...fields });
    assert(await verifyText(WEB_CRYPTO_KEYS, { key: fields.key, text, signature }));
  }
});

Deno.test("without a key, or with one that cannot be read, nothing is proved", async () => {
  for (const keyFor of [() => Promise.resolve(undefined), () => Promise.reject(new Error("damaged"))]) {
    assertEquals(
      await clientIdentity({ keyFor, host: () => "localhost" }).prove({ chat: "c", nonce: "n" }, false),
      undefined,
    );
  }
});

Deno.test("a server that names another chat at each connection gets no more keys than the limit", async () => {
  const asked: string[] = [];
  const keyFor = (chat: string) => {
    asked.push(chat);
    return Promise.resolve(KEY);
  };
  const { prove } = clientIdentity({ keyFor, host: () => "localhost" });
  const chats = Array.from({ length: MAX_CHATS_PROVED + 5 }, (_, index) => `chat ${index}`);
  for (const chat of chats) await prove({ chat, nonce: "n" }, false);
  assertEquals(asked, chats.slice(0, MAX_CHATS_PROVED));
  assert(await prove({ chat: chats[0]!, nonce: "n" }, false) !== undefined);
});

Deno.test("the identity signs with the key that was proved last, and with none before", async () => {
  const identity = clientIdentity({ keyFor: () => Promise.resolve(KEY), host: () => "localhost" });
  await assertRejects(() => identity.sign("text"));
  const proof = (await identity.prove({ chat: "c", nonce: "n" }, false))!;
  const signed = { key: proof.key, text: "text", signature: await identity.sign("text") };
  assert(await verifyText(WEB_CRYPTO_KEYS, signed));
});

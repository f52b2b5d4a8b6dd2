import { assertEquals } from "@std/assert";
import { signText } from "../../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../../src/identity/web_crypto_keys.ts";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import { toBase64Url } from "../../../src/protocol/identity/base64url.ts";
import { type JoinProof, joinText } from "../../../src/protocol/identity/signed_text.ts";
import { isGenuine, KeyProof } from "../../../src/server/turn/key_proof.ts";

const TLS = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
const OTHER_TLS = "A".repeat(43);
const NAMES = { chat: "c-1", hosts: new Set(["chat.example.org", "198.51.100.1"]) };
/** The address of the server's end of the connection. */
const ADDRESS = "192.0.2.7";
const CHALLENGE = { nonce: "n-1", tls: TLS };
const SIGNING = await WEB_CRYPTO_KEYS.makeSigningKey(true);
const KEY = toBase64Url(SIGNING.publicKey);
const OURS: JoinProof = { chat: "c-1", nonce: "n-1", host: "chat.example.org", tls: TLS, key: KEY };

/** A join whose signature is of `signed`, and whose fields say `told`. */
async function joinOf(signed: Partial<JoinProof> = {}, told: object = {}) {
  const proof = { ...OURS, ...signed };
  const { host, tls } = proof;
  const signature = await signText(SIGNING, joinText(proof));
  return { type: "join" as const, room: "lobby", ref: "r", key: KEY, signature, host, tls, ...told };
}

type Join = Awaited<ReturnType<typeof joinOf>>;

function outcome(proof: KeyProof, join: Partial<Join> & Pick<Join, "type" | "room">): string {
  try {
    proof.check(join, NAMES);
    return "proven";
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    assertEquals(error.details.ref, "r");
    return error.code;
  }
}

async function outcomeOf(signed: Partial<JoinProof> = {}, told: object = {}): Promise<string> {
  return outcome(new KeyProof(CHALLENGE, ADDRESS), await joinOf(signed, told));
}

Deno.test("a signature for this chat, nonce, host and certificate proves the key", async () => {
  assertEquals(await outcomeOf(), "proven");
});

Deno.test("the host or the certificate must be ours: behind a proxy the host, after a renewal the host, elsewhere the certificate", async () => {
  assertEquals(await outcomeOf({ tls: undefined }), "proven");
  assertEquals(await outcomeOf({ tls: OTHER_TLS }), "proven");
  assertEquals(await outcomeOf({ host: "alias.example.net" }), "proven");
  for (const host of ["Chat.Example.org", ADDRESS, "198.51.100.1"]) {
    assertEquals(await outcomeOf({ host, tls: undefined }), "proven", host);
  }
});

Deno.test("a signature that was made for another server proves nothing here", async () => {
  assertEquals(await outcomeOf({ host: "evil.example.net", tls: OTHER_TLS }), "bad_signature");
  assertEquals(await outcomeOf({ host: "evil.example.net", tls: undefined }), "bad_signature");
  // The relaying server tells another host than the client signed.
  assertEquals(await outcomeOf({ host: "evil.example.net" }, { host: "chat.example.org" }), "bad_signature");
  assertEquals(await outcomeOf({ tls: OTHER_TLS }, { tls: TLS }), "bad_signature");
  assertEquals(await outcomeOf({ chat: "c-2" }), "bad_signature");
});

Deno.test("an address that is not the one of this end belongs to another server, and so does localhost elsewhere", async () => {
  for (const host of ["192.0.2.8", "127.0.0.1", "2001:db8::1", "localhost"]) {
    assertEquals(await outcomeOf({ host, tls: undefined }), "bad_signature", host);
  }
  const here: [string | undefined, string][] = [
    ["127.0.0.1", "localhost"],
    ["::1", "localhost"],
    [undefined, "localhost"],
    ["fe80::1%eth0", "fe80::1%wlan0"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:0::1", "2001:db8::1"],
  ];
  for (const [address, host] of here) {
    assertEquals(outcome(new KeyProof(CHALLENGE, address), await joinOf({ host, tls: undefined })), "proven", host);
  }
});

Deno.test("a signature of another connection's nonce is refused", async () => {
  assertEquals(await outcomeOf({ nonce: "n-0" }), "bad_signature");
});

Deno.test("a nonce is good for one signature, true or false", async () => {
  const [good, bad] = [await joinOf(), await joinOf({ nonce: "n-0" })];
  const spent = new KeyProof(CHALLENGE, ADDRESS);
  assertEquals([bad, good, bad].map((join) => outcome(spent, join)), Array(3).fill("bad_signature"));
  const other = await WEB_CRYPTO_KEYS.makeSigningKey(true);
  const key = toBase64Url(other.publicKey);
  const second = { ...good, key, signature: await signText(other, joinText({ ...OURS, key })) };
  const proven = new KeyProof(CHALLENGE, ADDRESS);
  assertEquals([good, good, second, good].map((join) => outcome(proven, join)), [
    "proven",
    "proven",
    "bad_signature",
    "proven",
  ]);
});

Deno.test("a key needs a signature and a host, and uses no nonce without them", async () => {
  const proof = new KeyProof(CHALLENGE, ADDRESS);
  const good = await joinOf();
  assertEquals(outcome(proof, { ...good, signature: undefined }), "invalid");
  assertEquals(outcome(proof, { ...good, host: undefined }), "invalid");
  assertEquals(outcome(proof, good), "proven");
});

Deno.test("the server's check is as strict as that of clients", async () => {
  const text = joinText(OURS);
  const signature = await signText(SIGNING, text);
  assertEquals(isGenuine(KEY, text, signature), true);
  assertEquals(isGenuine(KEY, `${text} `, signature), false);
  const identity = toBase64Url(Uint8Array.from({ length: 32 }, (_, index) => index === 0 ? 1 : 0));
  assertEquals(isGenuine(identity, text, identity.slice(0, 42) + "A".repeat(44)), false);
  // y = 2 is not on the curve.
  assertEquals(isGenuine("Ag" + "A".repeat(41), text, signature), false);
  const order = (1n << 252n) + 27742317777372353535851937790883648493n;
  const bytes = Uint8Array.fromBase64(signature, { alphabet: "base64url" });
  const half = bytes.slice(32).reduceRight((value, byte) => value << 8n | BigInt(byte), 0n) + order;
  bytes.set(Array.from({ length: 32 }, (_, index) => Number(half >> BigInt(8 * index) & 255n)), 32);
  assertEquals(isGenuine(KEY, text, toBase64Url(bytes)), false);
});

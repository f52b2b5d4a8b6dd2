import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { KeyAdmission, openClientKey } from "../../../src/cli/joining/client_key.ts";
import { openClientState } from "../../../src/cli/joining/client_storage.ts";
import { verifyText } from "../../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../../src/identity/web_crypto_keys.ts";
import { joinText } from "../../../src/protocol/identity/signed_text.ts";
import type { Address } from "../../../src/cli/args/address.ts";

const HERE: Address = { kind: "tcp", host: "Chat.Example.org", port: 5050 };
const CHALLENGE = { chat: "c-1", nonce: "n-1", tls: "f-1" };

class Folder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "confab-key-" });
  readonly state = `${this.path}/state`;

  async prove(
    more: {
      name?: string;
      address?: Address;
      chat?: string;
      seen?: string;
      tls?: string;
      renew?: boolean;
      admission?: KeyAdmission;
    } = {},
  ) {
    const { name = "ada", address = HERE, chat = "c-1", seen, renew = false, admission } = more;
    const identity = openClientKey({ folder: this.state, address, name, seenCertificate: () => seen, admission })!;
    return await identity.prove({ ...CHALLENGE, chat, ..."tls" in more ? { tls: more.tls } : {} }, renew);
  }

  get files(): string[] {
    return [...Deno.readDirSync(this.state)].map(({ name }) => `${this.state}/${name}`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("the key is kept for an address, a name and a chat, and others have keys of their own", async () => {
  using folder = new Folder();
  const first = (await folder.prove())!;
  assertEquals((await folder.prove({ name: "ADA" }))?.key, first.key);
  const others = [{ name: "bob" }, { chat: "c-2" }, { address: { ...HERE, port: 5051 } }];
  for (const other of others) assertNotEquals((await folder.prove(other))?.key, first.key);
  assertEquals(folder.files.length, 1 + others.length);
});

Deno.test("the proof is for the dialed host in small letters, and for the certificate that the client saw", async () => {
  using folder = new Folder();
  for (
    const [tls, seen, signed] of [["f-1", "f-1", "f-1"], ["f-1", "f-2", "f-2"], ["f-1", undefined, undefined], [
      undefined,
      "f-1",
      undefined,
    ]] as const
  ) {
    const { signature, ...fields } = (await folder.prove({ seen, tls }))!;
    assertEquals([fields.host, fields.tls], ["chat.example.org", signed]);
    const text = joinText({ chat: "c-1", nonce: "n-1", ...fields });
    assert(await verifyText(WEB_CRYPTO_KEYS, { key: fields.key, text, signature }));
  }
  assertEquals((await folder.prove({ address: { kind: "unix", path: "/run/chat.sock" } }))?.host, "localhost");
});

Deno.test("only the user can read the file of the key", { ignore: Deno.build.os === "windows" }, async () => {
  using folder = new Folder();
  await folder.prove();
  assertEquals(folder.files.map((path) => Deno.statSync(path).mode! & 0o777), [0o600]);
  assertEquals(Deno.statSync(folder.state).mode! & 0o777, 0o700);
});

Deno.test("clients that start at once have one key", async () => {
  using folder = new Folder();
  const proofs = await Promise.all(Array.from({ length: 8 }, () => folder.prove()));
  assertEquals(new Set(proofs.map((proof) => proof?.key)).size, 1);
});

Deno.test("with a damaged file, or without a folder, the client joins without a key", async () => {
  using folder = new Folder();
  await folder.prove();
  for (const text of ["", "{", "[]", "null", '{"version":2}', '{"version":1,"ed25519":"AAAA"}']) {
    Deno.writeTextFileSync(folder.files[0]!, text);
    assertEquals(await folder.prove(), undefined, text);
  }
  assertEquals(
    openClientKey({ folder: undefined, address: HERE, name: "ada", seenCertificate: () => undefined }),
    undefined,
  );
});

Deno.test("another member of the same name and address gets another key, which is kept", async () => {
  using folder = new Folder();
  const first = await folder.prove();
  const second = await folder.prove({ renew: true });
  assertNotEquals(second?.key, first?.key);
  assertEquals((await folder.prove())?.key, second?.key);
});

Deno.test("a key that another device must admit takes the place of the kept one when that has happened, and not before", async () => {
  using folder = new Folder();
  const kept = (await folder.prove())!;
  const refused = new KeyAdmission();
  const first = (await folder.prove({ admission: refused }))!;
  refused.receive({ step: "waiting", member: "ada" });
  assertEquals((await folder.prove({ admission: refused }))?.key, first.key);
  refused.receive({ step: "refused", reason: "No" });
  assertEquals((await folder.prove())?.key, kept.key);

  const admission = new KeyAdmission();
  const second = (await folder.prove({ admission }))!;
  assertEquals(new Set([kept.key, first.key, second.key]).size, 3);
  admission.receive({ step: "admitted", member: "ada" });
  for (const more of [{ admission }, {}]) assertEquals((await folder.prove(more))?.key, second.key);
  assertEquals(folder.files.length, 1);
});

Deno.test("a key that was not used for 30 days is removed with the other old files, and one in use stays", async () => {
  using folder = new Folder();
  const used = (await folder.prove())!;
  await folder.prove({ name: "bob" });
  const monthAgo = new Date(Date.now() - 31 * 24 * 60 * 60 * 1_000);
  for (const path of folder.files) Deno.utimeSync(path, monthAgo, monthAgo);
  await folder.prove();
  openClientState({ folder: folder.state, address: "127.0.0.1:1", name: "eve", warn: () => {} })!.close();
  assertEquals(folder.files.filter((path) => path.endsWith(".key")).length, 1);
  assertEquals((await folder.prove())?.key, used.key);
});

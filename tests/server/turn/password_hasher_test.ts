import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Hashed } from "../../../src/core/effect.ts";
import { MAX_SCRYPT_AT_ONCE, MAX_SCRYPT_WAITING } from "../../../src/protocol/limits.ts";
import { PasswordHasher } from "../../../src/server/turn/password_hasher.ts";

/** A log that fails the test if it gets a line. */
function fail(...line: unknown[]): never {
  throw new Error(`Logged ${JSON.stringify(line)}`);
}

/** Runs the jobs, and resolves to the outcomes in their order. */
async function hashAll(jobs: readonly { password: string; against?: string }[], cost?: number): Promise<Hashed[]> {
  const outcomes: Hashed[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let done = 0;
  const hashing = new PasswordHasher(
    (ticket, hashed) => {
      outcomes[ticket] = hashed;
      if (++done === jobs.length) resolve();
    },
    fail,
    cost,
  );
  for (const [ticket, job] of jobs.entries()) hashing.add({ ticket, ...job });
  await promise;
  await hashing.end();
  return outcomes;
}

async function hashOf(password: string, cost = 1): Promise<string> {
  const [hashed] = await hashAll([{ password }], cost);
  return (hashed as { hash: string }).hash;
}

Deno.test("a password matches only its own hash, in any Unicode normalization form", async () => {
  const against = await hashOf("Tr\u00e8s bien!");
  const passwords = ["Tr\u00e8s bien!", "Tre\u0300s bien!", "Tres bien!", "tr\u00e8s bien!", ""];
  const outcomes = await hashAll(passwords.map((password) => ({ password, against })), 1);
  assertEquals(outcomes, [true, true, false, false, false].map((matches) => ({ matches })));
});

Deno.test("the same password has a different hash each time", async () => {
  assert(await hashOf("secret") !== await hashOf("secret"));
});

Deno.test("a hash is expensive by default, contains its cost, and matches whatever the cost of new hashes", async () => {
  const against = await hashOf("secret");
  const [dear] = await hashAll([{ password: "secret" }]);
  assertMatch((dear as { hash: string }).hash, /^scrypt\$17\$[\w-]{22}==\$[\w-]{43}=$/);
  assertEquals(await hashAll([{ password: "secret", against }], 2), [{ matches: true }]);
});

Deno.test("the hash is that of RFC 7914", async () => {
  // Section 12 of the RFC, the first 32 bytes of the case of 2^14, 8, 1.
  const salt = new TextEncoder().encode("SodiumChloride").toBase64({ alphabet: "base64url" });
  const hash = Uint8Array.fromHex("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
  const against = `scrypt$14$${salt}$${hash.toBase64({ alphabet: "base64url" })}`;
  assertEquals(await hashAll([{ password: "pleaseletmein", against }]), [{ matches: true }]);
});

Deno.test("a job beyond the limit is refused as busy, and all others run", async () => {
  const most = MAX_SCRYPT_AT_ONCE + MAX_SCRYPT_WAITING;
  const outcomes = await hashAll(Array(most + 3).fill({ password: "secret" }), 1);
  const busy = outcomes.map((outcome) => "busy" in outcome);
  assertEquals(busy, [...Array(most).fill(false), true, true, true]);
});

Deno.test("the end waits for running jobs, and no outcome is reported after it", async () => {
  let told = 0;
  const hashing = new PasswordHasher(() => told++, fail, 1);
  for (let ticket = 0; ticket < MAX_SCRYPT_AT_ONCE + MAX_SCRYPT_WAITING + 1; ticket++) {
    hashing.add({ ticket, password: "secret" });
  }
  await hashing.end();
  assertEquals(told, 0);
});

Deno.test("an unreadable hash is logged, and its job is refused as busy", async () => {
  const logged: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<Hashed>();
  const hashing = new PasswordHasher((_, hashed) => resolve(hashed), (level, event) => logged.push([level, event]), 1);
  hashing.add({ ticket: 1, password: "secret", against: "scrypt$1$no base64$" });
  assertEquals(await promise, { busy: true });
  assertEquals(logged, [["error", "internal error"]]);
  await hashing.end();
});

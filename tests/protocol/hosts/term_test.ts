import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { hostText } from "../../../src/protocol/hosts/host_proof.ts";
import { isTerm, judgeTerm } from "../../../src/protocol/hosts/term.ts";
import { MAX_TERM, TERM_LEAP } from "../../../src/protocol/limits.ts";

Deno.test("a term is an integer from 1 to the limit", () => {
  for (const term of [1, 2, MAX_TERM]) assertEquals(isTerm(term), true);
  for (const term of [0, -1, 1.5, NaN, Infinity, MAX_TERM + 1, 2 ** 53, 2 ** 53 + 2]) {
    assertEquals([isTerm(term), judgeTerm(undefined, term)], [false, "leap"], String(term));
  }
});

Deno.test("a term below the highest known is older, one too far above it is a leap, and each is accepted as the first", () => {
  const terms = fc.integer({ min: 1, max: MAX_TERM });
  const distance = fc.oneof(terms, fc.integer({ min: -2 * TERM_LEAP, max: 2 * TERM_LEAP }));
  fc.assert(fc.property(terms, distance, (highest, by) => {
    const term = highest + by;
    if (!isTerm(term)) return;
    assertEquals(judgeTerm(highest, term), by < 0 ? "older" : by > TERM_LEAP ? "leap" : "accepted");
    assertEquals(judgeTerm(undefined, term), "accepted");
  }));
  assertEquals([judgeTerm(7, 7 + TERM_LEAP), judgeTerm(7, 8 + TERM_LEAP)], ["accepted", "leap"]);
  assertEquals(judgeTerm(MAX_TERM, MAX_TERM), "accepted");
});

Deno.test("the proof of a host names its chat, term, key, certificate and both nonces", () => {
  const proof = { chat: "c", chatKey: "ck", term: 3, key: "k", clientNonce: "n", serverNonce: "m" };
  assertEquals(
    hostText(proof),
    'confab-host-1\n{"chat":"c","chatKey":"ck","clientNonce":"n","key":"k","serverNonce":"m","term":"3"}',
  );
  assertEquals(
    hostText({ ...proof, tls: "t" }),
    'confab-host-1\n{"chat":"c","chatKey":"ck","clientNonce":"n","key":"k","serverNonce":"m","term":"3","tls":"t"}',
  );
});

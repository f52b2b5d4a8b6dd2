import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { drawWords, faultInWords, isSpoken, WORDS } from "../../../src/cli/invites/passphrase.ts";
import { canonicalSecret, formatSpoken, parseSpoken } from "../../../src/protocol/address/invite_link.ts";

Deno.test("there are 2,048 words, which differ in their first four letters and fit into a spoken invite", () => {
  assertEquals(new Set(WORDS.map((word) => word.slice(0, 4))).size, 2_048);
  for (const word of WORDS) assertEquals(canonicalSecret(`${word} ${word} ${word}`), `${word}-${word}-${word}`);
});

Deno.test("the number of words divides what is drawn, so that each has the same chance", () => {
  assertEquals(0x1_0000 % WORDS.length, 0);
});

Deno.test("drawn words are three of the list, and others each time", () => {
  const drawn = Array.from({ length: 2_000 }, drawWords);
  for (const secret of drawn) {
    assert(isSpoken(secret), secret);
    assertEquals(parseSpoken(formatSpoken({ host: "host", port: 1, secret })).secret, secret);
  }
  assertEquals(new Set(drawn).size, drawn.length);
  const words = new Set(drawn.flatMap((secret) => secret.split("-")));
  // 6,000 draws miss about 109 of 2,048; that 300 are missed happens less than once in 10^40 runs.
  assert(words.size > WORDS.length - 300, `${words.size} words`);
});

Deno.test("a secret that is no three words of the list cannot be said", () => {
  for (
    const secret of ["", "ocean", "ocean-lamp", "ocean-lamp-crane-ocean", "ocean lamp crane", "ocean-lamp-x", "--"]
  ) {
    assertFalse(isSpoken(secret), secret);
  }
});

Deno.test("a word that is misspelt is answered with the nearest, and is not repeated", () => {
  assertEquals(faultInWords("ocean-lamp-crane"), undefined);
  assertEquals(faultInWords("ocean-lampp-crane"), "word 2 is none of the list: was it lamp?");
  assertEquals(faultInWords("oceam-lamp-crane"), "word 1 is none of the list: was it ocean?");
  for (const wrong of ["cranne", "krane"]) {
    assertMatch(faultInWords(`ocean-lamp-${wrong}`)!, /^word 3 is none of the list: was it crane\?$/);
  }
  assertEquals(faultInWords("ocean-zzzzzzzz-crane"), "word 2 is none of the list: ask for it again");
});

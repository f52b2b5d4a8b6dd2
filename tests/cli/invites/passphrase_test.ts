import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import {
  drawPassphrase,
  isPassphrase,
  PASSPHRASE_WORDS,
  passphraseError,
} from "../../../src/cli/invites/passphrase.ts";
import { canonicalSecret, formatSpoken, parseSpoken } from "../../../src/protocol/address/invite_link.ts";

Deno.test("there are 2,048 words, which differ in their first four letters and fit into a spoken invite", () => {
  assertEquals(new Set(PASSPHRASE_WORDS.map((word) => word.slice(0, 4))).size, 2_048);
  for (const word of PASSPHRASE_WORDS) {
    assertEquals(canonicalSecret(`${word} ${word} ${word}`), `${word}-${word}-${word}`);
  }
});

Deno.test("the number of words divides what is drawn, so that each has the same chance", () => {
  assertEquals(0x1_0000 % PASSPHRASE_WORDS.length, 0);
});

Deno.test("drawn words are three of the list, and others each time", () => {
  const drawn = Array.from({ length: 2_000 }, drawPassphrase);
  for (const secret of drawn) {
    assert(isPassphrase(secret), secret);
    assertEquals(parseSpoken(formatSpoken({ host: "host", port: 1, secret })).secret, secret);
  }
  assertEquals(new Set(drawn).size, drawn.length);
  const words = new Set(drawn.flatMap((secret) => secret.split("-")));
  // 6,000 draws miss about 109 of 2,048; that 300 are missed happens less than once in 10^40 runs.
  assert(words.size > PASSPHRASE_WORDS.length - 300, `${words.size} words`);
});

Deno.test("a secret that is no three words of the list cannot be said", () => {
  for (
    const secret of ["", "ocean", "ocean-lamp", "ocean-lamp-crane-ocean", "ocean lamp crane", "ocean-lamp-x", "--"]
  ) {
    assertFalse(isPassphrase(secret), secret);
  }
});

Deno.test("a word that is misspelt is answered with the nearest, and is not repeated", () => {
  assertEquals(passphraseError("ocean-lamp-crane"), undefined);
  assertEquals(passphraseError("ocean-lampp-crane"), "word 2 is not in the word list: did you mean lamp?");
  assertEquals(passphraseError("oceam-lamp-crane"), "word 1 is not in the word list: did you mean ocean?");
  for (const wrong of ["cranne", "krane"]) {
    assertMatch(passphraseError(`ocean-lamp-${wrong}`)!, /^word 3 is not in the word list: did you mean crane\?$/);
  }
  assertEquals(passphraseError("ocean-zzzzzzzz-crane"), "word 2 is not in the word list: ask for it again");
});

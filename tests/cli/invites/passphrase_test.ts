import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import {
  drawPassphrase,
  isPassphrase,
  PASSPHRASE_WORDS,
  passphraseError,
} from "../../../src/cli/invites/passphrase.ts";
import { canonicalSecret, formatSpoken, parseSpoken } from "../../../src/protocol/address/invite_link.ts";

Deno.test("the word list has 2,048 words that differ in their first four letters and fit a spoken invite", () => {
  assertEquals(new Set(PASSPHRASE_WORDS.map((word) => word.slice(0, 4))).size, 2_048);
  for (const word of PASSPHRASE_WORDS) {
    assertEquals(canonicalSecret(`${word} ${word} ${word}`), `${word}-${word}-${word}`);
  }
});

Deno.test("all words are equally likely, because their number divides the range of the draw", () => {
  assertEquals(0x1_0000 % PASSPHRASE_WORDS.length, 0);
});

Deno.test("a drawn passphrase has three words of the list and differs each time", () => {
  const drawn = Array.from({ length: 2_000 }, drawPassphrase);
  for (const secret of drawn) {
    assert(isPassphrase(secret), secret);
    assertEquals(parseSpoken(formatSpoken({ host: "host", port: 1, secret })).secret, secret);
  }
  assertEquals(new Set(drawn).size, drawn.length);
  const words = new Set(drawn.flatMap((secret) => secret.split("-")));
  // 6,000 draws miss about 109 of 2,048 words; missing 300 is rarer than one in 10^40 runs.
  assert(words.size > PASSPHRASE_WORDS.length - 300, `${words.size} words`);
});

Deno.test("a secret that is not three words of the list is not a passphrase", () => {
  for (
    const secret of ["", "ocean", "ocean-lamp", "ocean-lamp-crane-ocean", "ocean lamp crane", "ocean-lamp-x", "--"]
  ) {
    assertFalse(isPassphrase(secret), secret);
  }
});

Deno.test("a misspelt word is answered with the nearest one and not repeated", () => {
  assertEquals(passphraseError("ocean-lamp-crane"), undefined);
  assertEquals(passphraseError("ocean-lampp-crane"), "word 2 is not in the word list: did you mean lamp?");
  assertEquals(passphraseError("oceam-lamp-crane"), "word 1 is not in the word list: did you mean ocean?");
  for (const wrong of ["cranne", "krane"]) {
    assertMatch(passphraseError(`ocean-lamp-${wrong}`)!, /^word 3 is not in the word list: did you mean crane\?$/);
  }
  assertEquals(passphraseError("ocean-zzzzzzzz-crane"), "word 2 is not in the word list: ask for it again");
});

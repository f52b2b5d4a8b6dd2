/**
 * ZWNJ and ZWJ, the invisible characters that Persian, the languages of India and others need in their spelling:
 * RFC 5892, appendices A.1 and A.2.
 */

/** Zero width non-joiner and zero width joiner, U+200C and U+200D. */
const JOINER = /[\u200c\u200d]/g;

/** Code points with the canonical combining class 9, Unicode 15.0, in hexadecimal. */
const VIRAMAS = `
94d 9cd a4d acd b4d bcd c4d ccd d3b d3c d4d dca e3a eba f84 1039 103a 1714 1715 1734 17d2 1a60 1b44 1baa
1bab 1bf2 1bf3 2d7f a806 a82c a8c4 a953 a9c0 aaf6 abed 10a3f 11046 11070 1107f 110b9 11133 11134 111c0 11235
112ea 1134d 11442 114c2 115bf 1163f 116b6 1172b 11839 1193d 1193e 119e0 11a34 11a47 11a99 11c3f 11d44 11d45
11d97 11f41 11f42
`;

/** Letters of the scripts below that join with no letter after them: Joining_Type R, U or C, Unicode 15.0. */
const NOT_BEFORE = `
621-625 627 629 62f-632 640 648 671-677 688-699 6c0 6c3-6cb 6cd 6cf 6d2-6d3 6d5 6e5-6e6 6ee-6ef 710 715-719 71e 728
72a 72c 72f 74d 759-75b 76b-76c 771 773-774 778-779 861 866-867 869-86a 870-885 887 88e 8aa-8ae 8b1-8b2 8b9 8c9
`;
/** Letters of these scripts that join with no letter before them: Joining_Type U or C. */
const NOT_AFTER = "621 640 674 6e5-6e6 861 866 883-885 887 8ad 8c9";
/** The scripts in use whose letters join. Most letters join on both sides, which keeps the two lists short. */
const LETTER = "[\\p{L}&&[\\p{sc=Arab}\\p{sc=Syrc}\\p{sc=Nkoo}\\p{sc=Mong}\\p{sc=Adlm}]]";
/** Joining_Type T: marks, which do not interrupt a joint. */
const MARKS = "[\\p{Mn}\\p{Me}]*";

const JOINERS_IN_PLACE = new RegExp(
  `^(?:[^\\u200c\\u200d]|(?<=${classOf(VIRAMAS)})[\\u200c\\u200d]|` +
    `(?<=[${LETTER}--${classOf(NOT_BEFORE)}]${MARKS})\\u200c(?=${MARKS}[${LETTER}--${classOf(NOT_AFTER)}]))*$`,
  "v",
);

/**
 * Whether each joiner changes how its neighbours look, as the two appendices ask: it follows a virama, or a ZWNJ is
 * between two letters that would join. At any other place it would be invisible.
 */
export function hasJoinersInPlace(text: string): boolean {
  return JOINERS_IN_PLACE.test(text);
}

/** Texts are compared without joiners: those that differ only by them are the same. */
export function withoutJoiners(text: string): string {
  return text.replace(JOINER, "");
}

function classOf(ranges: string): string {
  const escape = (code: string) => `\\u{${code}}`;
  return `[${ranges.trim().split(/\s+/).map((range) => range.split("-").map(escape).join("-")).join("")}]`;
}

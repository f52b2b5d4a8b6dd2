/** Texts of messages for benchmarks. */

/** Three of four have markup, and half have lists, quotes or code blocks: more than in any chat. */
export function markupMessages(count: number): string[] {
  return Array.from({ length: count }, (_, nth) =>
    [
      `see https://example.org/${nth} for more`,
      `that is **really** good and *fine*, snake_case_${nth}`,
      `run \`deno task ok\` first\n- one\n- [two](https://example.org/${nth})`,
      `> quoted line ${nth}\nmy answer\n\`\`\`js\nconst x = 1;\n\`\`\``,
    ][nth % 4]!);
}

/** As in a chat of developers: of 16 messages three have markup, two of them blocks, and one is an address. */
export function chatMessages(count: number): string[] {
  const withMarkup = markupMessages(Math.ceil(count / 4));
  return Array.from(
    { length: count },
    (_, nth) =>
      nth % 4 === 0 ? withMarkup[nth / 4]! : `message ${nth}: ${"a few words of talk, ".repeat(nth % 5)}and its end`,
  );
}

/** Texts of messages for benchmarks: three of four have markup, unlike in most chats. */
export function markupMessages(count: number): string[] {
  return Array.from({ length: count }, (_, nth) =>
    [
      `see https://example.org/${nth} for more`,
      `that is **really** good and *fine*, snake_case_${nth}`,
      `run \`deno task ok\` first\n- one\n- [two](https://example.org/${nth})`,
      `> quoted line ${nth}\nmy answer\n\`\`\`js\nconst x = 1;\n\`\`\``,
    ][nth % 4]!);
}

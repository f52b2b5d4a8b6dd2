/** Explains settings that several clients have, in the imperative and without a full stop. */
export const SETTING_SUMMARIES = {
  keywords: "words that notify you like your name",
  formatting: "show the markup of messages formatted, not as typed",
  idle: "let others see that you press no key for 10 minutes",
  typing: "let others see that you are typing",
} as const;

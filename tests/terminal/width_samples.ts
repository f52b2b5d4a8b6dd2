/** Texts and their width in columns according to Unicode: UAX #11 for letters, UTS #51 for emoji, by grapheme. */

/** Graphemes that tmux 3.3, and other terminals, measure differently from Unicode. */
export type Dispute =
  /** U+FE0F, which turns a narrow character into an emoji: tmux keeps it narrow. */
  | "variation"
  /** A skin tone, which tmux counts separately. */
  | "tone"
  /** Emoji joined by U+200D, one of which has U+FE0F or a tone. */
  | "joined"
  /** Emoji newer than the terminal, which counts them as zero columns. */
  | "young";

export interface WidthSample {
  readonly text: string;
  readonly width: number;
  readonly dispute?: Dispute;
}

function each(width: number, texts: string, dispute?: Dispute): WidthSample[] {
  return texts.trim().split(/ +/).map((text) => ({ text, width, dispute }));
}

export const WIDTH_SAMPLES: readonly WidthSample[] = [
  ...each(1, "a Z 0 ~ é ñ ß ø Ł ő æ ı"),
  ...each(1, "e\u0301 a\u0300\u0301\u0302 n\u0303 o\u0308 i\u0307\u0323 s\u0331 q\u0307 x\u20d7 z\u0335 u\u0361"),
  ...each(1, "… → ← ↑ │ ─ █ ░ ● ○ ■ □ ✓ ✗ ★ ☆ ♥ ♪ € £ ¥ § ° ± × ÷ µ ¶ « » “ ” ‘ ’ – — •"),
  ...each(1, "я ж Ω λ ψ א ש ب م क ก ა ፀ ᚠ 𝒜 𝔻 𐍈 ﷼ ｶ ｱ ﾟ ￭"),
  ...each(2, "漢 字 日 本 語 中 文 你 好 ひ ら が な カ タ ー 한 국 어 글 ㄅ ㄱ"),
  ...each(2, "Ａ ｂ ９ ！ ～ 。 ， 、 「 」 【 】 《 ・ ￥ ㈱ ㊗ 〒 〜 〇 𠀀 𠮷 𪚥 \u3000"),
  ...each(2, "か\u3099 は\u309a 漢\u0301"),
  ...each(4, "漢字 你好 한글 ＡＢ か\u3099な 。。"),
  ...each(5, "hello ñandú naïve мирна שלום!"),
  ...each(6, "a漢b字 Ελλάδα 한국어 日本語 ｶﾀｶﾅｱｲ ＡＢＣ ab漢字"),
  ...each(2, "😀 😂 🥰 🤔 🙈 👍 👋 🎉 🔥 🚀 🐈 🍕 ⚽ ⌚ ⏰ ☔ ⚡ ✨ ❌ ❓ ➕ 🀄 🃏 🆗 🈚 🟢 🟥 💯 🦊 🧀"),
  ...each(4, "👍🎉 😀漢 🚀🔥"),
  ...each(1, "❤ ☺ ☎ ✈ ☀ ☁ ✂ ✉ © ® ™ ↔ ▶ ♠ ♻ ⚙ ⚠ ✔ ✏ 🌶 🕊 🖥 🛋"),
  ...each(1, "❤\ufe0e ☺\ufe0e ✈\ufe0e"),
  ...each(2, "❤️ ☺️ ☎️ ✈️ ☀️ ☁️ ✂️ ©️ ™️ ▶️ ♻️ ⚙️ ⚠️ 🌶️ 🖥️ 1️⃣ 9️⃣ #️⃣ *️⃣", "variation"),
  ...each(2, "😀️ ⌚️"),
  ...each(2, "👍🏽 👋🏿 🤝🏻 🧑🏾 👶🏼 🙏🏽", "tone"),
  ...each(2, "✌🏽 ☝🏿 ✍🏻", "tone"),
  ...each(2, "👩‍👩‍👧 👨‍👩‍👧‍👦 👨‍💻 👩‍❤️‍👨 🐻‍❄️ 🐈‍⬛ 🏴‍☠️ 🧑‍🤝‍🧑 🤷‍♀️"),
  ...each(2, "👩🏽‍🚀 🧑🏿‍🚀 🏳️‍🌈 ❤️‍🔥 👁️‍🗨️ 🤦🏾‍♂️", "joined"),
  ...each(2, "🇩🇪 🇫🇷 🇯🇵 🇺🇦 🇪🇺 🇧🇷"),
  ...each(2, "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"),
  ...each(4, "🇩🇪🇫🇷"),
  ...each(1, "🇩"),
  ...each(4, "สวัสดี"),
  ...each(1, "ก\u0e49 ด\u0e35 क\u0941"),
  ...each(2, "\u1112\u1161\u11ab क्ष क\u093f கா"),
  ...each(0, "\u1161 \u11ab"),
  ...each(0, "\u200d \u200c \ufe0f \u0301 \u034f \u180b"),
  ...each(1, "\u00ad"),
  ...each(1, "a\u200d a\u200c"),
  ...each(2, "🫠 🫶"),
  ...each(2, "🩷 🪿", "young"),
];

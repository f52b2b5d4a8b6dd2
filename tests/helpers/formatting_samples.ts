/** Messages with markup, and without any that counts, with their blocks. `formatting_views.ts` has how they are drawn. */

import type { ListItem, TextBlock, TextMark, TextPart } from "../../src/client/formatting/formatted_text.ts";

export interface FormattingSample {
  readonly text: string;
  readonly blocks: readonly TextBlock[];
}

type Part = string | TextPart;

/** A text with its marks, in the order of `TEXT_MARKS`. */
const t = (text: string, ...marks: TextMark[]): TextPart => ({ type: "text", text, marks });
const b = (text: string) => t(text, "strong");
const i = (text: string) => t(text, "emphasis");
const s = (text: string) => t(text, "strike");
const code = (text: string, ...marks: TextMark[]): TextPart => ({ type: "code", text, marks });
const partOf = (part: Part) => typeof part === "string" ? t(part) : part;

/** A link with its label; without one, a bare address. */
function link(address: string, href: string, ...label: Part[]): TextPart {
  const parts = label.map(partOf).filter((part) => part.type !== "link");
  return { type: "link", address, href, label: parts.length === 0 ? undefined : parts, marks: [] };
}

const p = (...parts: Part[]): TextBlock => ({ type: "paragraph", parts: parts.map(partOf) });
const fence = (text: string, info = ""): TextBlock => ({ type: "code_block", text, info });
const quote = (...blocks: TextBlock[]): TextBlock => ({ type: "quote", blocks });
const item = (marker: string, ...blocks: TextBlock[]): ListItem => ({ marker, blocks });
const ul = (...items: ListItem[]): TextBlock => ({ type: "list", ordered: false, items });
const ol = (...items: ListItem[]): TextBlock => ({ type: "list", ordered: true, items });
const gap = (lines = 1): TextBlock => ({ type: "gap", lines });

const SAMPLES: readonly (readonly [text: string, ...blocks: TextBlock[]])[] = [
  // Emphasis.
  ["a *b* _c_ **d** __e__ ~~f~~", p("a ", i("b"), " ", i("c"), " ", b("d"), " ", b("e"), " ", s("f"))],
  ["**a *b* c** ***d***", p(b("a "), t("b", "strong", "emphasis"), b(" c"), " ", t("d", "strong", "emphasis"))],
  ["~~**a** `b`~~", p(t("a", "strong", "strike"), s(" "), code("b", "strike"))],
  ["**a\nb**", p(b("a\nb"))],
  ["**a\n\nb**", p("**a"), gap(), p("b**")],
  // Ordinary chat.
  ["snake_case_words, __init, a_b", p("snake_case_words, __init, a_b")],
  ["2 * 3 * 4 = 24, 2*3*4, 2**3**4", p("2 * 3 * 4 = 24, 2*3*4, 2**3**4")],
  ["width*height*depth, *.ts and *.js", p("width*height*depth, *.ts and *.js")],
  [":-) :-* -_- yes -_- ^_^ no ^_^ *_* >_< ;_;", p(":-) :-* -_- yes -_- ^_^ no ^_^ *_* >_< ;_;")],
  ["¯\\_(ツ)_/¯ C:\\path\\* D:\\x\\*.txt", p("¯\\_(ツ)_/¯ C:\\path\\* D:\\x\\*.txt")],
  ["not \\*this\\* \\_that\\_ \\`it\\`, but \\\\*that*", p("not \\*this\\* \\_that\\_ \\`it\\`, but \\\\", i("that"))],
  ["# no title\n#tag\ntext\n===\ntext\n---", p("# no title\n#tag\ntext\n===\ntext\n---")],
  ["---\n* * *\n-\n1.\n~~~", p("---"), p("* * *"), p("-"), p("1."), p("~~~")],
  ["   indented *a*\n      more\n    - none", p("   indented ", i("a"), "\n      more\n    - none")],
  ["two spaces  \n*and* a backslash\\\n  end", p("two spaces  \n", i("and"), " a backslash\\\n  end")],
  ["*a*\n\n\n\n\n\nb", p(i("a")), gap(3), p("b")],
  ["<b>*a*</b> &amp; <!-- c --> $x_1$ {{y}}", p("<b>", i("a"), "</b> &amp; <!-- c --> $x_1$ {{y}}")],
  ["| a | b |\n|---|---|\n| *c* | d |", p("| a | b |\n|---|---|\n| ", i("c"), " | d |")],
  ["[foo]: https://a.example *x*", p("[foo]: ", link("https://a.example", "https://a.example/"), " ", i("x"))],
  // Code.
  ["`a  *b*` ``c`d`` `` ` `` ` e `", p(code("a  *b*"), " ", code("c`d"), " ", code("`"), " ", code("e"))],
  ["`open and ``closed``", p("`open and ", code("closed"))],
  ["a ```b\n   c``` d", p("a ", code("b\n   c"), " d")],
  ["```js\nlet a;\n\n\tb **c**   \n```\nend", fence("let a;\n\n\tb **c**   ", "js"), p("end")],
  ["see:\n~~~\n[12:00] bob: hi\n```\n~~~", p("see:"), fence("[12:00] bob: hi\n```")],
  ["```\nnever closed\n  zoe", fence("never closed\n  zoe")],
  ["```\n```", p("```\n```")],
  // Quotes.
  ["> a *b*\n> [12:00] bob: hi\nnot quoted", quote(p("a ", i("b"), "\n[12:00] bob: hi")), p("not quoted")],
  ["> a\n>\n> b\n\n> c\n>> d", quote(p("a"), gap(), p("b")), gap(), quote(p("c"), quote(p("d")))],
  ["> ```\n> a\nb", quote(fence("a")), p("b")],
  ["a > b\n>_> >:(\n>.<", p("a > b\n>_> >:(\n>.<")],
  // Lists.
  ["- a\n* b\n+ c", ul(item("-", p("a"))), ul(item("*", p("b"))), ul(item("+", p("c")))],
  [
    "to do:\n- a\n  more\n  - b\n- c\nend",
    p("to do:"),
    ul(item("-", p("a\nmore"), ul(item("-", p("b")))), item("-", p("c"))),
    p("end"),
  ],
  ["1. yes\n3. no\n12) z", ol(item("1.", p("yes")), item("3.", p("no"))), ol(item("12)", p("z")))],
  ["the year was\n2019. It rained", p("the year was\n2019. It rained")],
  ["- a\n\n  b\n-\n- ```\n  c\n  ```", ul(item("-", p("a"), gap(), p("b")), item("-"), item("-", fence("c")))],
  ["-5 degrees, -a, 1.5 and +1", p("-5 degrees, -a, 1.5 and +1")],
  // Links.
  [
    "https://a.example/x_y_z, *https://b.example/* (https://c.example/d_(e))",
    p(
      link("https://a.example/x_y_z", "https://a.example/x_y_z"),
      ", ",
      {
        type: "link",
        address: "https://b.example/",
        href: "https://b.example/",
        label: undefined,
        marks: ["emphasis"],
      },
      " (",
      link("https://c.example/d_(e)", "https://c.example/d_(e)"),
      ")",
    ),
  ],
  [
    "[the *notes* of zoe](https://a.example/n?q=1&r)",
    p(link("https://a.example/n?q=1&r", "https://a.example/n?q=1&r", "the ", i("notes"), " of zoe")),
  ],
  [
    "[https://bank.example](https://evil.example)",
    p(link("https://evil.example", "https://evil.example/", "https://bank.example")),
  ],
  ["[https://a.example](https://a.example)", p(link("https://a.example", "https://a.example/", "https://a.example"))],
  [
    "![a](https://b.example/c.png)",
    p("!", link("https://b.example/c.png", "https://b.example/c.png", "a")),
  ],
  ["[a](javascript:alert(1)) [b](data:x) [c](/d) [](e)", p("[a](javascript:alert(1)) [b](data:x) [c](/d) [](e)")],
  [
    '[a](https://b.example "t") [ ](https://b.example)',
    p(
      "[a](",
      link("https://b.example", "https://b.example/"),
      ' "t") [ ](',
      link("https://b.example", "https://b.example/"),
      ")",
    ),
  ],
  ["`https://a.example` zoe", p(code("https://a.example"), " zoe")],
  // Actions.
  ["/me waves at *zoe*", p("waves at ", i("zoe"))],
];

export const FORMATTING_SAMPLES: readonly FormattingSample[] = SAMPLES.map(([text, ...blocks]) => ({ text, blocks }));

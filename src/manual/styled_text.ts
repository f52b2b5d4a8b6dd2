/** Text with styles, wrapped to a width. */

/** A run of text in one style. Its text may contain line breaks. */
export interface Span {
  readonly text: string;
  /** Parameters of the SGR sequence (ECMA-48, 8.3.117), such as `1` for bold; `""` for plain text. */
  readonly sgr: string;
}

/** Returns the columns that a text takes on a terminal. */
export type MeasureText = (text: string) => number;

export type StyledLine = readonly Span[];

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

export function plain(text: string): Span {
  return { text, sgr: "" };
}

/** Adds a style to each span. */
export function styled(spans: readonly Span[], sgr: string): Span[] {
  return spans.map((span) => ({ text: span.text, sgr: [span.sgr, sgr].filter((part) => part !== "").join(";") }));
}

export function lineText(line: StyledLine): string {
  return line.map(({ text }) => text).join("");
}

export function lineWidth(line: StyledLine, measure: MeasureText): number {
  return measure(lineText(line));
}

/** The width of the longest word, below which wrapping must split a word. */
export function longestWord(spans: readonly Span[], measure: MeasureText): number {
  return Math.max(0, ...wordsOf(spans).map((word) => lineWidth(word, measure)));
}

/** Breaks at spaces and line breaks; splits words that are wider than `width`. At least one line. */
export function wrapStyled(spans: readonly Span[], width: number, measure: MeasureText): StyledLine[] {
  const lines: Span[][] = [[]];
  let used = 0;
  for (const word of wordsOf(spans)) {
    if (word.length === 0) {
      lines.push([]);
      used = 0;
      continue;
    }
    for (const part of split(word, width, measure)) {
      const columns = lineWidth(part, measure);
      if (used > 0 && used + 1 + columns > width) {
        lines.push([...part]);
        used = columns;
      } else {
        // A space within a styled phrase keeps its style, so that underlines do not break.
        if (used > 0) lines.at(-1)!.push({ text: " ", sgr: sharedStyle(lines.at(-1)!.at(-1), part[0]) });
        lines.at(-1)!.push(...part);
        used += columns + (used > 0 ? 1 : 0);
      }
    }
  }
  return lines;
}

/** Breaks lines of preformatted text wherever they are full. */
export function cut(text: string, width: number, measure: MeasureText): string[] {
  return text.split("\n").flatMap((line) => split([plain(line)], width, measure).map(lineText));
}

/** With SGR sequences, or as plain text. Never ends with a space. */
export function formatLine(line: StyledLine, color: boolean): string {
  if (!color) return lineText(line).trimEnd();
  return joined(line).map(({ text, sgr }) => sgr === "" || text === "" ? text : `\x1b[${sgr}m${text}\x1b[0m`).join("")
    .trimEnd();
}

/** Spans between spaces; an empty word is a line break. */
function wordsOf(spans: readonly Span[]): Span[][] {
  const words: Span[][] = [];
  let word: Span[] = [];
  const end = () => {
    if (word.length > 0) words.push(word);
    word = [];
  };
  for (const { text, sgr } of spans) {
    for (const part of text.split(/(\n|[^\S\n\u00a0]+)/)) {
      if (part === "") continue;
      if (part === "\n") {
        end();
        words.push([]);
      } else if (/^[^\S\u00a0]/.test(part)) end();
      else word.push({ text: part, sgr });
    }
  }
  end();
  return words;
}

function split(word: StyledLine, width: number, measure: MeasureText): StyledLine[] {
  if (lineWidth(word, measure) <= width) return [word];
  const parts: Span[][] = [[]];
  let used = 0;
  for (const { text, sgr } of word) {
    for (const { segment } of segmenter.segment(text)) {
      const columns = measure(segment);
      if (used > 0 && used + columns > width) {
        parts.push([]);
        used = 0;
      }
      parts.at(-1)!.push({ text: segment, sgr });
      used += columns;
    }
  }
  return parts.map(joined);
}

/** Joins neighbours of the same style. */
function joined(line: StyledLine): Span[] {
  const spans: Span[] = [];
  for (const span of line) {
    const last = spans.at(-1);
    if (last?.sgr === span.sgr) spans[spans.length - 1] = { text: last.text + span.text, sgr: span.sgr };
    else spans.push(span);
  }
  return spans;
}

function sharedStyle(one: Span | undefined, other: Span | undefined): string {
  return one !== undefined && one.sgr === other?.sgr ? one.sgr : "";
}

/** Copies formatted messages as typed. */

interface Source {
  readonly typed: string;
  /** The text of the element, without what is added to it later. */
  readonly shown: string;
}

const SOURCES = new WeakMap<Element, Source>();

/** Stores the typed text of an element that shows it formatted. */
export function setSource(element: Element, typed: string): void {
  const shown = element.textContent;
  if (shown !== typed) SOURCES.set(element, { typed, shown });
}

/** The elements of a row that are copied, one line each at least. */
const PARTS = ".day, .new-line, .note, .meta, .quote, .text, .false, .reaction";

/**
 * The selected text. A formatted message that is selected as a whole is as typed; `undefined` without such a message.
 */
export function copiedText(rows: Element, selection: Selection): string | undefined {
  if (selection.rangeCount !== 1) return undefined;
  const range = selection.getRangeAt(0);
  const parts = Array.from(rows.querySelectorAll(PARTS)).filter((part) => range.intersectsNode(part));
  if (!parts.some((part) => typedText(range, part) !== undefined)) return undefined;
  return parts.map((part) => typedText(range, part) ?? shownText(range, part)).filter((text) => text !== "").join("\n");
}

function typedText(range: Range, part: Element): string | undefined {
  const source = SOURCES.get(part);
  return source !== undefined && selectedIn(range, part).startsWith(source.shown) ? source.typed : undefined;
}

/** The selected part of an element, a line for each of its blocks. */
function shownText(range: Range, part: Element): string {
  const blocks = Array.from(part.querySelectorAll("p, pre"));
  return (blocks.length === 0 ? [part] : blocks).map((block) => selectedIn(range, block)).filter(Boolean).join("\n");
}

function selectedIn(range: Range, element: Element): string {
  if (!range.intersectsNode(element)) return "";
  const inside = document.createRange();
  inside.selectNodeContents(element);
  if (range.compareBoundaryPoints(Range.START_TO_START, inside) > 0) {
    inside.setStart(range.startContainer, range.startOffset);
  }
  if (range.compareBoundaryPoints(Range.END_TO_END, inside) < 0) inside.setEnd(range.endContainer, range.endOffset);
  return inside.toString();
}

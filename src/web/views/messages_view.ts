/** The messages of the open conversation. The document holds only the rows around the visible ones. */

import type { Conversation } from "../model/conversation.ts";
import { copiedText } from "./text/copied_text.ts";
import { byId, on, setAttribute, setText } from "./dom.ts";
import { replaceContent, type RowContext, startNote, timelineRow } from "./message_row.ts";
import type { Timeline, TimelineEntry } from "../model/timeline.ts";

/** The most rows in the document, and how many are added at a time. */
const MAX_ROWS = 160;
const ROWS_AT_ONCE = 30;
/** Characters of text that are added at a time; laying out more takes too long. */
const CHARS_AT_ONCE = 20_000;
/** Screens above and below the visible part that are kept filled. */
const MARGIN = 1.5;
/** Older messages are loaded when fewer entries than this are above the rows, and so many at a time. */
const MIN_ENTRIES_ABOVE = 150;
const PAGE_MESSAGES = 200;
/** Within so many pixels of the end, the view scrolls along with new messages. */
const FOLLOW_PX = 48;

export interface MessagesViewOptions {
  readonly loadOlder: (conversation: Conversation, limit: number) => void;
  /** Called when the user reaches the newest message. */
  readonly reachedEnd: () => void;
}

export class MessagesView {
  readonly #options: MessagesViewOptions;
  readonly #log = byId("log");
  readonly #rows = byId("messages");
  readonly #start = byId("log-start");
  readonly #newest = byId("newest");
  #conversation: Conversation | undefined;
  #context: RowContext = { you: undefined, words: [], readSeq: undefined, formatted: true };
  /** The position of the first row, and the one after the last. */
  #from = 0;
  #to = 0;
  #first = 0;
  #revision = -1;
  #changes = 0;
  readonly #drawn = new WeakMap<Element, TimelineEntry>();
  #following = true;
  #scheduled = false;
  /** The seq of the message to scroll to. */
  #wanted: number | undefined;

  constructor(options: MessagesViewOptions) {
    this.#options = options;
    on(this.#log, "scroll", () => this.#schedule());
    on(this.#rows, "click", ({ target }) => {
      const quote = target instanceof Element ? target.closest<HTMLElement>(".quote") : null;
      if (quote !== null) this.#point(Number(quote.dataset.of));
    });
    on(this.#newest, "click", () => {
      this.toEnd();
      this.#log.focus({ preventScroll: true });
    });
    on(this.#log, "copy", (event) => this.#copy(event));
    new ResizeObserver(() => this.#following && this.#scrollToEnd()).observe(this.#log);
  }

  /** Whether the newest messages are visible. */
  get following(): boolean {
    return this.#following;
  }

  update(conversation: Conversation, context: RowContext): void {
    if (this.#mustReset(conversation, context)) this.#reset(conversation, context);
    else this.#follow(conversation);
    if (this.#wanted !== undefined) this.#point(this.#wanted);
    this.#wanted = undefined;
    this.#fill();
    this.#finish(conversation);
  }

  /** Scrolls to a message at the next update of its conversation, which must hold it. */
  show(seq: number): void {
    this.#wanted = seq;
  }

  /** Scrolls to the newest message. */
  toEnd(): void {
    if (this.#conversation === undefined) return;
    if (this.#to < this.#conversation.timeline.end) this.#reset(this.#conversation, this.#context);
    this.#following = true;
    this.#scrollToEnd();
    this.#finish(this.#conversation);
  }

  #mustReset(conversation: Conversation, { you, words, readSeq, formatted }: RowContext): boolean {
    const before = this.#context;
    return conversation !== this.#conversation || conversation.timeline.revision !== this.#revision ||
      words.join() !== before.words.join() || you?.id !== before.you?.id || readSeq !== before.readSeq ||
      formatted !== before.formatted;
  }

  #reset(conversation: Conversation, context: RowContext): void {
    const { timeline } = conversation;
    this.#withoutAnnouncement(() => {
      this.#conversation = conversation;
      this.#context = context;
      this.#revision = timeline.revision;
      this.#changes = timeline.changes;
      this.#first = timeline.first;
      this.#from = this.#to = timeline.end;
      this.#rows.replaceChildren();
      this.#addAbove();
    });
    this.#following = true;
    this.#scrollToEnd();
  }

  /** Adds entries that are new at either end. */
  #follow({ timeline }: Conversation): void {
    while (this.#from < timeline.first) this.#dropTop(1);
    if (timeline.first < this.#first && this.#from === this.#first) this.#renewTop();
    this.#first = timeline.first;
    this.#redraw(timeline);
    if (this.#to === timeline.end) return;
    if (!this.#following) return;
    if (timeline.end - this.#to > ROWS_AT_ONCE) return this.#reset(this.#conversation!, this.#context);
    this.#addBelow();
    this.#scrollToEnd();
  }

  /** Redraws the first row: with a row before it, it may not show its name or its day. */
  #renewTop(): void {
    const row = this.#row(this.#from);
    if (row !== undefined) this.#withoutAnnouncement(() => this.#rows.firstElementChild?.replaceWith(row));
  }

  /** Redraws rows whose messages have changed. */
  #redraw(timeline: Timeline): void {
    if (timeline.changes === this.#changes) return;
    this.#changes = timeline.changes;
    this.#keepingScroll(() => {
      Array.from(this.#rows.children).forEach((old, index) => {
        if (this.#drawn.get(old) === timeline.at(this.#from + index)) return;
        const row = this.#row(this.#from + index);
        if (row === undefined) return;
        this.#drawn.set(old, this.#drawn.get(row)!);
        replaceContent(old, row);
      });
    });
    if (this.#following) this.#scrollToEnd();
  }

  /** Scrolls to a message of the timeline, and marks it for a moment. */
  #point(seq: number): void {
    const find = () => this.#rows.querySelector<HTMLElement>(`.message[data-seq="${seq}"]`);
    if (find() === null) this.#drawAround(seq);
    const message = find();
    if (message === null) return;
    for (const old of this.#rows.querySelectorAll(".pointed")) old.classList.remove("pointed");
    message.scrollIntoView({ block: "center" });
    // Forces a layout, without which the animation would not restart.
    void message.offsetWidth;
    message.classList.add("pointed");
    this.#finish(this.#conversation!);
  }

  /** Replaces the rows by those above and just below a message. */
  #drawAround(seq: number): void {
    const { timeline } = this.#conversation!;
    const position = timeline.positionOf(seq);
    if (position === undefined) return;
    this.#withoutAnnouncement(() => {
      this.#rows.replaceChildren();
      this.#from = this.#to = Math.min(timeline.end, position + ROWS_AT_ONCE / 2);
      do this.#addAbove(); while (this.#from > position);
    });
  }

  #copy(event: ClipboardEvent): void {
    const selection = getSelection();
    const text = selection === null ? undefined : copiedText(this.#rows, selection);
    if (text === undefined) return;
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  }

  #fill(): void {
    const conversation = this.#conversation;
    if (conversation === undefined) return;
    const { scrollTop, clientHeight, scrollHeight } = this.#log;
    const margin = MARGIN * clientHeight;
    if (scrollTop < margin && this.#from > conversation.timeline.first) this.#keepingScroll(() => this.#addAbove());
    else if (scrollHeight - scrollTop - clientHeight < margin && this.#to < conversation.timeline.end) {
      this.#keepingScroll(() => this.#addBelow());
    }
    const isNear = this.#from - conversation.timeline.first < MIN_ENTRIES_ABOVE;
    if (isNear) this.#options.loadOlder(conversation, PAGE_MESSAGES);
  }

  #finish(conversation: Conversation): void {
    const { timeline } = conversation;
    const { scrollTop, clientHeight, scrollHeight } = this.#log;
    const isAtEnd = this.#to === timeline.end && scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
    if (isAtEnd && !this.#following) this.#options.reachedEnd();
    this.#following = isAtEnd;
    this.#newest.hidden = isAtEnd;
    setText(this.#newest, conversation.unread > 0 ? `${conversation.unread} new messages` : "Newest messages");
    setText(this.#start, startNote(conversation, this.#context, this.#from > timeline.first));
    setAttribute(this.#log, "aria-label", `Messages of ${conversation.title}`);
    // The next frames add the missing rows, so that no frame takes long.
    if (this.#needsMore(conversation)) this.#schedule();
  }

  #needsMore({ timeline }: Conversation): boolean {
    const { scrollTop, clientHeight } = this.#log;
    return scrollTop < MARGIN * clientHeight && this.#from > timeline.first;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      if (this.#conversation === undefined) return;
      this.#fill();
      this.#finish(this.#conversation);
    });
  }

  #addAbove(): void {
    const rows: HTMLElement[] = [];
    for (let chars = 0; rows.length < ROWS_AT_ONCE && chars < CHARS_AT_ONCE; chars += this.#charsAt(this.#from)) {
      const row = this.#row(this.#from - 1);
      if (row === undefined) break;
      this.#from--;
      rows.unshift(row);
    }
    this.#rows.prepend(...rows);
    const excess = this.#to - this.#from - MAX_ROWS;
    for (let index = 0; index < excess; index++) this.#rows.lastElementChild?.remove();
    this.#to -= Math.max(0, excess);
  }

  #addBelow(): void {
    const rows: HTMLElement[] = [];
    for (let chars = 0; rows.length < ROWS_AT_ONCE && chars < CHARS_AT_ONCE; chars += this.#charsAt(this.#to - 1)) {
      const row = this.#row(this.#to);
      if (row === undefined) break;
      this.#to++;
      rows.push(row);
    }
    this.#rows.append(...rows);
    this.#dropTop(this.#to - this.#from - MAX_ROWS);
  }

  #dropTop(count: number): void {
    for (let index = 0; index < count; index++) {
      this.#rows.firstElementChild?.remove();
      this.#from++;
    }
    this.#to = Math.max(this.#to, this.#from);
  }

  #row(position: number): HTMLElement | undefined {
    const { timeline } = this.#conversation!;
    const entry = timeline.at(position);
    if (entry === undefined) return undefined;
    const row = timelineRow(entry, timeline.at(position - 1), this.#context);
    this.#drawn.set(row, entry);
    return row;
  }

  #charsAt(position: number): number {
    const entry = this.#conversation?.timeline.at(position);
    return entry?.kind === "message" ? entry.message.text.length : 0;
  }

  /** Keeps the visible rows in place when rows above are added or removed. Without any, the first ones show their end. */
  #keepingScroll(change: () => void): void {
    const { top } = this.#log.getBoundingClientRect();
    const anchor = Array.from(this.#rows.children).find((row) => row.getBoundingClientRect().bottom > top);
    const before = anchor?.getBoundingClientRect().top ?? 0;
    this.#withoutAnnouncement(change);
    if (anchor === undefined && this.#following) this.#scrollToEnd();
    else if (anchor?.isConnected) this.#log.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  /** Keeps screen readers from reading out old messages. */
  #withoutAnnouncement(change: () => void): void {
    setAttribute(this.#rows, "aria-live", "off");
    change();
    requestAnimationFrame(() => setAttribute(this.#rows, "aria-live", "polite"));
  }

  #scrollToEnd(): void {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}

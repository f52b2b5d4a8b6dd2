/** The terminal client as a whole: connects the keys, the chat, the input line and the screen, from start to end. */

import type { Status } from "../client/client_event.ts";
import { type Clock, systemClock } from "../client/clock.ts";
import { pendingLine } from "./render/change_lines.ts";
import { Chat } from "./chat.ts";
import { activityTexts, windowTitle } from "./model/unread.ts";
import { complete } from "./input/completion.ts";
import { Presence } from "./model/presence.ts";
import { QuitConfirmation } from "./model/confirmation.ts";
import type { EditorAction } from "./input/line_editor.ts";
import { ExternalEditor } from "./external_editor.ts";
import { InputLine } from "./input/input_line.ts";
import { KeySource } from "./input/key_source.ts";
import type { Key } from "./input/key_decoder.ts";
import { quoteText } from "./render/line_style.ts";
import { layOut, type LiveRegion, promptTexts, type Size, waitingTexts } from "./render/live_region.ts";
import { Signals } from "./screen/signals.ts";
import { Painter } from "./screen/painter.ts";
import { createPalette, MONOCHROME } from "./render/palette.ts";
import type { TakenTerminal, Terminal } from "./screen/terminal_port.ts";
import { createTimes } from "./render/time_format.ts";
import { CallScreen, videoDisplay } from "./calls/call_screen.ts";
import type { TerminalOptions } from "./terminal_options.ts";

export type { TerminalOptions };

export type CloseStatus = Extract<Status, { kind: "closed" }>;

/** The maximum time to wait for pending messages before leaving. */
const DRAIN_WAIT_MS = 2_000;

/** Runs the chat until the user quits or the client is closed. Always restores the terminal, also after an error. */
export function runTerminal(options: TerminalOptions): Promise<CloseStatus> {
  return new App(options).run();
}

class App {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #chat: Chat;
  readonly #painter: Painter;
  readonly #keys: KeySource;
  readonly #ended = new AbortController();
  readonly #forced = Promise.withResolvers<CloseStatus>();
  #countdown = new AbortController();
  readonly #line: InputLine;
  readonly #editor: ExternalEditor;
  #taken: TakenTerminal | undefined;
  readonly #confirmation: QuitConfirmation;
  readonly #presence: Presence;
  readonly #video: CallScreen;
  readonly #signals: Signals;
  /** True once the terminal is restored. */
  #over = false;
  #quitting = false;
  #hinted = false;
  /** The reason to end, if a signal or the terminal ended the chat. */
  #reason: string | undefined;

  constructor(options: TerminalOptions) {
    const { color, timeZone, invitation, qrCode, linking, hyperlinks: links } = options;
    const palette = color ? createPalette(true) : MONOCHROME;
    const times = createTimes(timeZone);
    const style = { palette, times, formatting: color, links, invitation, qrCode, linking, saves: true };
    this.#confirmation = new QuitConfirmation(() => options.confirmQuit?.() ?? this.#chat.files.question);
    this.#line = new InputLine({
      complete: (text, cursor) => complete(text, cursor, this.#chat.completionWords()),
      typed: options.typed,
      bindings: options.bindings,
    });
    this.#terminal = options.terminal;
    this.#clock = options.clock ?? systemClock;
    this.#painter = new Painter({
      terminal: this.#terminal,
      clock: this.#clock,
      layOut: (size) => layOut(this.#live(size), size, this.#chat.preferences.style.palette),
      commands: () =>
        this.#signals.take(this.#over ? "" : windowTitle(this.#chat.placeName, this.#chat.attention.unread)),
      video: (part) => this.#video.redraw(part),
      collect: options.collect,
      lost: () => this.#stop("The terminal is gone"),
    });
    this.#editor = new ExternalEditor({
      runEditor: options.runEditor,
      taken: () => this.#taken,
      painter: this.#painter,
      edited: (text) => this.#takeEdited(text),
      fail: (text) => this.#chat.fail(text),
    });
    this.#keys = new KeySource({
      terminal: this.#terminal,
      clock: this.#clock,
      press: (key) => this.#press(key),
      paint: () => this.#painter.paint(),
      answered: () => this.#video.answered(),
      lent: () => this.#editor.lent,
      gone: () => this.#stop("The terminal is gone"),
      signal: this.#ended.signal,
    });
    this.#signals = new Signals({ settings: () => this.#chat.preferences.settings, now: () => this.#clock.now() });
    this.#presence = new Presence({
      clock: this.#clock,
      signal: this.#ended.signal,
      settings: () => this.#chat.preferences.settings,
      place: () => this.#chat.place,
      ignores: (member) => this.#chat.client.ignored.has(member),
      send: (command) => this.#chat.client.command(command),
      changed: () => this.#painter.schedule(),
    });
    this.#video = new CallScreen({
      painter: () => this.#painter,
      display: videoDisplay(color ? options.pictures : undefined),
      palette,
      clock: this.#clock,
      tiles: () => this.#chat.calls.tiles,
      wants: (form) => this.#chat.calls.wants(form),
      lost: () => this.#stop("The terminal is gone"),
      signal: this.#ended.signal,
    });
    this.#chat = new Chat({
      ...options,
      pictures: color && options.pictures
        ? { display: options.pictures, window: () => this.#terminal.size() }
        : undefined,
      style,
      makeClient: (onEvent) => options.makeClient(this.#presence.following(onEvent)),
      now: () => this.#clock.wall(),
      notify: (text, place) => this.#signals.notify(text, place),
      readElsewhere: (place) => this.#signals.cancel(place),
      print: (lines) => this.#painter.print(lines),
      clear: () => this.#painter.clear(),
      askSecret: (question) => {
        this.#line.ask(question);
        this.#painter.schedule();
      },
      openEditor: (text) => this.#video.settle(() => this.#editor.open(text)),
      filesChanged: () => this.#painter.schedule(),
      callsChanged: () => {
        this.#painter.schedule();
        this.#video.request();
      },
      callBox: () => this.#video.box,
      fill: (text) => this.#line.fill(text),
      quit: () => this.#askToQuit(),
    });
  }

  async run(): Promise<CloseStatus> {
    const { client } = this.#chat;
    using taken = this.#terminal.open({
      resized: () => this.#painter.paint(),
      stopped: (reason) => this.#stop(reason),
    });
    this.#taken = taken;
    try {
      client.start();
      this.#painter.paint();
      const failed = this.#keys.read();
      const status = await Promise.race([client.closed, this.#forced.promise, failed]);
      await this.#editor.lent;
      await new Promise<void>((resolve) => this.#video.settle(resolve));
      this.#showUnsent();
      this.#over = true;
      await this.#painter.end();
      return this.#reason === undefined ? status : { ...status, reason: this.#reason };
    } finally {
      this.#chat.stop();
      this.#ended.abort();
      this.#countdown.abort();
    }
  }

  #press(key: Key): void {
    const name = key.type === "press" ? key.key : "";
    const focus = /^focus-(in|out)$/.exec(name);
    this.#chat.attention.setLooking(focus?.[1] !== "out", focus !== null);
    if (focus !== null) return;
    this.#presence.keyPressed();
    const place = /^M-([1-9])$/.exec(name);
    if (place !== null) return this.#switchTo(Number(place[1]));
    const before = this.#line.text;
    if (before === "" && key.type === "text" && key.text === " " && this.#chat.calls.press()) return;
    const action = this.#line.press(key);
    if (key.type !== "press" && this.#line.text !== before) this.#presence.typed(this.#line.text);
    if (action !== undefined) this.#act(action);
  }

  #act(action: EditorAction): void {
    switch (action) {
      case "submit":
        return this.#submit();
      case "cancel":
        return this.#hint();
      case "interrupt":
      case "quit":
        return this.#askToQuit();
      case "clear":
        return this.#painter.clear();
      case "full":
        return this.#chat.fail("The line is full and the rest was dropped: send the text in parts");
      case "external":
        return this.#video.settle(() => this.#editor.open(this.#line.text));
      default:
        return action satisfies never;
    }
  }

  #submit(): void {
    this.#line.submit((line) => {
      this.#confirmation.lineTyped(line);
      return this.#chat.submit(line);
    });
    this.#line.enterPlace(this.#chat.place);
  }

  #switchTo(number: number): void {
    this.#chat.switchTo(number);
    this.#line.enterPlace(this.#chat.place);
  }

  #takeEdited(text: string): void {
    const action = this.#line.rewrite(text);
    if (action !== undefined) this.#act(action);
  }

  #hint(): void {
    if (this.#hinted) return;
    this.#hinted = true;
    this.#painter.print(["* The line was cleared, Up brings it back: Ctrl-C again quits"]);
  }

  #askToQuit(): void {
    const question = this.#quitting ? undefined : this.#confirmation.question();
    if (question === undefined) this.#quit();
    else this.#painter.print([`* ${question}`]);
  }

  /** Waits for pending messages and leaves. A second call leaves at once. */
  #quit(): void {
    if (this.#quitting) {
      this.#forced.resolve({ kind: "closed", cause: "left", reason: "Left without waiting for the server" });
      return;
    }
    this.#quitting = true;
    void this.#leave();
  }

  async #leave(): Promise<void> {
    const { client, state } = this.#chat;
    if (state.pending.length > 0 && state.status.kind === "online") {
      const late = Promise.withResolvers<void>();
      this.#clock.after(DRAIN_WAIT_MS, late.resolve, this.#ended.signal);
      await Promise.race([client.drained(), late.promise]);
    }
    await client.close();
  }

  #stop(reason: string): void {
    this.#reason ??= reason;
    this.#editor.stop();
    if (!this.#quitting) this.#quit();
  }

  /** Shows every message and draft that was not sent. */
  #showUnsent(): void {
    const { client, state } = this.#chat;
    const next = client.remembers ? ": it will be sent when you connect again" : "";
    for (const message of state.pending) this.#chat.fail(`Not sent: ${quoteText(pendingLine(message))}${next}`);
    for (const text of this.#line.unsent()) this.#chat.fail(`Not sent: ${quoteText(text)}`);
  }

  #live(size: Size): LiveRegion {
    const { state, place, placeName, activity, failedMessages: unsent, scrollback: scroll, files, calls } = this.#chat;
    this.#countDown(state.status);
    this.#line.enterPlace(place);
    const away = state.you?.away === undefined ? "" : " (away)";
    const activities = activityTexts(activity).map((text) => away + text);
    const prompts = promptTexts(placeName, state.status, this.#clock.now(), activities);
    const { crowd } = scroll;
    const pending = waitingTexts({ crowd, failed: unsent.failed, state, place, files: files.rows, call: calls.row });
    const videoRows = this.#video.rows(size);
    return { videoRows, pending, note: this.#presence.note, ...this.#line.live(prompts, size.columns) };
  }

  /** Redraws the prompt each time its number of seconds changes. */
  #countDown(status: Status): void {
    this.#countdown.abort();
    if (status.kind !== "waiting") return;
    const left = status.retryAt - this.#clock.now();
    if (left <= 0) return;
    this.#countdown = new AbortController();
    this.#clock.after(left % 1000 || 1000, () => this.#painter.paint(), this.#countdown.signal);
  }
}

/**
 * The terminal client, from key presses and a client's events to what is on the screen.
 * This folder may not know sockets, the server or the core: it imports `client`, `protocol`, `@std/cli` and `@std/text` only.
 */

import type { Status } from "../client/client_event.ts";
import { type Clock, systemClock } from "../client/clock.ts";
import { Chat, type ChatOptions } from "./chat.ts";
import { complete } from "./completion.ts";
import { Confirmation } from "./confirmation.ts";
import { DenoTerminal } from "./deno_terminal.ts";
import { isSecret } from "./commands.ts";
import { accept, discard, edit, type Editor, type EditorAction, emptyEditor } from "./editor.ts";
import { KeySource } from "./key_source.ts";
import type { Key } from "./keys.ts";
import { quoted } from "./lines.ts";
import { layOut, type Live, pendingText, promptText } from "./live.ts";
import type { Style } from "./lines.ts";
import { Painter } from "./painter.ts";
import { createPalette } from "./palette.ts";
import { Secrets } from "./secret.ts";
import type { Terminal } from "./terminal.ts";
import { createTimes } from "./times.ts";

export type CloseStatus = Extract<Status, { kind: "closed" }>;

export interface TerminalOptions {
  /** Called once; the client is started here. */
  readonly makeClient: ChatOptions["makeClient"];
  /** The room that is current at first. */
  readonly room: string;
  readonly color: boolean;
  /** How others come in by an invite. */
  readonly invitation?: Style["invitation"];
  readonly qrCode?: Style["qrCode"];
  /** A question where quitting has to be meant; undefined where it has not, now. */
  readonly confirmQuit?: () => string | undefined;
  /** IANA name; default: the machine's. */
  readonly timeZone?: string;
  /** Default: the standard input and output, which have to be terminals. */
  readonly terminal?: Terminal;
  readonly clock?: Clock;
}

/** How long messages on their way hold up the end. */
const DRAIN_WAIT_MS = 2_000;

/** Chats until the person quits or the client is closed; the terminal is as it was before on every way out. */
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
  #editor: Editor = emptyEditor;
  /** While one is asked for, it stands in place of the line, which comes back as it was. */
  readonly #secrets = new Secrets();
  readonly #confirmation: Confirmation;
  #quitting = false;
  #hinted = false;
  /** Set by a signal. */
  #reason: string | undefined;

  constructor(options: TerminalOptions) {
    const { color, timeZone, invitation, qrCode } = options;
    const style = { palette: createPalette(color), times: createTimes(timeZone), invitation, qrCode };
    this.#confirmation = new Confirmation(options.confirmQuit);
    this.#terminal = options.terminal ?? new DenoTerminal();
    this.#clock = options.clock ?? systemClock;
    this.#painter = new Painter({
      terminal: this.#terminal,
      clock: this.#clock,
      layOut: (size) => layOut(this.#live(), size, style.palette),
      lost: () => this.#stop("The terminal is gone"),
    });
    this.#keys = new KeySource({
      terminal: this.#terminal,
      clock: this.#clock,
      press: (key) => this.#press(key),
      paint: () => this.#painter.paint(),
      gone: () => this.#stop("The terminal is gone"),
      signal: this.#ended.signal,
    });
    this.#chat = new Chat({
      makeClient: options.makeClient,
      room: options.room,
      style,
      now: new Date(this.#clock.now()).toISOString(),
      print: (lines) => this.#painter.print(lines),
      clear: () => this.#painter.clear(),
      askSecret: (question) => {
        this.#secrets.ask(question);
        this.#painter.schedule();
      },
      quit: () => this.#askToQuit(),
    });
  }

  async run(): Promise<CloseStatus> {
    const { client } = this.#chat;
    using _raw = this.#terminal.open({
      resized: () => this.#painter.paint(),
      stopped: (reason) => this.#stop(reason),
    });
    try {
      client.start();
      this.#painter.paint();
      const failed = this.#keys.read();
      const status = await Promise.race([client.closed, this.#forced.promise, failed]);
      this.#tellUnsent();
      await this.#painter.end();
      return this.#reason === undefined ? status : { ...status, reason: this.#reason };
    } finally {
      this.#ended.abort();
      this.#countdown.abort();
    }
  }

  #press(key: Key): void {
    if (this.#secrets.prompt !== undefined) return this.#secrets.press(key);
    const typed = this.#editor;
    const { editor, action } = edit(
      this.#editor,
      key,
      (text, cursor) => complete(text, cursor, this.#chat.known()),
    );
    this.#editor = action === "cancel" && isSecret(typed.text) ? discard(typed) : editor;
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
        return this.#chat.fail("The line is full, and the rest was dropped: send it in parts");
      default:
        return unknown(action);
    }
  }

  #submit(): void {
    const line = this.#editor.text.trimEnd();
    this.#confirmation.typed(line);
    const fits = line === "" || this.#chat.submit(line);
    if (isSecret(line)) this.#editor = discard(this.#editor);
    else if (fits) this.#editor = accept(this.#editor);
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

  /** Lets messages on their way arrive, then leaves. A second call waits for nothing. */
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
    if (!this.#quitting) this.#quit();
  }

  /** Nothing that was typed is lost without a word. */
  #tellUnsent(): void {
    const { client, state } = this.#chat;
    const next = client.remembers ? ": it goes when you connect again" : "";
    for (const { text } of state.pending) this.#chat.fail(`Not sent: ${quoted(text)}${next}`);
  }

  #live(): Live {
    const { state, room } = this.#chat;
    this.#countDown(state.status);
    const pending = state.pending.map((message) => pendingText(message, room));
    const { prompt } = this.#secrets;
    if (prompt !== undefined) return { pending, prompt, ...this.#secrets.shown };
    return {
      pending,
      prompt: promptText(room, state.status, this.#clock.now()),
      text: this.#editor.text,
      cursor: this.#editor.cursor,
    };
  }

  /** Draws the prompt again when the number of seconds in it changes. */
  #countDown(status: Status): void {
    this.#countdown.abort();
    if (status.kind !== "waiting") return;
    const left = status.retryAt - this.#clock.now();
    if (left <= 0) return;
    this.#countdown = new AbortController();
    this.#clock.after(left % 1000 || 1000, () => this.#painter.paint(), this.#countdown.signal);
  }
}

function unknown(action: never): never {
  throw new Error(`Cannot act on ${JSON.stringify(action)}`);
}

/** `--plain`: the chat without drawing. The terminal itself edits input lines, and output is only appended. */

import { type Clock, systemClock } from "../../client/clock.ts";
import type { ChatOptions } from "../chat_options.ts";
import { Chat } from "../chat.ts";
import { QuitConfirmation } from "../model/confirmation.ts";
import type { CloseStatus } from "../app.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Style } from "../render/line_style.ts";
import { createPalette } from "../render/palette.ts";
import { Signals } from "../screen/signals.ts";
import { PlainInput } from "./plain_input.ts";
import { Presence } from "../model/presence.ts";
import type { KeepSetting } from "../model/preferences.ts";
import type { Settings } from "../model/settings.ts";
import type { Theme } from "../render/theme.ts";
import { createTimes } from "../render/time_format.ts";

export interface PlainAppOptions {
  readonly makeClient: ChatOptions["makeClient"];
  /** The first current room. */
  readonly room: string;
  /** IANA name. Default: the time zone of the machine. */
  readonly timeZone?: string;
  /** The user's settings. */
  readonly settings?: Partial<Settings>;
  readonly keepSetting?: KeepSetting;
  readonly themes?: ReadonlyMap<string, Theme>;
  readonly files?: ChatOptions["files"];
  readonly calls?: ChatOptions["calls"];
  /** Describes how others join with an invite. */
  readonly invitation?: Style["invitation"];
  readonly linking?: Style["linking"];
  /** As in the live terminal, except that the end of input needs no confirmation. */
  readonly confirmQuit?: () => string | undefined;
  /** Raw input. At its end the app waits for pending messages and then leaves. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Turns off echo until the result is disposed of. */
  readonly hide: () => Disposable;
  /** Takes what to do when the system asks the program to end: it leaves the chat. */
  readonly onStop: (leave: () => void) => void;
  /** Appends whole lines, including their line ends. */
  readonly write: (text: string) => void;
  readonly now: () => number;
  readonly clock?: Clock;
}

/** Runs the chat until it ends. Slash commands work as in the live terminal, except `/clear`, which does nothing. */
export async function runPlain(options: PlainAppOptions): Promise<CloseStatus> {
  const { makeClient, room, timeZone, invitation, linking, input, write, now } = options;
  const confirmation = new QuitConfirmation(() => options.confirmQuit?.() ?? chat.files.question);
  const print = (lines: readonly string[]) => write(signals.take("") + lines.map((line) => `${line}\n`).join(""));
  const signals: Signals = new Signals({ settings: () => chat.preferences.settings, now });
  const ended = new AbortController();
  const presence: Presence = new Presence({
    clock: options.clock ?? systemClock,
    signal: ended.signal,
    settings: () => chat.preferences.settings,
    place: () => chat.place,
    ignores: (member) => chat.client.ignored.has(member),
    send: (command) => chat.client.command(command),
    // Typing is not shown here: only whole lines are printed.
    changed: () => {},
  });
  const typed = new PlainInput({
    line: (line) => {
      presence.keyPressed();
      confirmation.lineTyped(line ?? "");
      submit(chat, line);
    },
    print: (line) => print([line]),
    hide: options.hide,
  });
  const chat: Chat = new Chat({
    makeClient: (onEvent) => makeClient(presence.following(onEvent)),
    room,
    style: { palette: createPalette(false), times: createTimes(timeZone), invitation, linking, saves: true },
    // There are no unread counters here, so events of other rooms are all shown.
    settings: { elsewhere: "all", ...options.settings },
    keepSetting: options.keepSetting,
    themes: options.themes,
    files: options.files,
    calls: options.calls,
    now,
    notify: (text, place) => signals.notify(text, place),
    readElsewhere: (place) => signals.cancel(place),
    print: (lines) => lines.length > 0 && print(lines),
    clear: () => {},
    fill: (text) => print([`* Current text: ${sanitizeLine(text)}`]),
    askSecret: (question) => typed.ask(question),
    openEditor: () => chat.fail("An external editor is not available with --plain"),
    quit: () => {
      const question = confirmation.question();
      if (question === undefined) void chat.client.close();
      else print([`* ${question}`]);
    },
  });
  options.onStop(() => void chat.client.close());
  chat.client.start();
  try {
    return await Promise.race([chat.client.closed, takeAll(chat, typed, input)]);
  } finally {
    chat.stop();
    ended.abort();
    typed.stop();
  }
}

function submit(chat: Chat, line: string | undefined): void {
  if (line === undefined) chat.fail("The line is not valid UTF-8 and was not sent");
  else if (line.trim() !== "") chat.submit(line.trimEnd());
}

async function takeAll(chat: Chat, typed: PlainInput, input: AsyncIterable<Uint8Array>): Promise<CloseStatus> {
  for await (const chunk of input) typed.take(chunk);
  typed.end();
  await chat.client.drained();
  await chat.client.close();
  return await chat.client.closed;
}

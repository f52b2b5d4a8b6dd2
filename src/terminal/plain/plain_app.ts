/** `--plain`: nothing is ever drawn over. Lines come as the terminal itself edits them, and output is appended. */

import type { ChatOptions } from "../chat.ts";
import { Chat } from "../chat.ts";
import { Confirmation } from "../model/confirmation.ts";
import type { CloseStatus } from "../app.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Style } from "../render/line_style.ts";
import { createPalette } from "../render/palette.ts";
import { Signals } from "../screen/signals.ts";
import { PlainInput } from "./plain_input.ts";
import type { KeepSetting } from "../model/preferences.ts";
import type { Settings } from "../model/settings.ts";
import type { Theme } from "../render/theme.ts";
import { createTimes } from "../render/time_format.ts";

export interface PlainAppOptions {
  readonly makeClient: ChatOptions["makeClient"];
  /** The room that is current at first. */
  readonly room: string;
  /** IANA name; default: the machine's. */
  readonly timeZone?: string;
  /** What the reader chose. */
  readonly settings?: Partial<Settings>;
  readonly keepSetting?: KeepSetting;
  readonly themes?: ReadonlyMap<string, Theme>;
  /** How others come in by an invite. */
  readonly invitation?: Style["invitation"];
  /** As in the live terminal, but that the end of the input is never asked about. */
  readonly confirmQuit?: () => string | undefined;
  /** What is typed, as it is read. At its end what is on its way is waited for, then we leave. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Stops showing what is typed, until it is disposed of; `stopped` is called where the system wants the program to end. */
  readonly hide: (stopped: () => void) => Disposable;
  /** Appends whole lines, each with its line end. */
  readonly write: (text: string) => void;
  readonly now: () => number;
}

/** The slash commands work as in the live terminal, but for `/clear`, which does nothing. */
export async function runPlain(options: PlainAppOptions): Promise<CloseStatus> {
  const { makeClient, room, timeZone, invitation, input, write, now } = options;
  const confirmation = new Confirmation(options.confirmQuit);
  const print = (lines: readonly string[]) => write(signals.take("") + lines.map((line) => `${line}\n`).join(""));
  const signals: Signals = new Signals({ settings: () => chat.preferences.settings, now });
  const typed = new PlainInput({
    line: (line) => {
      confirmation.typed(line ?? "");
      submit(chat, line);
    },
    print: (line) => print([line]),
    hide: () => options.hide(() => void chat.client.close()),
  });
  const chat = new Chat({
    makeClient,
    room,
    style: { palette: createPalette(false), times: createTimes(timeZone), invitation },
    // Nothing else would tell what happens there.
    settings: { elsewhere: "all", ...options.settings },
    keepSetting: options.keepSetting,
    themes: options.themes,
    now,
    call: (text) => signals.call(text),
    print: (lines) => lines.length > 0 && print(lines),
    clear: () => {},
    fill: (text) => print([`* It is: ${sanitizeLine(text)}`]),
    askSecret: (question) => typed.ask(question),
    write: () => chat.fail("Nothing is ever drawn over here: an editor cannot have the terminal"),
    quit: () => {
      const question = confirmation.question();
      if (question === undefined) void chat.client.close();
      else print([`* ${question}`]);
    },
  });
  chat.client.start();
  try {
    return await Promise.race([chat.client.closed, takeAll(chat, typed, input)]);
  } finally {
    typed.stop();
  }
}

function submit(chat: Chat, line: string | undefined): void {
  if (line === undefined) chat.fail("The line is no valid UTF-8 and was not sent");
  else if (line.trim() !== "") chat.submit(line.trimEnd());
}

async function takeAll(chat: Chat, typed: PlainInput, input: AsyncIterable<Uint8Array>): Promise<CloseStatus> {
  for await (const chunk of input) typed.take(chunk);
  typed.end();
  await chat.client.drained();
  await chat.client.close();
  return await chat.client.closed;
}

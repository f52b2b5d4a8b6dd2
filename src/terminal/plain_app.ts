/** `--plain`: nothing is ever drawn over. Lines come as the terminal itself edits them, and output is appended. */

import type { ChatOptions } from "./chat.ts";
import { Chat } from "./chat.ts";
import type { CloseStatus } from "./app.ts";
import { createPalette } from "./palette.ts";
import { createTimes } from "./times.ts";

export interface PlainAppOptions {
  readonly makeClient: ChatOptions["makeClient"];
  /** The room that is current at first. */
  readonly room: string;
  /** IANA name; default: the machine's. */
  readonly timeZone?: string;
  /** What is typed, without line ends. At its end what is on its way is waited for, then we leave. */
  readonly input: AsyncIterable<string>;
  /** Appends whole lines, each with its line end. */
  readonly write: (text: string) => void;
  readonly now: () => number;
}

/** The slash commands work as in the live terminal, but for `/clear`, which does nothing. */
export async function runPlain(options: PlainAppOptions): Promise<CloseStatus> {
  const { makeClient, room, timeZone, input, write, now } = options;
  const chat = new Chat({
    makeClient,
    room,
    style: { palette: createPalette(false), times: createTimes(timeZone) },
    now: new Date(now()).toISOString(),
    print: (lines) => lines.length > 0 && write(lines.map((line) => `${line}\n`).join("")),
    clear: () => {},
    quit: () => void chat.client.close(),
  });
  chat.client.start();
  return await Promise.race([chat.client.closed, submitAll(chat, input)]);
}

async function submitAll(chat: Chat, input: AsyncIterable<string>): Promise<CloseStatus> {
  for await (const line of input) {
    if (line.trim() !== "") chat.submit(line.trimEnd());
  }
  await chat.client.drained();
  await chat.client.close();
  return await chat.client.closed;
}

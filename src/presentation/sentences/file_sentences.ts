import type { DirectEvent, UrlEvent } from "../../protocol/messages/messages.ts";
import { fileText } from "./file_text.ts";
import type { Markup } from "./markup.ts";

/** Names the address of a file: `The file is at /files/… until 12:05`. */
export function fileSentence({ path, until }: UrlEvent, markup: Markup): string {
  return `The file is at ${markup.text(path)} until ${markup.moment(until)}`;
}

/** Tells of a file that a member offers, where the client cannot take it. */
export function straightSentences({ step, from, name = "", size = 0 }: DirectEvent, markup: Markup): string[] {
  if (step !== "offer") return [];
  const what = markup.text(fileText({ name, size }));
  return [
    `${markup.name(from.name)} offers you ${what}, straight from their machine: connect with a terminal to take it`,
  ];
}

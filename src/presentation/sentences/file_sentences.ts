import type { UrlEvent } from "../../protocol/messages/messages.ts";
import type { Markup } from "./markup.ts";

/** Names the address of a file: `The file is at /files/… until 12:05`. */
export function fileSentence({ path, until }: UrlEvent, markup: Markup): string {
  return `The file is at ${markup.text(path)} until ${markup.moment(until)}`;
}

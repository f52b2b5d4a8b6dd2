/**
 * Lines for changes of messages. Printed lines stay as they are, so a change is a line of its own that names its
 * message.
 */

import type { PendingMessage } from "../../client/delivery/message_intent.ts";
import { changePlace, changeSentence, quotedMessage } from "../../presentation/sentences/change_sentences.ts";
import { ACTION_PREFIX } from "../../protocol/conventions.ts";
import type { Change, Message } from "../../protocol/messages/messages.ts";
import { sanitize, sanitizeLine } from "../../protocol/text/sanitize.ts";
import { INDENT, type ReaderView, type Style } from "./line_style.ts";

/** The lines of a change; none for an edit whose message was changed again or is gone. */
export function changeLines(change: Change, { palette }: Style, reader: ReaderView): string[] {
  if (change.type === "edited" && change.text === undefined) return [];
  const where = changePlace(change, reader.place);
  const from = { ...change.from, name: sanitizeLine(change.from.name) };
  const sentence = changeSentence({ ...change, from }, { where: sanitizeLine(where), numbered: true });
  const [first, ...rest] = sanitize(sentence).split("\n");
  return [`* ${first}`, ...rest.map((line) => INDENT + line)].map((line) => palette.dim(line));
}

/** A message or change that waits to be acknowledged, on one line. */
export function pendingLine({ text, file, intent }: PendingMessage): string {
  const words = text.startsWith(ACTION_PREFIX) ? `* ${text.slice(ACTION_PREFIX.length)}` : text;
  const line = file === undefined ? words : `${words} [${file.name}]`.trimStart();
  switch (intent?.kind) {
    case undefined:
    case "reply":
      return sanitizeLine(line);
    case "edit":
      return sanitizeLine(`edited: ${line}`);
    case "delete":
      return "deletion of a message";
    case "react":
      return sanitizeLine(`reaction ${text} is ${intent.remove ? "removed" : "added"}`);
    default:
      return intent satisfies never;
  }
}

/** The quote above a reply. */
export function replyLines({ reply }: Message, { palette }: Style): string[] {
  return reply === undefined ? [] : [palette.dim(`${INDENT}> ${sanitizeLine(quotedMessage(reply))}`)];
}

/** The reactions below a message. */
export function reactionLines({ reactions = [] }: Message, { palette }: Style): string[] {
  if (reactions.length === 0) return [];
  const counts = reactions.map(({ emoji, count }) => `${sanitizeLine(emoji)} ${count}`);
  return [palette.dim(INDENT + counts.join("  "))];
}

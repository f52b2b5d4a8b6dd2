/**
 * Messages on their way out: chat lines, and changes of messages.
 * `Client.send` builds and checks each one; the `Sender` repeats its command until the server acknowledges it.
 */

import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_TEXT_BYTES } from "../../protocol/limits.ts";
import type { ChangeCommand, MessageCommand, MessageFile } from "../../protocol/messages/messages.ts";
import { type EntrySignature, signatureOf } from "../../protocol/identity/entry_signature.ts";
import { checkEntryCommand } from "../../protocol/messages/validate.ts";
import { isUuidV7 } from "../../protocol/uuid.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";

/** The receiver of a message: a room, or a member by name or id. */
export type Target = { readonly room: string } | { readonly to: string };

/**
 * What a message is, if it is more than a chat line. The text belongs to the reply or the edited message, or is the emoji
 * of a reaction. A reply names a message or a member, a change the message that it changes. Messages are named by id, or by seq where the id is
 * not known. A change without `of` is for the last message it can apply to.
 */
export type MessageIntent =
  | { readonly kind: "reply"; readonly to: number | string }
  | { readonly kind: "edit"; readonly of?: number | string }
  | { readonly kind: "delete"; readonly of?: number | string }
  | { readonly kind: "react"; readonly of?: number | string; readonly remove?: true };

/** A message that no server has acknowledged yet. `ref` stays the same however often it is sent; a UUIDv7 is its id, too. */
export interface PendingMessage {
  readonly ref: string;
  readonly target: Target;
  /** Empty for a deletion, and for a file without a text. */
  readonly text: string;
  /** A file that the server has. */
  readonly file?: MessageFile;
  readonly intent?: MessageIntent;
  /** Made before the message is sent for the first time. */
  readonly signed?: OwnSignature;
}

/** The fields that a signature adds to a message: its receiver is named by id then, since another member may take the name. */
export type SignedPart = Required<Pick<PendingMessage, "target" | "signed">>;

/** Our signature of a message, with the id under which we signed. A message that another member sends is signed again. */
export interface OwnSignature extends EntrySignature {
  readonly author: string;
}

/**
 * Throws a `ProtocolError` with a sentence for users if a server would refuse the message. It is checked here because a
 * line longer than the server's limit would end the connection, and again after every reconnect.
 */
export function checkMessage(message: PendingMessage): void {
  const { text, file, intent } = message;
  if (text === "" && file === undefined && intent?.kind !== "delete") {
    throw new ProtocolError("invalid", "The message is empty: write a text");
  }
  const excess = utf8Length(text) - MAX_TEXT_BYTES;
  if (excess > 0) {
    throw new ProtocolError("invalid", `The message is ${excess} bytes too long: shorten it, or send it in parts`);
  }
  checkEntryCommand(commandOf(message));
}

/** The command that sends the message. Without `withId`, the server makes its id. */
export function commandOf(message: PendingMessage, withId = true): MessageCommand | ChangeCommand {
  const { ref, target, text, file, intent, signed } = message;
  // Earlier versions have kept messages with other refs.
  const label = withId && isUuidV7(ref) ? { ref, id: ref, ...signed && signatureOf(signed) } : { ref };
  const content = file === undefined ? { text } : { text, file };
  if (intent === undefined) return { type: "message", ...label, ...target, ...content };
  switch (intent.kind) {
    case "reply":
      return { type: "message", ...label, ...target, ...content, reply: intent.to };
    case "edit":
      return { type: "edit", ...label, ...target, of: intent.of, text };
    case "delete":
      return { type: "delete", ...label, ...target, of: intent.of };
    case "react":
      return { type: "react", ...label, ...target, of: intent.of, emoji: text, remove: intent.remove };
    default:
      return intent satisfies never;
  }
}

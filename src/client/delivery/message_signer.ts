/** Signs our own messages and changes with the key that the server knows us by. */

import { entryText, type SignedEntry } from "../../protocol/identity/signed_text.ts";
import { parseEmoji } from "../../protocol/text/emoji.ts";
import { isUuid, isUuidV7 } from "../../protocol/uuid.ts";
import type { PendingMessage, SignedPart } from "./message_intent.ts";

/** The member and key that sign on the current link. */
export interface Author {
  /** The id of the chat. */
  readonly chat: string;
  /** Our id. */
  readonly id: string;
  readonly key: string;
}

export interface MessageSignerOptions {
  /** `undefined` unless the server accepted our key at the join. */
  readonly author: () => Author | undefined;
  /** Signs a text with the author's key. */
  readonly sign: (text: string) => Promise<string>;
  /** The id of the member with this name or id, if we share a room or have written to each other. */
  readonly memberId: (name: string) => string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class MessageSigner {
  readonly #options: MessageSignerOptions;

  constructor(options: MessageSignerOptions) {
    this.#options = options;
  }

  /**
   * Signs a message. `undefined` if it has the author's signature already, or cannot be signed: we have no key, it has no id,
   * or it names another message or its receiver in a way that only the server understands. Resolves with `undefined` if
   * the key fails.
   */
  sign(message: PendingMessage): Promise<SignedPart | undefined> | undefined {
    const author = this.#options.author();
    if (author === undefined || message.signed?.author === author.id) return undefined;
    const time = new Date(this.#options.now()).toISOString();
    const content = this.#content(message);
    if (content === undefined) return undefined;
    const { chat, id, key } = author;
    const text = entryText({ ...content, chat, id: message.ref, author: id, time });
    const target = content.to === undefined ? message.target : { to: content.to };
    const signed = (signature: string) => ({ target, signed: { author: id, signature, key, time } });
    return this.#options.sign(text).then(signed, () => undefined);
  }

  #content({ ref, target, text, file, intent }: PendingMessage): Content | undefined {
    if (!isUuidV7(ref)) return undefined;
    const place = this.#placeOf(target);
    if (place === undefined || intent === undefined) return place && { type: "message", ...place, text, file };
    const of = intent.kind === "reply" ? intent.to : intent.of;
    if (typeof of !== "string" || !isUuid(of)) return undefined;
    switch (intent.kind) {
      case "reply":
        return { type: "message", ...place, text, file, reply: of };
      case "edit":
        return { type: "edited", ...place, of, text };
      case "delete":
        return { type: "deleted", ...place, of };
      case "react":
        return { type: "reaction", ...place, of, emoji: parseEmoji(text) ?? text, remove: intent.remove };
      default:
        return intent satisfies never;
    }
  }

  #placeOf(target: PendingMessage["target"]): Pick<SignedEntry, "room" | "to"> | undefined {
    if ("room" in target) return { room: target.room };
    const to = this.#options.memberId(target.to);
    return to === undefined ? undefined : { to };
  }
}

type Content = Omit<SignedEntry, "chat" | "id" | "author" | "time">;

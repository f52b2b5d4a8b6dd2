/** Asks the server for slots and for paths of files, over the chat. */

import { invalidReply, TransferError } from "../../client/files/transfer_error.ts";
import type { Target } from "../../client/delivery/message_intent.ts";
import { retryDelay } from "../../client/link/link_end.ts";
import { parseFilePath } from "../../protocol/address/file_paths.ts";
import { FATAL_ERROR_CODES } from "../../protocol/errors.ts";
import type { ClientCommand, ErrorEvent, EventOf } from "../../protocol/messages/messages.ts";
import { NOT_CONNECTED, type ReplyQueue } from "../model/reply_queue.ts";

export interface FileSlot {
  readonly id: string;
  readonly token: string;
  /** From the root of the host. */
  readonly path: string;
}

export class SlotRequests {
  readonly #replies: ReplyQueue;
  readonly #folder: string;

  /** `folder` is the path of the server's `/`. */
  constructor(replies: ReplyQueue, folder: string) {
    this.#replies = replies;
    this.#folder = folder;
  }

  /** Rejects with a `TransferError`. */
  async offer(target: Target, name: string, size: number): Promise<FileSlot> {
    const { id, token, path } = await this.#ask({ type: "offer", ...target, name, size }, "slot");
    // The token becomes a header.
    if (!/^[\x21-\x7e]{1,256}$/.test(token)) throw invalidReply("it names no place for the file");
    return { id, token, path: this.#checked(path, id) };
  }

  /** Returns a path that serves the file, from the root of the host. Rejects with a `TransferError`. */
  async fetch(id: string): Promise<string> {
    const { path } = await this.#ask({ type: "fetch", id }, "url");
    return this.#checked(path, id);
  }

  async #ask<K extends "slot" | "url">(command: ClientCommand, type: K): Promise<EventOf<K>> {
    try {
      return await this.#replies.ask(command, type);
    } catch (error) {
      throw faultOf(error as Error);
    }
  }

  #checked(path: string, id: string): string {
    if (parseFilePath(path)?.id !== id) throw invalidReply("it names no place for the file");
    return this.#folder + path.slice(1);
  }
}

function faultOf({ message, cause }: Error): TransferError {
  if (message === NOT_CONNECTED) return new TransferError("broken", "Not connected");
  const refusal = cause as ErrorEvent | undefined;
  if (refusal?.code === "rate_limited") {
    return new TransferError("busy", message, { retryAfterMs: retryDelay(refusal) });
  }
  return new TransferError(
    refusal !== undefined && FATAL_ERROR_CODES.has(refusal.code) ? "broken" : "refused",
    message,
  );
}

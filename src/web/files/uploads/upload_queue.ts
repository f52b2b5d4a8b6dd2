/** Uploads of chosen files, one after the other in the order in which they were sent. A message follows each of them. */

import type { Target } from "../../../client/delivery/message_intent.ts";
import type { MessageFile } from "../../../protocol/messages/messages.ts";
import type { Conversation } from "../../model/conversation.ts";
import type { SlicedFile } from "./hashed_file.ts";
import { type FileText, QueuedFile, type QueuedFileOptions } from "./queued_file.ts";
import type { SlotRequests } from "../slot_requests.ts";
import type { SendRequest } from "./upload_request.ts";

export interface UploadQueueOptions extends Pick<QueuedFileOptions, "clock" | "random" | "makeThumbnail" | "slots"> {
  readonly requests: Pick<SlotRequests, "offer">;
  readonly sendRequest: SendRequest;
  /** Queues the message with a file that the server has. Throws an Error for users. */
  readonly sendMessage: (target: Target, message: FileText, file: MessageFile) => void;
  /** Called after each change that a view may show. */
  readonly changed: () => void;
}

export class UploadQueue {
  readonly #options: UploadQueueOptions;
  readonly #files = new Set<QueuedFile>();
  #count = 0;
  #isRunning = false;

  constructor(options: UploadQueueOptions) {
    this.#options = options;
  }

  /** The files of a conversation, in the order in which they were sent. */
  of(conversation: Conversation): readonly QueuedFile[] {
    return [...this.#files].filter((queued) => queued.conversation === conversation);
  }

  /** Whether files are on their way, or wait for it. */
  get isBusy(): boolean {
    return [...this.#files].some(isUnderWay);
  }

  add(file: SlicedFile, conversation: Conversation, message: FileText): void {
    this.#files.add(new QueuedFile({ ...this.#options, file, conversation, message, number: ++this.#count }));
    void this.#run();
  }

  /** Sends a file again that failed. */
  retry(queued: QueuedFile): void {
    queued.restart();
    void this.#run();
  }

  /** Ends a file that is on its way, or forgets one that failed. */
  remove(queued: QueuedFile): void {
    this.#files.delete(queued);
    queued.transfer.cancel();
    // One that is on its way notices by itself.
    if (queued.failure !== undefined) void queued.giveBack();
    this.#options.changed();
  }

  /** Ends the pauses after failures: the chat is connected again. */
  hurry(): void {
    for (const { transfer } of this.#files) transfer.hurry();
  }

  close(): void {
    for (const queued of this.#files) this.remove(queued);
  }

  async #run(): Promise<void> {
    this.#options.changed();
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) await this.#send(next);
    this.#isRunning = false;
  }

  #next(): QueuedFile | undefined {
    return [...this.#files].find(isUnderWay);
  }

  async #send(queued: QueuedFile): Promise<void> {
    const { requests, sendRequest, sendMessage } = this.#options;
    try {
      const { target } = queued.conversation;
      const file = await queued.upload((name, size) => requests.offer(target, name, size), sendRequest);
      if (!this.#files.has(queued)) return void queued.giveBack();
      sendMessage(target, queued.message, file);
      queued.sent();
      this.#files.delete(queued);
    } catch (error) {
      if (!this.#files.has(queued)) void queued.giveBack();
      queued.failure = error instanceof Error ? error.message : String(error);
    }
    this.#options.changed();
  }
}

function isUnderWay({ failure }: QueuedFile): boolean {
  return failure === undefined;
}

/** The files of one session of the page: sends the chosen ones, and shows and saves those of others. */

import { systemClock } from "../../client/clock.ts";
import { checkMessage } from "../../client/delivery/message_intent.ts";
import type { MessageFile, Thumbnail } from "../../protocol/messages/messages.ts";
import { openBrowserStorage } from "../model/browser_storage.ts";
import type { PageActions } from "../page_actions.ts";
import type { PageChat } from "../page_chat.ts";
import { AttachmentList } from "./uploads/attachment_list.ts";
import { Attachments } from "./uploads/attachments.ts";
import { FileAccess } from "./file_access.ts";
import type { CardAction } from "./file_card.ts";
import { KeptSlots } from "./uploads/kept_slots.ts";
import type { FileText, QueuedFile } from "./uploads/queued_file.ts";
import { SlotRequests } from "./slot_requests.ts";
import { makeThumbnail } from "./uploads/thumbnail_maker.ts";
import { ThumbnailLoader } from "./thumbnail_loader.ts";
import { UploadList } from "./uploads/upload_list.ts";
import { UploadQueue } from "./uploads/upload_queue.ts";
import { sendRequest } from "./uploads/xhr_upload.ts";

export interface FileSessionOptions {
  readonly chat: PageChat;
  readonly actions: Pick<PageActions, "messageOf">;
  /** The path of the server's `/`. */
  readonly folder: string;
  /** Gives a text back to the draft of the conversation with this key. */
  readonly restore: (key: string, text: string) => void;
  /** Moves the focus to the field for messages. */
  readonly focusText: () => void;
  /** Called after each change of what `update` draws. */
  readonly changed: () => void;
  /** Shows a sentence to the user. */
  readonly failed: (text: string) => void;
}

export class FileSession {
  readonly chat: PageChat;
  readonly #options: FileSessionOptions;
  readonly #attachments = new Attachments();
  readonly #queue: UploadQueue;
  readonly #access: FileAccess;
  readonly #thumbnails: ThumbnailLoader;
  readonly #attached = new AttachmentList((file) => this.#detach(file));
  readonly #uploads = new UploadList({
    retry: (queued) => this.#queue.retry(queued),
    remove: (queued) => this.#remove(queued),
  });
  #wasOnline = true;

  constructor(options: FileSessionOptions) {
    const { chat, folder, changed } = options;
    this.chat = chat;
    this.#options = options;
    const requests = new SlotRequests(chat.replies, folder);
    this.#access = new FileAccess(requests);
    this.#thumbnails = new ThumbnailLoader(requests);
    this.#queue = new UploadQueue({
      requests,
      sendRequest,
      makeThumbnail,
      slots: new KeptSlots(openBrowserStorage(folder).tab, () => chat.state.you?.id),
      ...{ clock: systemClock, random: Math.random },
      sendMessage: (target, { text, intent }, file) => void chat.client.send(target, text, intent, file),
      changed,
    });
    globalThis.addEventListener("beforeunload", this.#beforeUnload);
  }

  /** Whether files are chosen for the open conversation. */
  get isChosen(): boolean {
    return this.#attachments.of(this.#key).length > 0;
  }

  /** Adds files to the next message of the open conversation. */
  take(files: readonly File[], folders: readonly string[]): void {
    const { failed, changed } = this.#options;
    const faults = this.#attachments.add(this.#key, { files, folders }, this.chat.maxFileBytes);
    for (const fault of faults) failed(fault);
    if (this.isChosen) this.#options.focusText();
    changed();
  }

  /**
   * Sends the chosen files; the first one with the text of the line. Returns false if no file is chosen, or if the line is no
   * message. Throws an Error for users.
   */
  send(line: string): boolean {
    const { current } = this.chat.conversations;
    if (current === undefined || !this.isChosen) return false;
    const message = line === "" ? { text: "" } : this.#options.actions.messageOf(line);
    if (message === undefined) return false;
    if (message.text !== "") checkMessage({ ref: "0", target: current.target, ...message });
    const first: FileText = { ...message, line };
    const files = this.#attachments.take(current.key);
    for (const [nth, file] of files.entries()) this.#queue.add(file, current, nth === 0 ? first : NO_TEXT);
    return true;
  }

  perform(action: CardAction, file: MessageFile, card: Element): void {
    void this.#access.perform(action, file, card);
  }

  /** Fills the image of a message with its thumbnail. */
  showThumbnail(image: HTMLImageElement, thumbnail: Thumbnail): void {
    this.#thumbnails.show(image, thumbnail);
  }

  /** Draws what belongs to the open conversation. */
  update(): void {
    const { conversations: { current }, state: { status } } = this.chat;
    const isOnline = status.kind === "online";
    if (isOnline && !this.#wasOnline) this.#queue.hurry();
    this.#wasOnline = isOnline;
    if (current === undefined) return;
    this.#attached.update(this.#attachments.of(current.key));
    this.#uploads.update(this.#queue.of(current));
  }

  close(): void {
    globalThis.removeEventListener("beforeunload", this.#beforeUnload);
    this.#queue.close();
    this.#thumbnails.close();
    this.#attached.update([]);
    this.#uploads.update([]);
  }

  get #key(): string {
    return this.chat.conversations.current?.key ?? "";
  }

  #detach(file: File): void {
    this.#attachments.remove(this.#key, file);
    this.#options.changed();
  }

  #remove(queued: QueuedFile): void {
    const { conversation: { key }, message: { line } } = queued;
    this.#queue.remove(queued);
    if (line !== "") this.#options.restore(key, line);
  }

  /** The browser asks the user before it ends an upload with the page. */
  readonly #beforeUnload = (event: BeforeUnloadEvent): void => {
    if (this.#queue.isBusy) event.preventDefault();
  };
}

const NO_TEXT: FileText = { text: "", line: "" };

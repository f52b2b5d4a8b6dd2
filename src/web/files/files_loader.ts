/** Files on the page: listens for them, and loads what sends, shows and saves them when the user first needs it. */

import type { PageChat } from "../page_chat.ts";
import type { PageSession } from "../page_session.ts";
import { byId, on } from "../views/dom.ts";
import { type CardAction, fileOf, onThumbnail } from "./file_card.ts";
import { FileIntake } from "./file_intake.ts";
import type { FileSession, FileSessionOptions } from "./file_session.ts";

export interface FilesLoaderOptions extends Omit<FileSessionOptions, "chat" | "actions"> {
  readonly session: () => PageSession | undefined;
}

export class FilesLoader {
  readonly #options: FilesLoaderOptions;
  /** The files of the session that began last. It may be an earlier session than that of the chat on the screen. */
  #files: FileSession | undefined;

  constructor(options: FilesLoaderOptions) {
    this.#options = options;
    new FileIntake({ take: (files, folders) => void this.#use((page) => page.take(files, folders)) });
    onThumbnail((image, thumbnail) => void this.#use((page) => page.showThumbnail(image, thumbnail)));
    on(byId("messages"), "click", ({ target }) => {
      const button = target instanceof Element ? target.closest<HTMLElement>("[data-do]") : null;
      const card = button?.closest(".file");
      const file = card && fileOf(card);
      if (file) void this.#use((page) => page.perform(button!.dataset.do as CardAction, file, card!));
    });
  }

  /** Whether files are chosen for the open conversation. */
  get hasFiles(): boolean {
    return this.#files?.isChosen ?? false;
  }

  /** Sends the chosen files with the line. Returns false if it is not for them. Throws an Error for users. */
  send(line: string): boolean {
    return this.#files?.send(line) ?? false;
  }

  update(chat: PageChat): void {
    byId("attach").hidden = chat.maxFileBytes === undefined;
    if (this.#files?.chat === chat) this.#files.update();
    else this.close();
  }

  /** Ends what the session did with files. */
  close(): void {
    this.#files?.close();
    this.#files = undefined;
  }

  async #use(use: (files: FileSession) => void): Promise<void> {
    const module = await import("./file_session.ts").catch(() => undefined);
    if (module === undefined) return this.#options.failed("This part of the page cannot be loaded: reload the page");
    const session = this.#options.session();
    if (session === undefined) return;
    const { chat, actions } = session;
    if (this.#files?.chat !== chat) this.close();
    use(this.#files ??= new module.FileSession({ ...this.#options, chat, actions }));
  }
}

/** Files that the user chooses, drops on the page, or pastes into the field. */

import { byId, on } from "../views/dom.ts";

export interface FileIntakeOptions {
  /** Takes files, and the names of folders, which cannot be sent. */
  readonly take: (files: readonly File[], folders: readonly string[]) => void;
}

export class FileIntake {
  readonly #take: FileIntakeOptions["take"];
  readonly #chat = byId("chat");

  constructor({ take }: FileIntakeOptions) {
    this.#take = take;
    const picker = byId<HTMLInputElement>("files");
    on(byId("attach"), "click", () => picker.click());
    on(picker, "change", () => {
      take([...picker.files ?? []], []);
      // The same file can be chosen again.
      picker.value = "";
    });
    on(byId("text"), "paste", (event) => this.#paste(event));
    on(document.body, "dragover", (event) => this.#over(event));
    on(document.body, "dragleave", ({ relatedTarget }) => relatedTarget === null && this.#mark(false));
    on(document.body, "drop", (event) => this.#drop(event));
  }

  /** Spreadsheets and others put a picture beside a text: then the text is meant. */
  #paste(event: ClipboardEvent): void {
    const { files, types } = event.clipboardData!;
    if (files.length === 0 || types.includes("text/plain")) return;
    event.preventDefault();
    this.#take([...files], []);
  }

  /** Otherwise the browser would open the file in place of the chat. */
  #over(event: DragEvent): void {
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.#mark(!this.#chat.hidden);
  }

  #drop(event: DragEvent): void {
    this.#mark(false);
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (this.#chat.hidden) return;
    const { items, files } = event.dataTransfer!;
    const entries = Array.from(items, (item) => item.kind === "file" ? item.webkitGetAsEntry() : null);
    const folders = entries.flatMap((entry) => entry?.isDirectory ? [entry.name] : []);
    this.#take(Array.from(files).filter(({ name }) => !folders.includes(name)), folders);
  }

  #mark(isOver: boolean): void {
    this.#chat.classList.toggle("dropping", isOver);
  }
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}

import { wireFileName } from "../../../protocol/files/file_names.ts";
import { byId, el, on, setAttribute, syncList } from "../../views/dom.ts";
import { formatBytes } from "../file_size.ts";

/** The files that go with the next message, above the field. */
export class AttachmentList {
  readonly #list = byId("attached");
  readonly #keys = new WeakMap<File, string>();
  readonly #remove: (file: File) => void;
  #count = 0;

  constructor(remove: (file: File) => void) {
    this.#remove = remove;
  }

  update(files: readonly File[]): void {
    this.#list.hidden = files.length === 0;
    syncList(this.#list, {
      items: files,
      key: (file) => this.#keyOf(file),
      create: (file) => this.#item(file),
      update: () => {},
    });
  }

  #keyOf(file: File): string {
    const key = this.#keys.get(file) ?? String(++this.#count);
    this.#keys.set(file, key);
    return key;
  }

  #item(file: File): HTMLElement {
    const name = wireFileName(file.name);
    const remove = el("button", { type: "button", class: "icon-button" });
    setAttribute(remove, "aria-label", `Remove ${name}`);
    remove.append(el("span", { class: "icon icon-close", "aria-hidden": "true" }));
    on(remove, "click", () => {
      byId("attach").focus();
      this.#remove(file);
    });
    return el(
      "li",
      {},
      el("bdi", { class: "file-name" }, name),
      el("span", { class: "state" }, formatBytes(file.size)),
      remove,
    );
  }
}

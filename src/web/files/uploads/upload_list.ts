/** Files on their way, below the messages that wait to be sent. */

import type { TransferState } from "../../../client/files/file_transfer.ts";
import { formatDuration } from "../../../protocol/text/durations.ts";
import { byId, el, on, setAttribute, setText, syncList } from "../../views/dom.ts";
import { textElement } from "../../views/message_parts.ts";
import { formatBytes } from "../file_size.ts";
import type { QueuedFile } from "./queued_file.ts";

export interface UploadListOptions {
  readonly retry: (queued: QueuedFile) => void;
  /** The user does not want to send it any more. */
  readonly remove: (queued: QueuedFile) => void;
}

export class UploadList {
  readonly #options: UploadListOptions;
  readonly #list = byId("uploads");

  constructor(options: UploadListOptions) {
    this.#options = options;
  }

  update(files: readonly QueuedFile[]): void {
    syncList(this.#list, {
      items: files,
      key: ({ key, failure }) => failure === undefined ? key : `failed ${key}`,
      create: (queued) => this.#row(queued),
      update: (element, queued) => queued.failure === undefined && updateProgress(element, queued.state),
    });
  }

  #row(queued: QueuedFile): HTMLElement {
    const { state: { name, size }, message: { text }, failure } = queued;
    const isFailed = failure !== undefined;
    return el(
      "div",
      { class: isFailed ? "row outgoing failed" : "row outgoing" },
      el("p", { class: "text" }, el("bdi", {}, name)),
      text !== "" && textElement(text, { words: [], formatted: false }),
      !isFailed && el("progress", { max: String(size), value: "0", "aria-label": `Sending ${name}` }),
      el(
        "p",
        { class: "state" },
        isFailed ? el("span", { role: "alert" }, `Not sent: ${failure}`) : el("span"),
        isFailed && this.#button("Send again", queued, () => this.#options.retry(queued)),
        this.#button(isFailed ? "Drop" : "Cancel", queued, () => this.#options.remove(queued)),
      ),
    );
  }

  #button(label: string, { state: { name } }: QueuedFile, run: () => void): HTMLElement {
    const button = el("button", { type: "button", class: "quiet", "aria-label": `${label} ${name}` }, label);
    on(button, "click", () => {
      byId("log").focus({ preventScroll: true });
      run();
    });
    return button;
  }
}

function updateProgress(element: HTMLElement, state: TransferState): void {
  setAttribute(element.querySelector("progress")!, "value", String(state.bytes));
  setText(element.querySelector(".state span")!, progressText(state));
}

/** How far a file is, how fast, and how long it takes. */
export function progressText({ stage, bytes, size, rate, leftMs, reason }: TransferState): string {
  switch (stage) {
    case "waiting":
      return `${formatBytes(size)}, waits for the files before it`;
    case "paused":
      return `${formatBytes(bytes)} of ${formatBytes(size)}, goes on soon: ${reason ?? "the server is busy"}`;
    case "running": {
      const parts = [`${formatBytes(bytes)} of ${formatBytes(size)}`];
      if (rate > 0) parts.push(`${formatBytes(rate)} per second`);
      if (leftMs !== undefined) parts.push(`${formatDuration(Math.ceil(leftMs / 1_000) * 1_000)} left`);
      return parts.join(", ");
    }
    default:
      return stage satisfies never;
  }
}

import type { Client } from "../../client/client.ts";
import type { KeptUpload, UploadRecord } from "../../client/delivery/kept_uploads.ts";
import type { FileSource } from "../../client/files/file_ports.ts";
import type { FileTransfers } from "../../client/files/file_transfers.ts";
import { TransferError } from "../../client/files/transfer_error.ts";
import { fileText } from "../../presentation/sentences/file_text.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { LocalFiles } from "./local_files.ts";

export interface EarlierUploadsOptions {
  readonly client: () => Pick<Client, "isReady" | "uploads">;
  readonly transfers: Pick<FileTransfers, "abandon" | "send">;
  readonly local: Pick<LocalFiles, "openSource">;
  readonly say: (text: string) => void;
  /** Takes why an upload did not succeed. */
  readonly failed: (error: unknown, record: UploadRecord) => void;
}

/** The uploads that an earlier client has not finished: each goes on when its room is joined. */
export class EarlierUploads {
  readonly #options: EarlierUploadsOptions;
  #waiting: readonly KeptUpload[] | undefined;

  constructor(options: EarlierUploadsOptions) {
    this.#options = options;
  }

  /** Called after each event of the client. */
  check(): void {
    if (this.#waiting?.length === 0) return;
    const client = this.#options.client();
    const waiting = this.#waiting ?? client.uploads?.takeRestored() ?? [];
    const isReady = ({ record }: KeptUpload) => client.isReady(record.target);
    this.#waiting = waiting.filter((upload) => !isReady(upload));
    for (const upload of waiting.filter(isReady)) void this.#begin(upload);
  }

  /** Sends the rest of a file; all of it if its slot has ended. */
  async #begin(upload: KeptUpload): Promise<void> {
    const { transfers, say, failed } = this.#options;
    const { record } = upload;
    const source = this.#open(upload);
    if (source === undefined) return;
    say(sanitizeLine(`Sending ${fileText(source)}${record.slot === undefined ? "" : " goes on"}`));
    try {
      await transfers.send(source, record, { earlier: upload });
    } catch (error) {
      const isGone = error instanceof TransferError && error.kind === "gone";
      if (record.slot === undefined || !isGone) return failed(error, record);
      say(sanitizeLine(`The server has dropped ${source.name}: sending it begins again`));
      await this.#begin(upload);
    }
  }

  #open(upload: KeptUpload): FileSource | undefined {
    try {
      return openUnchanged(upload.record, this.#options.local);
    } catch (error) {
      this.#options.transfers.abandon(upload);
      this.#options.failed(error, upload.record);
      return undefined;
    }
  }
}

/** Opens the file of an upload. Throws an Error for users if it has changed. */
function openUnchanged({ path, size, modified }: UploadRecord, local: Pick<LocalFiles, "openSource">): FileSource {
  const source = local.openSource(path);
  if (source.size === size && source.origin?.modified === modified) return source;
  source.close();
  throw new Error("the file has changed since its upload began, send it again");
}

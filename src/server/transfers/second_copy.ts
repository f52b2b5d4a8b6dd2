import type { BlobInfo } from "../../files/file_store.ts";
import type { DistantBlobs } from "../links/server_links.ts";
import type { Log } from "../monitor/log_events.ts";

/** Has another server of the cluster store each upload as well, before its message can be acknowledged. */
export class SecondCopy {
  readonly #distant: Pick<DistantBlobs, "copy"> | undefined;
  readonly #log: Log;
  /** Whether the last upload is on this server only. */
  #isAlone = false;

  constructor(distant: Pick<DistantBlobs, "copy"> | undefined, log: Log) {
    this.#distant = distant;
    this.#log = log;
  }

  /** Resolves when another server has the blob, or none takes it. Logs the first of these. Never rejects. */
  async make(blob: BlobInfo): Promise<void> {
    if (this.#distant === undefined) return;
    const isAlone = !await this.#distant.copy(blob);
    if (isAlone && !this.#isAlone) {
      const hint = "no other server has taken a copy: what is uploaded now is lost with this server's disk";
      this.#log("warn", "file on one server", { hint });
    }
    this.#isAlone = isAlone;
  }
}

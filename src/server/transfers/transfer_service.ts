import { type BlobInfo, type FileStore, FileStoreError } from "../../files/file_store.ts";
import { type HttpResponse, textResponse } from "../../framing/http/http_response.ts";
import type { DistantBlobs } from "../links/server_links.ts";
import type { AcceptedConnection } from "../connection/accepted_connection.ts";
import { type Log, stackOf } from "../monitor/log_events.ts";
import type { TransferCounts } from "../monitor/statistics.ts";
import { ThrottledLog } from "../monitor/throttled_log.ts";
import { RequestGuard } from "../request_guard.ts";
import { SecondCopy } from "./second_copy.ts";
import { DownloadDesk } from "./download_desk.ts";
import { FileConnection } from "./file_connection.ts";
import type { FileDesk } from "./file_desk.ts";
import { NO_FILE } from "./file_request.ts";
import type { FileHost, TransferParts } from "./transfer_parts.ts";
import { TransferPace } from "./transfer_pace.ts";
import { TransferQuota } from "./transfer_quota.ts";
import { LOCKED, UploadDesk } from "./upload_desk.ts";

/** The store of files, and the desk that decides about them. */
export interface FileParts {
  readonly store: FileStore;
  readonly desk: FileDesk;
}

export interface TransferServiceOptions extends FileParts {
  readonly log: Log;
  /** Host names of the server beside its IP addresses, without a port. */
  readonly webHosts?: readonly string[];
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  readonly counts: TransferCounts;
  /** The blobs of the other servers of a cluster; absent if the server is in none. */
  readonly distant?: DistantBlobs | undefined;
}

/** Serves the paths of files: the parts that all connections share. */
export class TransferService implements TransferParts {
  readonly guard: RequestGuard;
  readonly uploads: UploadDesk;
  readonly downloads: DownloadDesk;
  readonly pace = new TransferPace();
  readonly monotonic: () => number;
  readonly counts: TransferCounts;
  readonly #log: Log;
  readonly #throttled: ThrottledLog;

  constructor(options: TransferServiceOptions) {
    const second = new SecondCopy(options.distant, options.log);
    const parts = {
      ...options,
      quota: new TransferQuota(options.counts),
      copy: (blob: BlobInfo) => second.make(blob),
    };
    this.guard = new RequestGuard(options.webHosts);
    this.uploads = new UploadDesk(parts);
    this.downloads = new DownloadDesk(parts);
    this.monotonic = options.monotonic;
    this.counts = options.counts;
    this.#log = options.log;
    this.#throttled = new ThrottledLog(options.log);
  }

  /** Returns the owner of a connection whose next frame is the head of a request for a file. */
  open(connection: AcceptedConnection, host: FileHost): FileConnection {
    return new FileConnection(connection, this, host);
  }

  answerTo(error: unknown, peer: string): HttpResponse {
    if (!(error instanceof FileStoreError)) {
      this.#log("error", "internal error", { peer, stack: stackOf(error) });
      return FAILED;
    }
    switch (error.kind) {
      case "busy":
        return LOCKED;
      case "missing":
        return NO_FILE;
      case "full":
      case "failed":
        this.#throttled.log(this.monotonic(), "error", "store failed", { error: error.message });
        return error.kind === "full" ? FULL : FAILED;
      default:
        return error.kind satisfies never;
    }
  }

  /** Called once a second. */
  tick(): void {
    this.#throttled.tick(this.monotonic());
  }

  /** Closes all uploads; what has arrived is kept. The connections must have been shut down. */
  async close(): Promise<void> {
    this.pace.close();
    await this.uploads.close();
    this.#throttled.flush();
  }
}

const FULL = textResponse(507, "The server's disk is full: what has arrived is kept, so try again later");
const FAILED = textResponse(500, "The file could not be read or stored: see the server's log");

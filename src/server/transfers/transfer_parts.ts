import type { HttpResponse } from "../../framing/http/http_response.ts";
import type { AcceptedConnection, ConnectionOwner } from "../connection/accepted_connection.ts";
import type { TransferCounts } from "../monitor/statistics.ts";
import type { RefusedName } from "../refused_name.ts";
import type { RequestGuard } from "../request_guard.ts";
import type { DownloadDesk } from "./download_desk.ts";
import type { TransferPace } from "./transfer_pace.ts";
import type { UploadDesk } from "./upload_desk.ts";

/** The part of the router that connections with files need. */
export interface FileHost {
  /** Called when a request has shown that its client may transfer: the connection is no attempt to get in. */
  transferring(connection: AcceptedConnection): void;
  /** Called when a request names a host or an origin that is not the server's own. */
  refused(connection: AcceptedConnection, name: RefusedName): void;
  /** The owner for a request that is for no file. */
  other(connection: AcceptedConnection): ConnectionOwner;
}

/** The parts of the server that all connections with files share. */
export interface TransferParts {
  readonly guard: RequestGuard;
  readonly uploads: UploadDesk;
  readonly downloads: DownloadDesk;
  readonly pace: TransferPace;
  readonly counts: TransferCounts;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  /** The response to an error, which is logged if it is the server's own. */
  answerTo(error: unknown, peer: string): HttpResponse;
}

/** The HTTP requests of an upload, and their port. */

import type { HttpReply } from "../../../framing/http/http_reply.ts";

export interface SliceRequest {
  readonly method: "HEAD" | "PATCH" | "DELETE";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Blob;
  readonly signal: AbortSignal;
  /** Takes the bytes of the body that are on their way. */
  readonly progress?: (bytes: number) => void;
}

export interface SliceReply extends HttpReply {
  /** Empty if it has more than `MAX_REPLY_BODY_BYTES`, or is neither plain text nor JSON. */
  readonly text: string;
}

/** Rejects with a `TransferError` if there is no reply. */
export type SendRequest = (request: SliceRequest) => Promise<SliceReply>;

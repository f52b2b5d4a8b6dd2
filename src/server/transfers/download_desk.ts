import type { FileStore, StoredBlob } from "../../files/file_store.ts";
import { attachmentNamed } from "../../framing/http/content_disposition.ts";
import { encodeHead, type HttpResponse, textResponse } from "../../framing/http/http_response.ts";
import { chooseRange } from "../../framing/http/range.ts";
import { CHECKED_MEDIA_TYPES, UNCHECKED_MEDIA_TYPE } from "../../protocol/files/media_types.ts";
import { TRANSFER_RETRY_SECONDS } from "../../protocol/limits.ts";
import type { DistantBlobs } from "../links/server_links.ts";
import { Download } from "./download.ts";
import type { FileDesk, FileGrant } from "./file_desk.ts";
import { type DownloadRequest, NO_FILE } from "./file_request.ts";
import type { TransferQuota } from "./transfer_quota.ts";

export interface DownloadDeskOptions {
  readonly store: FileStore;
  readonly desk: FileDesk;
  readonly quota: TransferQuota;
  /** Absent if the server is in no cluster. */
  readonly distant?: Pick<DistantBlobs, "fetch"> | undefined;
}

/** A file that its client may read, and the headers of its response. */
interface Served {
  readonly grant: FileGrant;
  readonly headers: Readonly<Record<string, string>>;
}

/** Opens files for clients with a secret path. */
export class DownloadDesk {
  readonly #options: DownloadDeskOptions;

  constructor(options: DownloadDeskOptions) {
    this.#options = options;
  }

  /** The file that the path serves; `undefined` if it serves none. */
  grantFor({ id, grant }: DownloadRequest): FileGrant | undefined {
    return this.#options.desk.grant(id, grant);
  }

  /**
   * Answers the request with a whole response, or with a file to send, which the caller closes.
   * `connection` is the header that says whether the connection goes on. Rejects with the errors of the store.
   */
  async open(request: DownloadRequest, grant: FileGrant, connection: string): Promise<HttpResponse | Download> {
    const served = { grant, headers: headersOf(grant) };
    if (hasCurrent(request.headers, grant)) return { status: 304, headers: served.headers, body: new Uint8Array(0) };
    const refusal = this.#options.quota.enter(grant.member);
    if (refusal !== undefined) return refusal;
    let download: Download | HttpResponse | undefined;
    try {
      return download = await this.#open(request, served, connection);
    } finally {
      if (!(download instanceof Download)) this.#options.quota.leave(grant.member);
    }
  }

  async #open(request: DownloadRequest, { grant, headers }: Served, connection: string) {
    const { desk, quota } = this.#options;
    const { size, sha256, member } = grant;
    const choice = chooseRange(rangeHeaderOf(request, sha256), size);
    if (choice.type === "unsatisfiable") return unsatisfiable(size);
    const blob = await this.#blobOf(grant);
    if ("status" in blob) return blob;
    const [start, end] = choice.type === "part" ? [choice.start, choice.end] : [0, size];
    const fields = { ...headers, Connection: connection };
    const range = { ...fields, "Content-Range": `bytes ${start}-${end - 1}/${size}` };
    return new Download({
      head: choice.type === "part" ? encodeHead(206, range, end - start) : encodeHead(200, fields, size),
      blob,
      start,
      end: request.withBody ? end : start,
      isAllowed: () => desk.isReadable(member, request.id),
      closed: () => quota.leave(member),
    });
  }

  /** Opens the blob, which may have to come from another server first. Returns the response if there is none. */
  async #blobOf({ sha256, size }: FileGrant): Promise<StoredBlob | HttpResponse> {
    const { store, distant } = this.#options;
    const blob = await store.openBlob(sha256);
    if (blob !== undefined || distant === undefined) return blob ?? NO_FILE;
    const outcome = await distant.fetch(sha256, size);
    if (outcome === "unreachable") return OUT_OF_REACH;
    return outcome === "stored" ? await store.openBlob(sha256) ?? NO_FILE : NO_FILE;
  }
}

const OUT_OF_REACH = textResponse(503, "The file is on a server that does not answer now: try again later", {
  "Retry-After": String(TRANSFER_RETRY_SECONDS),
});

/** Browsers save the file, or show it as what its first bytes say: never as a page with scripts. */
function headersOf({ name, sha256, media }: FileGrant): Readonly<Record<string, string>> {
  const checked: readonly string[] = CHECKED_MEDIA_TYPES;
  return {
    "Content-Type": checked.includes(media) ? media : UNCHECKED_MEDIA_TYPE,
    "Content-Disposition": attachmentNamed(name),
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, max-age=300",
    "Accept-Ranges": "bytes",
    "ETag": etagOf(sha256),
  };
}

function etagOf(sha256: string): string {
  return `"${sha256}"`;
}

/** Whether the client has the file already: RFC 9110, section 13.1.2. */
function hasCurrent(headers: DownloadRequest["headers"], { sha256 }: FileGrant): boolean {
  const tags = (headers.get("if-none-match") ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etagOf(sha256));
}

/** A part of another version of the file is of no use: RFC 9110, section 13.1.5. `HEAD` has no ranges. */
function rangeHeaderOf({ headers, withBody }: DownloadRequest, sha256: string): string | undefined {
  const condition = headers.get("if-range");
  const isCurrent = condition === undefined || condition === etagOf(sha256);
  return withBody && isCurrent ? headers.get("range") : undefined;
}

function unsatisfiable(size: number): HttpResponse {
  return textResponse(416, `The file has ${size} bytes: ask for a range within them`, {
    "Content-Range": `bytes */${size}`,
  });
}

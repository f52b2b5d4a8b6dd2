/** A server of uploads in memory, which breaks where the test says, and a chosen file. */

import { createHash } from "node:crypto";
import { TransferError } from "../../../src/client/files/transfer_error.ts";
import type { SlicedFile } from "../../../src/web/files/uploads/hashed_file.ts";
import type { SendRequest, SliceReply, SliceRequest } from "../../../src/web/files/uploads/upload_request.ts";

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}

export function bytesOf(count: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count }, (_, nth) => nth * 7 + (nth >> 8));
}

export function chosenFile(bytes: Uint8Array<ArrayBuffer>, name = "photo.png"): File {
  return new File([bytes], name);
}

/** A file that cannot be read from the `reads`-th time on, as one that was removed or changed. */
export function vanishingFile(bytes: Uint8Array<ArrayBuffer>, reads: number): SlicedFile {
  let left = reads;
  const slice = (start = 0, end = bytes.length) =>
    left-- > 0
      ? new Blob([bytes.subarray(start, end)])
      : { arrayBuffer: () => Promise.reject(new DOMException("gone", "NotReadableError")) } as Blob;
  return { name: "photo.png", size: bytes.length, slice };
}

export class FakeUploadServer {
  /** Each request as `METHOD OFFSET COMPLETE`. */
  readonly requests: string[] = [];
  /** Headers of the last request. */
  headers: Readonly<Record<string, string>> = {};
  stored = new Uint8Array(0);
  /** Called for each request; returns how many bytes of its body arrive before the connection breaks, or a reply. */
  fault: (request: SliceRequest) => number | SliceReply | undefined = () => undefined;
  /** Bytes of the file that is expected. */
  size: number;

  constructor(size: number) {
    this.size = size;
  }

  readonly send: SendRequest = async (request) => {
    const { method, headers, body = new Blob(), signal, progress } = request;
    if (signal.aborted) throw new TransferError("cancelled", "Cancelled");
    this.headers = headers;
    this.requests.push([method, headers["Upload-Offset"], headers["Upload-Complete"]].filter(Boolean).join(" "));
    const fault = this.fault(request);
    if (typeof fault === "object") return fault;
    if (method === "HEAD" || method === "DELETE") return this.#reply(204);
    if (Number(headers["Upload-Offset"]) !== this.stored.length) return this.#reply(409);
    const bytes = new Uint8Array(await body.arrayBuffer()).subarray(0, fault);
    this.stored = new Uint8Array(await new Blob([this.stored, bytes]).arrayBuffer());
    progress?.(bytes.length);
    if (fault !== undefined) throw new TransferError("broken", "The connection is lost");
    return this.stored.length === this.size ? this.#reply(201, this.found()) : this.#reply(204);
  };

  /** The body of the last response. */
  found(change: Record<string, unknown> = {}): string {
    const { stored } = this;
    return JSON.stringify({ sha256: sha256Of(stored), size: stored.length, media: "image/png", ...change });
  }

  #reply(status: number, text = ""): SliceReply {
    return reply(status, text, { "upload-offset": String(this.stored.length) });
  }
}

export function reply(status: number, text = "", headers: Record<string, string> = {}): SliceReply {
  return { status, text, headers: new Map(Object.entries(headers)) };
}

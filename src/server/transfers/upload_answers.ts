/** Responses to uploads, with the headers of the IETF's draft on resumable uploads. */

import { type HttpResponse, textResponse } from "../../framing/http/http_response.ts";
import type { CompleteUpload } from "./file_desk.ts";

const ENCODER = new TextEncoder();

/** How much has arrived: 204 as a success, 409 if the client believes something else. */
export function progressAnswer(status: 204 | 409, offset: number, size: number, complete = false): HttpResponse {
  const headers = {
    "Upload-Offset": String(offset),
    "Upload-Length": String(size),
    "Upload-Complete": complete ? "?1" : "?0",
  };
  if (status === 204) return { status, headers, body: new Uint8Array(0) };
  return textResponse(409, `The upload has ${offset} bytes: go on from there`, headers);
}

/** The whole file has arrived. Its body is JSON: `{"sha256", "size", "media"}`. */
export function completeAnswer({ sha256, size, media }: CompleteUpload): HttpResponse {
  const { headers } = progressAnswer(204, size, size, true);
  return {
    status: 201,
    headers: { ...headers, "Content-Type": "application/json" },
    body: ENCODER.encode(`${JSON.stringify({ sha256, size, media })}\n`),
  };
}

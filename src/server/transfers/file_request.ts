import { type BodyFault, bodyLengthOf, keepsConnection } from "../../framing/http/body_length.ts";
import { type HttpRequest, parseRequest } from "../../framing/http/http_request.ts";
import { type HttpResponse, textResponse, UPLOAD_INTEROP_VERSION } from "../../framing/http/http_response.ts";
import { parseFilePath } from "../../protocol/address/file_paths.ts";
import { MAX_HTTP_HEAD_BYTES } from "../../protocol/limits.ts";
import { refuseOrigin } from "../refused_name.ts";
import type { RefusedName } from "../refused_name.ts";
import { isSameOrigin, type RequestGuard } from "../request_guard.ts";

/** A request to send bytes: a whole file from its start, or a part from an offset. */
export interface UploadRequest {
  readonly type: "upload";
  readonly id: string;
  readonly token: string;
  /** Offset of the bytes in the file; `undefined` for a whole file, which replaces all bytes. */
  readonly offset: number | undefined;
  /** Whether the client says that the file ends with these bytes. */
  readonly completes: boolean;
}

/** A request for a file, or for its headers alone. */
export interface DownloadRequest {
  readonly type: "download";
  readonly id: string;
  readonly grant: string;
  readonly headers: HttpRequest["headers"];
  readonly withBody: boolean;
}

/** A request without a body: `state` asks how much of an upload has arrived; `cancel` ends it. */
export interface AboutUpload {
  readonly type: "state" | "cancel";
  readonly id: string;
  readonly token: string;
}

/** A request for a path of files. */
export type TransferRequest =
  | UploadRequest
  | DownloadRequest
  | AboutUpload
  | { readonly type: "refused"; readonly response: HttpResponse; readonly name?: RefusedName };

/** The request, and how its body and its connection go on. */
export interface FramedRequest {
  readonly request: TransferRequest;
  /** Bytes of its body; infinite if its end is unknown. */
  readonly bodyBytes: number;
  /** Whether the client waits for a 100 before it sends the body. */
  readonly expectsContinue: boolean;
  /** Whether the client understands a 104, by the draft on resumable uploads. */
  readonly knowsResumption: boolean;
  /** Whether another request may follow. */
  readonly keeps: boolean;
  /** Whether the response may have a body. */
  readonly withBody: boolean;
}

/** Reads the head of a request for a path of files. */
export function readFileRequest(head: string, guard: RequestGuard): FramedRequest {
  const parsed = head.length > MAX_HTTP_HEAD_BYTES ? undefined : parseRequest(head);
  if (parsed === undefined) return UNREADABLE;
  const length = bodyLengthOf(parsed);
  const isKnown = typeof length === "number";
  return {
    request: isKnown ? requestOf(parsed, guard) : refuse(BODY_FAULTS[length]),
    bodyBytes: isKnown ? length : Infinity,
    expectsContinue: parsed.version !== "1.0" && parsed.headers.get("expect")?.toLowerCase() === "100-continue",
    knowsResumption: knowsResumption(parsed),
    keeps: isKnown && keepsConnection(parsed),
    withBody: parsed.method !== "HEAD",
  };
}

/** The client must say so: a browser does not, and older programs may take a 104 for the response. */
function knowsResumption({ version, headers }: HttpRequest): boolean {
  return version !== "1.0" && headers.has("upload-complete") &&
    headers.get("upload-draft-interop-version") === UPLOAD_INTEROP_VERSION;
}

const BODY_FAULTS: Readonly<Record<BodyFault, HttpResponse>> = {
  malformed: textResponse(400, "The length of the body is unclear: send one Content-Length with a number"),
  coded: textResponse(501, "Transfer-Encoding is not supported: send the body with a Content-Length"),
  missing: textResponse(411, "The length of the body is missing: send Content-Length"),
};

const UNREADABLE: FramedRequest = {
  request: refuse(textResponse(400, "The head of the request is malformed or too long")),
  bodyBytes: Infinity,
  expectsContinue: false,
  knowsResumption: false,
  keeps: false,
  withBody: true,
};

function requestOf(request: HttpRequest, guard: RequestGuard): TransferRequest {
  const { method, path, headers } = request;
  const refusal = guard.refusalOf(request);
  if (refusal !== undefined) {
    return "refused" in refusal ? refuse(refusal.response, refusal.refused) : refuse(refusal);
  }
  if (headers.has("origin") && !isSameOrigin(headers)) {
    const { response, refused } = refuseOrigin(headers.get("origin")!, headers.get("host")!);
    return refuse(response, refused);
  }
  const parts = parseFilePath(path);
  if (parts === undefined) return refuse(NO_FILE);
  const { id, grant } = parts;
  return grant === undefined ? uploadRequestOf(request, id) : downloadRequestOf(method, headers, id, grant);
}

function downloadRequestOf(
  method: string,
  headers: HttpRequest["headers"],
  id: string,
  grant: string,
): TransferRequest {
  if (method !== "GET" && method !== "HEAD") return notAllowed("GET, HEAD");
  return { type: "download", id, grant, headers, withBody: method === "GET" };
}

function uploadRequestOf({ method, headers }: HttpRequest, id: string): TransferRequest {
  if (!UPLOAD_METHODS.includes(method)) return notAllowed(UPLOAD_METHODS.join(", "));
  const [, token] = /^Bearer +([\w-]{1,128})$/i.exec(headers.get("authorization") ?? "") ?? [];
  if (token === undefined) return refuse(NO_TOKEN);
  if (method === "HEAD") return { type: "state", id, token };
  if (method === "DELETE") return { type: "cancel", id, token };
  const completes = method === "PUT" || headers.get("upload-complete") === "?1";
  if (method === "PUT") return { type: "upload", id, token, offset: undefined, completes };
  const offset = headers.get("upload-offset") ?? "";
  if (!/^\d{1,15}$/.test(offset)) return refuse(NO_OFFSET);
  if (!PARTIAL.test(headers.get("content-type") ?? "")) return refuse(NOT_PARTIAL);
  return { type: "upload", id, token, offset: Number(offset), completes };
}

const UPLOAD_METHODS: readonly string[] = ["PUT", "HEAD", "PATCH", "DELETE"];

/** The media type of a part of an upload, by the IETF's draft on resumable uploads. */
const PARTIAL = /^application\/partial-upload[ \t]*(?:;|$)/i;

/** The answer if there is no such file, or none for this client. */
export const NO_FILE: HttpResponse = textResponse(404, "There is no such file, or not any more");
const NO_TOKEN = textResponse(401, "The token of the upload is missing: send Authorization: Bearer TOKEN", {
  "WWW-Authenticate": "Bearer",
});
const NO_OFFSET = textResponse(400, "Upload-Offset is missing or invalid: send the number of bytes before this part");
const NOT_PARTIAL = textResponse(415, "A part of an upload must be of the type application/partial-upload");

function notAllowed(methods: string): TransferRequest {
  return refuse(textResponse(405, `This method is not allowed here: use one of ${methods}`, { Allow: methods }));
}

function refuse(response: HttpResponse, name?: RefusedName): TransferRequest {
  return { type: "refused", response, name };
}

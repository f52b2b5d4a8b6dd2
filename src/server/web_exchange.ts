import { createHash } from "node:crypto";
import {
  encodeResponse,
  encodeUpgrade,
  type HttpResponse,
  type StaticPage,
  textResponse,
} from "../framing/http/http_response.ts";
import { asksForWebSocket, type HttpRequest, parseRequest } from "../framing/http/http_request.ts";
import { MAX_HTTP_HEAD_BYTES } from "../protocol/limits.ts";
import { isChatPath, movedRoomPath, SOCKET_PATH } from "../protocol/address/page_paths.ts";
import { type OwnHosts, ownHosts } from "../protocol/address/own_hosts.ts";

export interface HttpExchangeOptions {
  /** Asked once, when somebody wants it first. */
  readonly page: () => Promise<StaticPage>;
  /** Names beside its addresses by which browsers find the server, without a port; no others are answered to. */
  readonly webHosts?: readonly string[];
}

/** What goes out, and whether the connection is a WebSocket from there on. */
export interface HttpExchangeReply {
  readonly chunk: Uint8Array;
  readonly upgraded: boolean;
  /** Whether it is the page, and nothing that was refused. */
  readonly isPage?: true;
}

/** Encoded once, for it is the same for everybody. */
interface Document {
  readonly head: Uint8Array;
  readonly whole: Uint8Array;
}

interface Documents {
  readonly plain: Document;
  readonly packed: Document;
}

/** What a server adds to a client's key: RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const SOCKET_VERSION = "13";
const VERSIONS: readonly string[] = ["1.0", "1.1"];
/** The methods of RFC 9110 (section 9) and RFC 5789, which are case-sensitive. Only the first two are served. */
const METHODS: readonly string[] = "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH".split(" ");

/** Answers browsers: with the page, and by opening WebSockets for the page alone. */
export class HttpExchange {
  readonly #options: HttpExchangeOptions;
  readonly #isOurs: OwnHosts;
  #documents: Promise<Documents> | undefined;

  constructor(options: HttpExchangeOptions) {
    this.#options = options;
    this.#isOurs = ownHosts(options.webHosts ?? []);
  }

  /** Rejects with what `page` rejects with. */
  async reply(head: string): Promise<HttpExchangeReply> {
    if (head.length > MAX_HTTP_HEAD_BYTES) return said(TOO_LARGE, true);
    const request = parseRequest(head);
    if (request === undefined) return said(BROKEN, true);
    const withBody = request.method !== "HEAD";
    const refusal = this.#refusalOf(request);
    if (refusal !== undefined) return said(refusal, withBody);
    if (request.path === SOCKET_PATH) return openSocket(request);
    const moved = movedRoomPath(request.path);
    if (moved !== undefined) return said(redirect(`${moved}${request.query}`), withBody);
    const { head: alone, whole } = await this.#documentFor(request);
    return { chunk: withBody ? whole : alone, upgraded: false, isPage: true };
  }

  /** What is wrong with the request, whatever it asks for. */
  #refusalOf({ method, path, version, headers }: HttpRequest): HttpResponse | undefined {
    if (!VERSIONS.includes(version)) return textResponse(505, `HTTP ${version} is not spoken here: use HTTP 1.1`);
    if (!METHODS.includes(method)) return textResponse(501, "There is no such method here: this can be read by GET");
    const host = headers.get("host");
    if (host === undefined) return textResponse(400, "The request has no Host: it names the address that you came to");
    if (!this.#isOurs(host)) return textResponse(403, FOREIGN_HOST);
    if (path !== SOCKET_PATH && !isChatPath(path) && movedRoomPath(path) === undefined) {
      return textResponse(404, "There is nothing here: the chat is at /");
    }
    if (method !== "GET" && method !== "HEAD") {
      return textResponse(405, "This can be read, and nothing else", { Allow: "GET, HEAD" });
    }
    return undefined;
  }

  async #documentFor(request: HttpRequest): Promise<Document> {
    this.#documents ??= this.#prepare();
    const { plain, packed } = await this.#documents;
    return acceptsGzip(request) ? packed : plain;
  }

  async #prepare(): Promise<Documents> {
    const { html, policy } = await this.#options.page();
    const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy };
    const body = new TextEncoder().encode(html);
    const packed = { ...headers, "Content-Encoding": "gzip" };
    return {
      plain: documentOf({ status: 200, headers, body }),
      packed: documentOf({ status: 200, headers: packed, body: await gzip(body) }),
    };
  }
}

/** For want of a page, through a fault of ours. */
export const NO_PAGE: Uint8Array = encodeResponse(
  textResponse(500, "The page cannot be had: look into the server's log"),
  true,
);

const FOREIGN_HOST = "This name is not one that the server knows as its own: come by its address, " +
  "or have whoever runs it name it with --origin";
const TOO_LARGE = textResponse(431, `The head of the request is longer than ${MAX_HTTP_HEAD_BYTES} bytes`);
const BROKEN = textResponse(400, "The head of the request is broken");

/** Browsers keep the fragment, and with it an invite's secret, when the location has none: RFC 9110, section 10.2.2. */
function redirect(location: string): HttpResponse {
  return textResponse(308, "Rooms are at /r/ROOM", { Location: location.replace(/[^\x21-\x7e]/g, escapeByte) });
}

/** Each character of a request's head is one byte. */
function escapeByte(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function documentOf(answer: HttpResponse): Document {
  return { head: encodeResponse(answer, false), whole: encodeResponse(answer, true) };
}

function said(answer: HttpResponse, withBody: boolean): HttpExchangeReply {
  return { chunk: encodeResponse(answer, withBody), upgraded: false };
}

/** RFC 6455, section 4.2.1. Browsers say from which page they come, and the page must be ours: others may not speak for a visitor. */
function openSocket(request: HttpRequest): HttpExchangeReply {
  const refusal = refusalOfSocket(request);
  if (refusal !== undefined) return said(refusal, request.method !== "HEAD");
  const key = request.headers.get("sec-websocket-key")!;
  const accept = createHash("sha1").update(key + ACCEPT_SUFFIX).digest("base64");
  return { chunk: encodeUpgrade(accept), upgraded: true };
}

function refusalOfSocket(request: HttpRequest): HttpResponse | undefined {
  const { method, version, headers } = request;
  if (
    !asksForWebSocket(request) || method !== "GET" || version !== "1.1" ||
    headers.get("sec-websocket-version") !== SOCKET_VERSION
  ) {
    return textResponse(426, `Here is a WebSocket, version ${SOCKET_VERSION}, and nothing else: the chat is at /`, {
      "Upgrade": "websocket",
      "Connection": "Upgrade, close",
      "Sec-WebSocket-Version": SOCKET_VERSION,
    });
  }
  if (!isKey(headers.get("sec-websocket-key") ?? "")) {
    return textResponse(400, "The key of the WebSocket is not 16 bytes in Base64");
  }
  if (isSameOrigin(headers)) return undefined;
  return textResponse(
    403,
    "This WebSocket is for the page of this server alone: its Origin must name the same host and port",
  );
}

function isKey(text: string): boolean {
  return /^[A-Za-z\d+/]{22}==$/.test(text);
}

/** RFC 6454, section 6.2. */
function isSameOrigin(headers: HttpRequest["headers"]): boolean {
  const [, origin] = /^https?:\/\/([^/]+)$/i.exec(headers.get("origin") ?? "") ?? [];
  return origin?.toLowerCase() === headers.get("host")!.toLowerCase();
}

/** RFC 9110, section 12.5.3. */
function acceptsGzip({ headers }: HttpRequest): boolean {
  const codings = (headers.get("accept-encoding") ?? "").toLowerCase().split(",");
  return codings.some((coding) => /^\s*gzip\s*(;\s*q=(1|0?\.\d*[1-9]\d*).*)?$/.test(coding));
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

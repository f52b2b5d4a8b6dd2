/** Answers HTTP requests: with the chat page, the manual, redirects of old links, and the WebSockets of the chat page. */

import { createHash } from "node:crypto";
import {
  encodeResponse,
  encodeUpgrade,
  type HttpResponse,
  type StaticPage,
  textResponse,
} from "../framing/http/http_response.ts";
import { ACCEPT_SUFFIX } from "../framing/websocket/websocket.ts";
import { bodyLengthOf } from "../framing/http/body_length.ts";
import { asksForWebSocket, type HttpRequest, parseRequest } from "../framing/http/http_request.ts";
import { MEDIA_PATH } from "../protocol/calls/media_handshake.ts";
import { MAX_HTTP_HEAD_BYTES } from "../protocol/limits.ts";
import { type Compress, WebDocument } from "./web_document.ts";
import { type NameRefusal, type RefusedName, refuseOrigin } from "./refused_name.ts";
import { isSameOrigin, RequestGuard } from "./request_guard.ts";
import { COPY_PATH } from "../protocol/hosts/copy_messages.ts";
import { CLUSTER_PATH } from "./links/server_links.ts";
import { isChatPath, manualTopicOf, movedPath, scriptFileOf, SOCKET_PATH } from "../protocol/address/page_paths.ts";

export interface HttpExchangeOptions {
  /** Builds the chat page. Called at its first request, and again only if it rejected. */
  readonly page: () => Promise<StaticPage>;
  /**
   * Builds the manual's page of a topic, or the list of topics for `""`; `undefined` if there is no such topic.
   * Called for each topic at its first request, and again only if there was no page. Without it the server has no manual.
   */
  readonly manual?: (topic: string) => Promise<StaticPage | undefined>;
  /** Host names of the server beside its IP addresses, without a port. Requests for other hosts are refused. */
  readonly webHosts?: readonly string[];
  /** Compresses the documents, on another thread by default. */
  readonly compress?: Compress;
  /** Present if other servers of a cluster may open links: only then there is a path for them. */
  readonly links?: object;
  /** Present if followers may keep copies of the chat: only then there is a path for them. */
  readonly hosted?: object;
}

/** The use of a WebSocket: the chat, the sound and pictures of a call, a link to another server of the cluster, or a copy for a follower. */
export type SocketUse = "chat" | "call" | "cluster" | "copy";

export interface HttpExchangeReply {
  readonly chunk: Uint8Array;
  /** The use of the connection, if it is a WebSocket after this reply. */
  readonly upgraded?: SocketUse;
  /** Whether the reply is a page, and neither an error nor a redirect. */
  readonly isPage?: true;
  /** Why the request was refused, if the operator can allow its name. */
  readonly refused?: RefusedName;
}

const SOCKET_VERSION = "13";

/** Replies to HTTP requests. Each reply ends its connection, unless it opens a WebSocket. */
export class HttpExchange {
  readonly #options: HttpExchangeOptions;
  readonly #guard: RequestGuard;
  /** Pages by topic of the manual, and the chat page. A page that could not be built is built again at the next request. */
  readonly #pages = new Map<string | typeof CHAT, Promise<WebPage | undefined>>();

  constructor(options: HttpExchangeOptions) {
    this.#options = options;
    this.#guard = new RequestGuard(options.webHosts);
  }

  /** Rejects if the page cannot be built. */
  async reply(head: string): Promise<HttpExchangeReply> {
    if (head.length > MAX_HTTP_HEAD_BYTES) return replyWith(TOO_LARGE, true);
    const request = parseRequest(head);
    if (request === undefined) return replyWith(MALFORMED, true);
    const withBody = request.method !== "HEAD";
    const response = this.#refusalOf(request) ?? redirectOf(request);
    if (response !== undefined) {
      return "refused" in response ? replyRefused(response, withBody) : replyWith(response, withBody);
    }
    const use = this.#socketUseOf(request.path);
    if (use !== undefined) return openSocket(request, use);
    const document = await this.#documentAt(request.path);
    if (document === undefined) return replyWith(NOT_FOUND, withBody);
    const chunk = await document.reply(request);
    return chunk === undefined ? replyWith(NOT_ACCEPTABLE, withBody) : { chunk, isPage: true };
  }

  /** Resolves when nothing is being built or compressed. */
  async settled(): Promise<void> {
    for (const page of await Promise.allSettled(this.#pages.values())) {
      if (page.status !== "fulfilled" || page.value === undefined) continue;
      const { document, scripts } = page.value;
      await Promise.all([document, ...scripts.values()].map((each) => each.settled()));
    }
  }

  /** Checks the head of a request. Returns the response that refuses it; `undefined` if it is valid. */
  #refusalOf(request: HttpRequest): HttpResponse | NameRefusal | undefined {
    const { method, path, headers } = request;
    const refusal = this.#guard.refusalOf(request);
    if (refusal !== undefined) return refusal;
    if (bodyLengthOf(request) === "malformed") return MALFORMED;
    const use = this.#socketUseOf(path);
    if (use === undefined && !isPagePath(path)) return NOT_FOUND;
    if ((use === "cluster" || use === "copy") && headers.has("origin")) return NO_PAGES;
    // The origin of a WebSocket must be this server's, so that no other site can act for a visitor.
    // The page cannot read why its WebSocket was refused, so it asks again by POST, which names the origin as well.
    if (use !== undefined && headers.has("origin") && !isSameOrigin(headers)) {
      return refuseSocket(headers);
    }
    if (method !== "GET" && method !== "HEAD") {
      return textResponse(405, "This method is not allowed here: use GET", { Allow: "GET, HEAD" });
    }
    return undefined;
  }

  #socketUseOf(path: string): SocketUse | undefined {
    if (path === CLUSTER_PATH) return this.#options.links === undefined ? undefined : "cluster";
    if (path === COPY_PATH) return this.#options.hosted === undefined ? undefined : "copy";
    return path === SOCKET_PATH ? "chat" : path === MEDIA_PATH ? "call" : undefined;
  }

  async #documentAt(path: string): Promise<WebDocument | undefined> {
    const script = scriptFileOf(path);
    const page = await this.#page(manualTopicOf(path) ?? CHAT);
    return script === undefined ? page?.document : page?.scripts.get(script);
  }

  async #page(topic: string | typeof CHAT): Promise<WebPage | undefined> {
    const known = this.#pages.get(topic);
    if (known !== undefined) return await known;
    const building = this.#build(topic);
    this.#pages.set(topic, building);
    let page: WebPage | undefined;
    try {
      return page = await building;
    } finally {
      if (page === undefined) this.#pages.delete(topic);
    }
  }

  async #build(topic: string | typeof CHAT): Promise<WebPage | undefined> {
    const { compress } = this.#options;
    const page = topic === CHAT ? await this.#options.page() : await this.#options.manual?.(topic);
    if (page === undefined) return undefined;
    const scripts = Array.from(
      page.scripts ?? [],
      ([file, code]) => [file, WebDocument.script(code, compress)] as const,
    );
    return { document: WebDocument.page(page, compress), scripts: new Map(scripts) };
  }
}

interface WebPage {
  readonly document: WebDocument;
  /** By their path below `SCRIPTS_PATH`. */
  readonly scripts: ReadonlyMap<string, WebDocument>;
}

/** The key of the chat page, beside the topics of the manual. */
const CHAT = Symbol("chat");

/** The reply if a page cannot be built. */
export const NO_PAGE: Uint8Array = encodeResponse(
  textResponse(500, "The page could not be built: see the server's log"),
  true,
);

const NOT_FOUND = textResponse(404, "There is no page here: the chat is at /");
const NOT_ACCEPTABLE = textResponse(406, "The page has only the codings br, gzip and identity: accept one of them");
const TOO_LARGE = textResponse(431, `The head of the request is longer than ${MAX_HTTP_HEAD_BYTES} bytes`);
const NO_PAGES = textResponse(403, "This path is for other servers, and not for pages");
const MALFORMED = textResponse(400, "The head of the request is malformed");

function isPagePath(path: string): boolean {
  return isChatPath(path) || manualTopicOf(path) !== undefined ||
    scriptFileOf(path) !== undefined || movedPath(path) !== undefined;
}

/** Redirects old links. Browsers keep the fragment, which holds an invite's secret: RFC 9110, section 10.2.2. */
function redirectOf({ path, query }: HttpRequest): HttpResponse | undefined {
  const moved = movedPath(path);
  if (moved === undefined) return undefined;
  const location = `${moved}${query}`.replace(/[^\x21-\x7e]/g, escapeByte);
  return textResponse(308, "This page has another path now", { Location: location });
}

/** Each character of a request's head is one byte. */
function escapeByte(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function replyWith(response: HttpResponse, withBody: boolean): HttpExchangeReply {
  return { chunk: encodeResponse(response, withBody) };
}

function replyRefused({ response, refused }: NameRefusal, withBody: boolean): HttpExchangeReply {
  return { ...replyWith(response, withBody), refused };
}

/** RFC 6455, section 4.2.1. The request must name an origin, which is this server's by now, unless another server asks. */
function openSocket(request: HttpRequest, upgraded: SocketUse): HttpExchangeReply {
  const refusal = refusalOfSocket(request);
  if (refusal !== undefined) return replyWith(refusal, request.method !== "HEAD");
  const { headers } = request;
  if (upgraded !== "cluster" && upgraded !== "copy" && !headers.has("origin")) {
    return replyRefused(refuseSocket(headers), true);
  }
  const key = request.headers.get("sec-websocket-key")!;
  const accept = createHash("sha1").update(key + ACCEPT_SUFFIX).digest("base64");
  return { chunk: encodeUpgrade(accept), upgraded };
}

function refusalOfSocket(request: HttpRequest): HttpResponse | undefined {
  const { method, version, headers } = request;
  if (
    !asksForWebSocket(request) || method !== "GET" || version !== "1.1" ||
    headers.get("sec-websocket-version") !== SOCKET_VERSION
  ) {
    return textResponse(426, `This path is for WebSockets of version ${SOCKET_VERSION}: the chat is at /`, {
      "Upgrade": "websocket",
      "Connection": "Upgrade, close",
      "Sec-WebSocket-Version": SOCKET_VERSION,
    });
  }
  if (!isKey(headers.get("sec-websocket-key") ?? "")) {
    return textResponse(400, "Sec-WebSocket-Key is invalid: send 16 bytes in Base64");
  }
  return undefined;
}

function isKey(text: string): boolean {
  return /^[A-Za-z\d+/]{22}==$/.test(text);
}

function refuseSocket(headers: HttpRequest["headers"]): NameRefusal {
  return refuseOrigin(headers.get("origin") ?? "", headers.get("host")!);
}

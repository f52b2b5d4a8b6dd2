/** Requests of operators and of servers that join: small answers, as JSON. */

import { LinkFault, RequestRefused } from "./wire/link_fault.ts";
import { type AnswerSource, EMPTY_ANSWER } from "./wire/answer_sender.ts";
import type { LinkRequest } from "./wire/link_frames.ts";
import type { ClusterLink } from "./wire/cluster_link.ts";

/** What an operator with the cluster's key may ask of a server, and a server that joins. */
export interface ClusterAdmin {
  /** The state of the cluster as this server sees it: plain JSON. */
  status(): object;
  /** Ends the part of a server that will not come back. */
  remove(server: number): void;
  /** The certificate that all servers of the cluster share, in PEM; `undefined` if they use none. */
  certificate(): CertificatePair | undefined;
}

/** A certificate and its key, in PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

type AdminRequest = Extract<LinkRequest, { readonly ask: "status" | "certificate" | "remove" }>;

/** Bytes of an answer that is kept in memory. */
const MAX_TEXT_BYTES = 1024 * 1024;
const ENCODER = new TextEncoder();

/** Answers a request. Throws a `RequestRefused`. */
export function serveAdmin(request: AdminRequest, admin: ClusterAdmin | undefined): AnswerSource {
  if (admin === undefined) throw new RequestRefused("failed");
  switch (request.ask) {
    case "status":
      return jsonAnswer(admin.status());
    case "certificate": {
      const pair = admin.certificate();
      if (pair === undefined) throw new RequestRefused("missing");
      return jsonAnswer(pair);
    }
    case "remove":
      admin.remove(request.server);
      return EMPTY_ANSWER;
    default:
      return request satisfies never;
  }
}

function jsonAnswer(value: object): AnswerSource {
  const bytes = ENCODER.encode(JSON.stringify(value));
  return {
    size: bytes.length,
    read(offset, buffer) {
      const part = bytes.subarray(offset, offset + buffer.length);
      buffer.set(part);
      return Promise.resolve(part.length);
    },
    close() {},
  };
}

/** Asks a server how it sees the cluster. Rejects with a `LinkFault` or a `RequestRefused`, here and below. */
export async function askStatus(link: ClusterLink): Promise<unknown> {
  return await askJson(link, { ask: "status" });
}

/** Asks a server for the certificate that all share; `undefined` if they use none. */
export async function askCertificate(link: ClusterLink): Promise<CertificatePair | undefined> {
  try {
    const { cert, key } = await askJson(link, { ask: "certificate" }) as Partial<CertificatePair>;
    if (typeof cert === "string" && typeof key === "string") return { cert, key };
  } catch (error) {
    if (error instanceof RequestRefused && error.reason === "missing") return undefined;
    throw error;
  }
  throw new LinkFault("invalid", "The other server sends no certificate");
}

/** Asks a server to end the part of another one, which will not come back. */
export async function askRemoval(link: ClusterLink, server: number): Promise<void> {
  await link.ask({ ask: "remove", server }).read();
}

async function askJson(link: ClusterLink, request: LinkRequest): Promise<unknown> {
  const answer = link.ask(request);
  try {
    if (await answer.size > MAX_TEXT_BYTES) {
      throw new LinkFault("invalid", "The answer of the other server is too long");
    }
    const decoder = new TextDecoder();
    let text = "";
    for (let piece = await answer.read(); piece !== undefined; piece = await answer.read()) {
      text += decoder.decode(piece, { stream: true });
    }
    return JSON.parse(text + decoder.decode());
  } catch (error) {
    throw error instanceof SyntaxError
      ? new LinkFault("invalid", "The other server sends no JSON", { cause: error })
      : error;
  } finally {
    answer.cancel();
  }
}

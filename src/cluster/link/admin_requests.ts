/** Requests of operators and of servers that join: small answers, as JSON. */

import { LinkFault, RequestRefused } from "./wire/link_fault.ts";
import { type AnswerSource, EMPTY_ANSWER } from "./wire/answer_sender.ts";
import type { LinkRequest } from "./wire/link_frames.ts";
import type { ClusterLink } from "./wire/cluster_link.ts";

/** Answers the requests of operators with the cluster's key, and of servers that join. */
export interface ClusterAdmin {
  /** The state of the cluster as this server sees it: plain JSON. */
  status(): object;
  /** Ends the part of a server that will not come back. */
  remove(server: number): void;
  sharedSecrets(): SharedSecrets;
}

/** Secrets that all servers of a cluster share, besides its key. */
export interface SharedSecrets {
  /** The certificate and its key, in PEM; absent without TLS. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** The passphrase that lets people in; absent if the server has none, or another password. */
  readonly passphrase?: string;
}

type AdminRequest = Extract<LinkRequest, { readonly ask: "status" | "secrets" | "remove" }>;

/** Bytes of an answer that is kept in memory. */
const MAX_TEXT_BYTES = 1024 * 1024;
const ENCODER = new TextEncoder();

/** Answers a request. Throws a `RequestRefused`. */
export function serveAdmin(request: AdminRequest, admin: ClusterAdmin | undefined): AnswerSource {
  if (admin === undefined) throw new RequestRefused("failed");
  switch (request.ask) {
    case "status":
      return jsonAnswer(admin.status());
    case "secrets":
      return jsonAnswer(admin.sharedSecrets());
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

/** Asks a server for the secrets that all share. */
export async function askSecrets(link: ClusterLink): Promise<SharedSecrets> {
  const { certificate, passphrase } = await askJson(link, { ask: "secrets" }) as Record<keyof SharedSecrets, unknown>;
  return {
    ...isPair(certificate) && { certificate: { cert: certificate.cert, key: certificate.key } },
    ...typeof passphrase === "string" && { passphrase },
  };
}

function isPair(value: unknown): value is { readonly cert: string; readonly key: string } {
  const { cert, key } = (value ?? {}) as Record<string, unknown>;
  return typeof cert === "string" && typeof key === "string";
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

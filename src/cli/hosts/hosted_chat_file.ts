import * as v from "valibot";
import { isTerm } from "../../protocol/hosts/term.ts";
import type { RosterStatement, SharedChat } from "../../protocol/hosts/roster_statement.ts";
import { isKeyForm } from "../../protocol/identity/entry_signature.ts";
import { MAX_CANDIDATE_ADDRESSES, MAX_CANDIDATES, MAX_ROSTER_STATEMENTS } from "../../protocol/limits.ts";
import { rosterStatement } from "../../protocol/messages/host_schemas.ts";

/** A program that can host next, as the host lists it. */
export interface KnownCandidate {
  readonly key: string;
  readonly name: string;
  readonly member: string;
  /** `host:port`, as the host says; nothing of it is proved. */
  readonly addresses: readonly string[];
}

/** The content of the file. */
export interface KeptChat extends SharedChat {
  /** The program's device key: 32 secret bytes in base64url. */
  readonly secret: string;
  /** The highest term that it knows; 0 for a chat that nobody has hosted yet. */
  readonly term: number;
  readonly roster: readonly RosterStatement[];
  /** In the order in which they host. */
  readonly candidates: readonly KnownCandidate[];
}

const VERSION = 1;
const text = v.pipe(v.string(), v.nonEmpty());
const key = v.pipe(v.string(), v.check(isKeyForm));

const schema = v.object({
  version: v.literal(VERSION),
  chat: text,
  chatKey: key,
  secret: text,
  term: v.pipe(v.number(), v.check((term) => term === 0 || isTerm(term))),
  roster: v.pipe(v.array(rosterStatement), v.maxLength(MAX_ROSTER_STATEMENTS)),
  candidates: v.pipe(
    v.array(v.object({
      ...{ key, name: v.string(), member: v.string() },
      addresses: v.pipe(v.array(v.string()), v.maxLength(MAX_CANDIDATE_ADDRESSES)),
    })),
    v.maxLength(MAX_CANDIDATES),
  ),
});

export function formatKeptChat(kept: KeptChat): string {
  return `${JSON.stringify({ version: VERSION, ...kept })}\n`;
}

/** `undefined` for all that `formatKeptChat` has not written. Signatures are not checked. */
export function parseKeptChat(json: string): KeptChat | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(json));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

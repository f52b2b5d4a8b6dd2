/**
 * What a candidate is asked, and what it answers: one line of JSON each. The answer is signed for one question and one certificate, so
 * nobody can pass it on as their own or use it again.
 */

import * as v from "valibot";
import { ProtocolError } from "../errors.ts";
import { isKeyForm, isSignatureForm } from "../identity/entry_signature.ts";
import { canonicalJson } from "../identity/signed_text.ts";
import { MAX_TERM } from "../limits.ts";
import type { Checked } from "../messages/fields.ts";
import { hostNonce } from "../messages/host_schemas.ts";
import type { SharedChat } from "./roster_statement.ts";

export const VIEW_LABEL = "confab-view-1";

/** The state of a candidate: the fields of `CandidateView` in `src/succession`. */
export interface SignedView {
  /** The candidate's device key, which signs. */
  readonly key: string;
  readonly term: number;
  readonly hosts: boolean;
  readonly follows?: string | undefined;
  readonly mayHost: boolean;
  readonly progress: { readonly term: number; readonly entries: number };
}

/** The fields that bind an answer to its question. */
export interface ViewContext extends SharedChat {
  /** From `ask`. */
  readonly nonce: string;
  /** SHA-256 of the candidate's certificate in base64url. */
  readonly tls: string;
}

export function viewText({ chat, chatKey, nonce, tls }: ViewContext, view: SignedView): string {
  const { key, term, hosts, follows, mayHost, progress } = view;
  const numbers = { term: String(term), copyTerm: String(progress.term), entries: String(progress.entries) };
  const flags = { hosts: String(hosts), mayHost: String(mayHost) };
  return `${VIEW_LABEL}\n${canonicalJson({ chat, chatKey, nonce, tls, key, follows, ...numbers, ...flags })}`;
}

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const key = v.pipe(v.string(), v.check(isKeyForm, "is not a key: expected 43 characters of base64url"));
const term = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(MAX_TERM));

const question = v.object({ type: v.literal("ask"), nonce: hostNonce });

const answer = v.object({
  type: v.literal("view"),
  chat: id,
  chatKey: key,
  key,
  term,
  hosts: v.boolean(),
  follows: v.optional(key),
  mayHost: v.boolean(),
  progress: v.object({ term, entries: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }),
  tls: v.pipe(v.string(), v.maxLength(64)),
  signature: v.pipe(v.string(), v.check(isSignatureForm, "is not a signature: expected 86 characters of base64url")),
});

export type CandidateQuestion = Checked<typeof question>;
export type CandidateAnswer = Checked<typeof answer>;

/** Throws `bad_frame` for a line that does not ask for a view. */
export function parseQuestion(line: string): CandidateQuestion {
  return parsed(question, line);
}

/** Throws `bad_frame` for a line that is no view. */
export function parseAnswer(line: string): CandidateAnswer {
  return parsed(answer, line);
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, line: string): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ProtocolError("bad_frame", "The line about a candidate is not JSON");
  }
  const result = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? "type";
  throw new ProtocolError("bad_frame", `Field ${field} of a candidate is not valid: ${issue.message}`.slice(0, 200));
}

/**
 * Signatures of shared chats: of the statements of a roster, of a host that proves that it hosts the chat, and of a candidate that tells
 * its state.
 */

import {
  type CandidateAnswer,
  type SignedView,
  type ViewContext,
  viewText,
} from "../protocol/hosts/candidate_answer.ts";
import { type HostProof, hostText } from "../protocol/hosts/host_proof.ts";
import { emptyRoster, mergeRoster, type Roster, rosterStatements } from "../protocol/hosts/roster.ts";
import {
  foundingStatement,
  type RosterChange,
  type RosterStatement,
  rosterText,
  type SharedChat,
  type UnsignedStatement,
} from "../protocol/hosts/roster_statement.ts";
import { MAX_ROSTER_STATEMENTS } from "../protocol/limits.ts";
import type { IdentityKeys, SigningKey } from "./identity_keys.ts";
import { keyText, type SignedText, signText } from "./text_signature.ts";

/** Whether the signature is that of the text by the key. Never rejects. */
export type VerifyText = (signed: SignedText) => Promise<boolean>;

/** Founds a shared chat: makes its key, signs the founding statement, and keeps no copy of the private key. */
export async function foundRoster(
  keys: IdentityKeys,
  chat: string,
  owner: Pick<RosterChange, "key" | "member" | "name">,
  time: string,
): Promise<Roster> {
  const secret = await keys.makeSigningKey(false);
  const shared = { chat, chatKey: keyText(secret) };
  const statement = await signStatement(secret, shared, foundingStatement(shared, owner, time));
  return mergeRoster(emptyRoster(shared), [statement], () => true);
}

/** Signs a statement with the key that it names in `by`. Rejects if `key` is another one. */
export async function signStatement(
  key: SigningKey,
  chat: SharedChat,
  statement: UnsignedStatement,
): Promise<RosterStatement> {
  if (keyText(key) !== statement.by) throw new Error("The statement names another key as its signer");
  return { ...statement, signature: await signText(key, rosterText(chat, statement)) };
}

/**
 * Merges the statements whose signatures are genuine. Those that the roster has are not checked again, and no more are checked
 * than a roster can have.
 */
export async function mergeVerified(
  roster: Roster,
  statements: readonly RosterStatement[],
  verify: VerifyText,
): Promise<Roster> {
  const known = new Set(rosterStatements(roster).map(({ signature }) => signature));
  const others = statements.slice(0, MAX_ROSTER_STATEMENTS).filter(({ signature }) => !known.has(signature));
  const genuine = new Set<RosterStatement>();
  for (const statement of others) if (await isGenuineIn(roster, statement, verify)) genuine.add(statement);
  return mergeRoster(roster, others, (statement) => genuine.has(statement));
}

async function isGenuineIn(chat: SharedChat, statement: RosterStatement, verify: VerifyText): Promise<boolean> {
  const { by: key, signature } = statement;
  const text = textOr(() => rosterText(chat, statement));
  return text !== undefined && await verify({ key, text, signature });
}

/** Signs with the host's key, which the proof names. Rejects if `key` is another one. */
export async function signHostProof(key: SigningKey, proof: HostProof): Promise<string> {
  if (keyText(key) !== proof.key) throw new Error("The proof names another key as the host's");
  return await signText(key, hostText(proof));
}

export async function isGenuineProof(proof: HostProof, signature: string, verify: VerifyText): Promise<boolean> {
  const text = textOr(() => hostText(proof));
  return text !== undefined && await verify({ key: proof.key, text, signature });
}

/** The answer of a candidate whose key signs with `sign`. */
export function signView(sign: (text: string) => string, context: ViewContext, view: SignedView): CandidateAnswer {
  const { chat, chatKey, tls } = context;
  const { key, term, hosts, follows, mayHost, progress } = view;
  const signature = sign(viewText(context, view));
  return { type: "view", chat, chatKey, key, term, hosts, follows, mayHost, progress, tls, signature };
}

/** Whether the answer is one to this question, on the connection with this certificate, by the key that it names. */
export async function isGenuineView(
  answer: CandidateAnswer,
  context: ViewContext,
  verify: VerifyText,
): Promise<boolean> {
  const { chat, chatKey, tls, key, signature } = answer;
  if (chat !== context.chat || chatKey !== context.chatKey || tls !== context.tls) return false;
  const text = textOr(() => viewText(context, answer));
  return text !== undefined && await verify({ key, text, signature });
}

/** `undefined` for half of a surrogate pair, which nobody can sign. */
function textOr(write: () => string): string | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}

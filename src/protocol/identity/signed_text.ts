/**
 * What is signed: a label for the kind, a line feed, and a JSON object in the canonical form of RFC 8785. The signed bytes
 * are the UTF-8 of this text. All values are strings, so that the canonical form is JSON without spaces whose keys are
 * sorted. The label keeps a signature of one kind from being used as another.
 */

export const JOIN_LABEL = "confab-join-1";
export const DEVICE_LABEL = "confab-device-1";
export const ENTRY_LABEL = "confab-entry-1";

/** Proves, at `join`, that the client holds the key, to this chat and on this connection only. */
export interface JoinProof {
  /** The id of the chat, from `welcome`. */
  readonly chat: string;
  /** From `welcome`. */
  readonly nonce: string;
  /** The host that the client dialed, in lower case and without a port. */
  readonly host: string;
  /** SHA-256 of the server's certificate in base64url, as the client saw it; absent where TLS does not end at this server. */
  readonly tls?: string;
  /** The key itself. */
  readonly key: string;
}

/** Adds a device to a member, or revokes one. */
export interface DeviceStatement {
  readonly action: "add" | "revoke";
  readonly chat: string;
  /** The id of the member whose device it is. */
  readonly member: string;
  /** 1 for the member's first statement. Each number is used once, so a statement can be neither repeated nor reordered. */
  readonly number: number;
  /** The key of the device. */
  readonly key: string;
  /** For a device that is added: `terminal`, `page` or another word, and a name for people, such as `Firefox on Android`. */
  readonly kind?: string;
  readonly name?: string;
  /** The signer's own time: RFC 3339 in UTC. */
  readonly time: string;
  /** The key that signs. */
  readonly by: string;
}

/** A message or a change of one. The `seq` is not part of it, because it is the order of one server only. */
export interface SignedEntry {
  readonly type: "message" | "edited" | "deleted" | "reaction";
  readonly chat: string;
  /** The name of the room; absent for a direct message. */
  readonly room?: string;
  /** The id of the member who receives a direct message. */
  readonly to?: string;
  readonly id: string;
  /** The id of the author. */
  readonly author: string;
  /** The author's own time: RFC 3339 in UTC. */
  readonly time: string;
  /** The id of the message that this one replies to. */
  readonly reply?: string;
  /** The id of the message that a change is of. */
  readonly of?: string;
  readonly text?: string;
  /** The file of a message, if it has one. */
  readonly file?: SignedFile;
  readonly emoji?: string;
  /** `true` for a reaction that is removed. */
  readonly remove?: boolean;
}

export interface SignedFile {
  readonly id: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** In base64url. */
  readonly sha256: string;
  readonly thumbnail?: { readonly sha256: string };
}

export function joinText({ chat, nonce, host, tls, key }: JoinProof): string {
  return `${JOIN_LABEL}\n${canonicalJson({ chat, nonce, host, tls, key })}`;
}

export function deviceText(statement: DeviceStatement): string {
  const { action, chat, member, number, key, kind, name, time, by } = statement;
  const fields = { action, chat, member, number: String(number), key, kind, name, time, by };
  return `${DEVICE_LABEL}\n${canonicalJson(fields)}`;
}

export function entryText(entry: SignedEntry): string {
  const { type, chat, room, to, id, author, time, reply, of, text, file, emoji, remove } = entry;
  const removed = remove === true ? "true" : undefined;
  const fields = { type, chat, room, to, id, author, time, reply, of, text, emoji, remove: removed };
  return `${ENTRY_LABEL}\n${canonicalJson(file === undefined ? fields : { ...fields, ...fileFields(file) })}`;
}

function fileFields({ id, name, size, sha256, thumbnail }: SignedFile): Readonly<Record<string, string | undefined>> {
  return { file: id, name, size: String(size), sha256, thumbnail: thumbnail?.sha256 };
}

/**
 * JSON of the fields by RFC 8785: sorted by UTF-16 units, with the escapes of ECMAScript. Absent fields are left out.
 * Throws an Error for half of a surrogate pair, which has no UTF-8.
 */
export function canonicalJson(fields: Readonly<Record<string, string | undefined>>): string {
  const present = Object.keys(fields).sort().filter((key) => fields[key] !== undefined);
  const members = present.map((key) => `${quoted(key)}:${quoted(fields[key]!)}`);
  return `{${members.join(",")}}`;
}

function quoted(text: string): string {
  if (!text.isWellFormed()) throw new Error("Half of a surrogate pair cannot be signed");
  return JSON.stringify(text);
}

export const LINK_CLAIM_LABEL = "confab-link-claim-1";
export const LINK_ANSWER_LABEL = "confab-link-answer-1";
export const LINK_COMPARE_LABEL = "confab-link-compare-1";

/** Both keys of two devices, one of which admits the other. */
export interface LinkedKeys {
  readonly chat: string;
  /** The key of the new device. */
  readonly key: string;
  /** The key of the device that admits it. */
  readonly by: string;
}

/** Returns the text that the new device proves: the one that admits it reads the key of the server's `claimed` in it. */
export function linkClaimText({ chat, key }: Pick<LinkedKeys, "chat" | "key">): string {
  return `${LINK_CLAIM_LABEL}\n${canonicalJson({ chat, key })}`;
}

/**
 * Returns the text with which the device that admits it proves that it knows the secret, has this key, and has seen the
 * other one.
 */
export function linkAnswerText({ chat, key, by }: LinkedKeys): string {
  return `${LINK_ANSWER_LABEL}\n${canonicalJson({ chat, key, by })}`;
}

/** Returns the text of which both sides make words for people to compare. */
export function linkCompareText({ chat, key, by }: LinkedKeys): string {
  return `${LINK_COMPARE_LABEL}\n${canonicalJson({ chat, key, by })}`;
}

/**
 * Commands in the form in which the hub gets them: plain data without any secret. The server has put the digest of a secret,
 * or the result of a comparison, in its place. Where the hub answers with a new secret, it names the digest of one that the
 * server has drawn, and the server puts the text there.
 */

import type {
  AuthCommand,
  ClientCommand,
  DeviceCommand,
  InviteCommand,
  JoinCommand,
  LinkCommand,
  LockCommand,
  OfferCommand,
  RegisterCommand,
} from "../protocol/messages/messages.ts";

import type { DeviceStatement } from "../protocol/identity/signed_text.ts";

/** The token of a `join`. */
export interface TokenProof {
  /** The digests under which it may be known. */
  readonly digests: readonly string[];
  /** The only room that it admits to, if it is valid; `undefined` for all rooms. */
  readonly room?: string;
}

/** The doors that the password of a command opens, apart from accounts. Empty for a password that opens none. */
export interface PasswordProof {
  /** Whether it is the server's password. */
  readonly server?: true;
  /** Whether it is the server's admin password. */
  readonly admin?: true;
  /** The id of the invite that it is. */
  readonly invite?: string;
  /** The id of the lock that it opens. */
  readonly lock?: string;
}

/** The digest by which a lock knows its password. */
export interface LockOpener {
  /** The digest of the salt and the password, with a space between them. */
  readonly opener: string;
  readonly salt: string;
}

/** The server has checked the signature of a `key`, and what else it signs. */
export type HubJoinCommand = Omit<JoinCommand, "token" | "password" | "signature" | "host" | "tls"> & {
  readonly token?: TokenProof;
  readonly password?: PasswordProof;
  /** The digest of a new token, for a member who needs one. */
  readonly newToken: string;
};

export type HubAuthCommand = Omit<AuthCommand, "password"> & {
  readonly password: PasswordProof;
  /** The digest of a new token of the account. */
  readonly newToken: string;
};

export type HubRegisterCommand = Omit<RegisterCommand, "password">;

export type HubLockCommand = Omit<LockCommand, "password"> & { readonly password?: LockOpener };

/** A statement about a device, of this chat, and whether its signature is one by the key that it names. */
export type SignedStatement = DeviceStatement & { readonly isGenuine: boolean };

export type HubDeviceCommand = Omit<DeviceCommand, "statement" | "signature"> & {
  readonly statement?: SignedStatement;
};

export type HubLinkCommand = Omit<LinkCommand, "statement" | "signature" | "code"> & {
  readonly statement?: SignedStatement;
  /** With `begin`, the digests of both forms of a new code. */
  readonly code?: string;
  readonly words?: string;
  /** With `claim`, the digests under which the code may be known. */
  readonly digests?: readonly string[];
};

export type HubInviteCommand = InviteCommand & {
  /** The digests of both forms of the new invite. */
  readonly secret: string;
  readonly words: string;
};

export type HubOfferCommand = OfferCommand & {
  /** The digest of the token of a new slot. */
  readonly token: string;
  readonly used: UsedBytes;
};

/** Bytes that files take already, as the server that got the offer knows them. */
export interface UsedBytes {
  /** Bytes of all files in the store, complete or not. */
  readonly all: number;
  /** Bytes of the files that the member has sent in the last 24 hours. */
  readonly ofMember: number;
}

/** The commands that hold or make a secret on the wire, or a signature. */
export type SecretCommand =
  | JoinCommand
  | AuthCommand
  | RegisterCommand
  | InviteCommand
  | OfferCommand
  | LockCommand
  | DeviceCommand
  | LinkCommand;

/** Commands that the server answers by itself; the hub only says, with `Hub.typing`, whom a `typing` reaches. */
type LocalCommandType = "ping" | "pong" | "typing" | "prove" | "hosts" | "host";

export type HubCommand =
  | Exclude<ClientCommand, SecretCommand | { readonly type: LocalCommandType }>
  | HubJoinCommand
  | HubAuthCommand
  | HubRegisterCommand
  | HubInviteCommand
  | HubOfferCommand
  | HubLockCommand
  | HubDeviceCommand
  | HubLinkCommand;

/** A token, or its digest, for all rooms or bound to one: `TOKEN` or `TOKEN.ROOM`. A `TOKEN` has no full stop. */
export function bindToken(token: string, room: string | undefined): string {
  return room === undefined ? token : `${token}.${room}`;
}

/** Splits what `bindToken` returns. */
export function splitToken(bound: string): { readonly token: string; readonly room: string | undefined } {
  const dot = bound.indexOf(".");
  return dot < 0 ? { token: bound, room: undefined } : { token: bound.slice(0, dot), room: bound.slice(dot + 1) };
}

const KEY = "key ";

/** Returns the text by which the hub and the store know a member with a public key, instead of a token's digest. */
export function keyDigest(key: string): string {
  return KEY + key;
}

/** The key of a `keyDigest`. */
export function keyOf(digest: string): string {
  return digest.slice(KEY.length);
}

export function isKeyDigest(digest: string): boolean {
  return digest.startsWith(KEY);
}

/**
 * Commands in the form in which the hub gets them: plain data without any secret. The server has put the digest of a secret,
 * or the result of a comparison, in its place. Where the hub answers with a new secret, it names the digest of one that the
 * server has drawn, and the server puts the text there.
 */

import type { AuthCommand, ClientCommand, InviteCommand, JoinCommand } from "../protocol/messages/messages.ts";

/** The token of a `join`. */
export interface TokenProof {
  /** The digests under which it may be known. */
  readonly digests: readonly string[];
  /** The only room that it admits to, if it is valid; `undefined` for all rooms. */
  readonly room?: string;
}

export type HubJoinCommand = Omit<JoinCommand, "token"> & {
  readonly token?: TokenProof;
  /** The digest of a new token, for a member who needs one. */
  readonly newToken: string;
};

export type HubAuthCommand = AuthCommand & { readonly newToken: string };

export type HubInviteCommand = InviteCommand & {
  /** The digests of both forms of the new invite. */
  readonly secret: string;
  readonly words: string;
};

/** The commands that hold or make a secret on the wire. */
export type SecretCommand = JoinCommand | AuthCommand | InviteCommand;

export type HubCommand = Exclude<ClientCommand, SecretCommand> | HubJoinCommand | HubAuthCommand | HubInviteCommand;

/** A token, or its digest, for all rooms or bound to one: `TOKEN` or `TOKEN.ROOM`. A `TOKEN` has no full stop. */
export function bindToken(token: string, room: string | undefined): string {
  return room === undefined ? token : `${token}.${room}`;
}

/** Splits what `bindToken` returns. */
export function splitToken(bound: string): { readonly token: string; readonly room: string | undefined } {
  const dot = bound.indexOf(".");
  return dot < 0 ? { token: bound, room: undefined } : { token: bound.slice(0, dot), room: bound.slice(dot + 1) };
}

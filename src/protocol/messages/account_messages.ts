/** What is said about accounts and invites. A member with an account keeps the id that they had without. */

/** How far somebody may go: in one room, or everywhere. */
export type Role = "member" | "moderator" | "owner";

/** Logs in to the account `name`, before `join` or after. Without `name` the password is the server's admin password. */
export interface AuthCommand {
  readonly type: "auth";
  readonly ref?: string;
  readonly name?: string;
  readonly password: string;
}

/** Makes the name that the member has an account's. Done again: the present name, a new password, and the end of all other tokens. */
export interface RegisterCommand {
  readonly type: "register";
  readonly ref?: string;
  readonly password: string;
}

/** Asks for the tokens of one's account. */
export interface SessionsCommand {
  readonly type: "sessions";
  readonly ref?: string;
}

/** Ends a token of one's account, or an invite: exactly one of both, by its id. */
export interface RevokeCommand {
  readonly type: "revoke";
  readonly ref?: string;
  readonly session?: string;
  readonly invite?: string;
}

/** Makes an invite, to `room` alone or to the server. `expires` is in seconds. */
export interface InviteCommand {
  readonly type: "invite";
  readonly ref?: string;
  readonly room?: string;
  readonly expires: number;
  readonly uses?: number;
}

export interface InvitesCommand {
  readonly type: "invites";
  readonly ref?: string;
}

export type AccountCommand =
  | AuthCommand
  | RegisterCommand
  | SessionsCommand
  | RevokeCommand
  | InviteCommand
  | InvitesCommand;

/** The answer to `auth`. With `token` the client joins, from another connection if this one has joined already. */
export interface AuthenticatedEvent {
  readonly type: "authenticated";
  readonly ref?: string;
  readonly role: Role;
  readonly name?: string;
  readonly token?: string;
}

export interface RegisteredEvent {
  readonly type: "registered";
  readonly ref?: string;
  readonly name: string;
}

/** A token of an account: when it was given and when it was last shown, in RFC 3339. `current` is the one of this connection. */
export interface AccountSession {
  readonly id: string;
  readonly since: string;
  readonly seen: string;
  readonly current?: true;
}

export interface SessionsEvent {
  readonly type: "sessions";
  readonly ref?: string;
  readonly sessions: readonly AccountSession[];
}

export interface RevokedEvent {
  readonly type: "revoked";
  readonly ref?: string;
  readonly session?: string;
  readonly invite?: string;
}

/** The only time that the secret is told. `words` are the same invite in a form that can be read out. */
export interface InviteEvent {
  readonly type: "invite";
  readonly ref?: string;
  readonly id: string;
  readonly secret: string;
  readonly words: string;
  readonly room?: string;
  readonly expires: string;
  readonly uses?: number;
}

export interface InviteSummary {
  readonly id: string;
  readonly room?: string;
  readonly expires: string;
  /** How many it may let in; absent for as many as come. */
  readonly uses?: number;
  readonly used: number;
  /** The name of whoever made it. */
  readonly by: string;
}

/** The newest first, as many as fit on a line. `count` is of all. */
export interface InvitesEvent {
  readonly type: "invites";
  readonly ref?: string;
  readonly invites: readonly InviteSummary[];
  readonly count: number;
}

export type AccountEvent =
  | AuthenticatedEvent
  | RegisteredEvent
  | SessionsEvent
  | RevokedEvent
  | InviteEvent
  | InvitesEvent;

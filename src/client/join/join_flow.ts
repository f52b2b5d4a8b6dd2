/**
 * Joins every wanted room on each new link: identifies the client, logs it in, and asks the user for missing passwords.
 */

import type { PasswordKind } from "../../protocol/errors.ts";
import type { ClientIdentity, ProofFields } from "../../protocol/identity/join_proof.ts";
import type { LinkClaimEvent } from "../../protocol/identity/link_steps.ts";
import type { AuthenticatedEvent, ErrorEvent, ServerEvent, WelcomeEvent } from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";
import type { RoomPosition } from "../delivery/receive_cursor.ts";
import type { JoinRequests } from "./join_requests.ts";
import { LinkClaim, type LinkCode } from "../devices/link_claim.ts";
import { AGAIN, LEAVE_WAIT_MS, refused, retryDelay } from "../link/link_end.ts";
import type { ServerLink } from "../link/server_link.ts";

/** A password that the server requires before it continues. */
export interface PasswordPrompt {
  readonly kind: PasswordKind;
  /** The room that the client is joining. */
  readonly room: string;
  /** The account's name, for `kind` `account`. */
  readonly name: string;
}

/** Asks the user for a password. Resolves with it, or with `undefined` if the user declines. There is no time limit. */
export type AskPassword = (prompt: PasswordPrompt) => Promise<string | undefined>;

export interface JoinFlowOptions {
  readonly clock: Clock;
  readonly requests: JoinRequests;
  readonly acceptSuggestion: boolean;
  /** Proves the client's key; the joins of a link wait for it. */
  readonly identity?: ClientIdentity;
  /** Asks another device to admit this one, instead of the first join. */
  readonly linkCode?: LinkCode;
  /** Called with each step of it. */
  readonly onClaim: (claim: LinkClaimEvent) => void;
  readonly position: (room: string) => RoomPosition;
  /** Whether this client has ever joined a room. */
  readonly everOnline: () => boolean;
  /** Called if no room is wanted: the flow has nothing to join. */
  readonly onNothingWanted: () => void;
  /** Called if the server refuses this room and another attempt is pointless. */
  readonly onRefused: (room: string, error: ErrorEvent) => void;
  /** Called with true when messages must wait, since a login decides their author, and with false after it. */
  readonly hold: (held: boolean) => void;
  /** Called when this link is about to end and the next one belongs to another member. */
  readonly onMove: () => void;
  /** Called when there is a new token to remember. */
  readonly changed: () => void;
}

interface Login {
  /** Absent for the login of the server's owner. */
  readonly name?: string;
  readonly password: string;
}

/** The `ref` of the `auth` command that this client sends itself. */
const LOGIN_REF = "login";
/** Suggested names tried per link, in case a server refuses each of its own suggestions. */
const MAX_SUGGESTIONS = 5;

export class JoinFlow {
  /** Without it, a room that needs an unknown password counts as refused. */
  askPassword: AskPassword | undefined;
  readonly #options: JoinFlowOptions;
  readonly #requests: JoinRequests;
  #link: ServerLink | undefined;
  #login: Login | undefined;
  #loginSent = false;
  /** Sent again on each link, so that each link is the owner's. */
  #ownerPassword: string | undefined;
  #isOwner = false;
  #prompt: { readonly kind: PasswordKind; readonly room: string } | undefined;
  #moving = false;
  /** Whether a key is being proved to the server of the current link. */
  #proving = false;
  /** The last link whose challenge was signed. */
  #proved: ServerLink | undefined;
  /** Whether the client has become another member since the last proof. */
  #needsKey = false;
  #stopped = false;
  /** Whether another device must admit this one before it joins. */
  #mustBeAdmitted: boolean;
  #claim: LinkClaim | undefined;
  #suggestions = 0;

  constructor(options: JoinFlowOptions) {
    this.#options = options;
    this.#requests = options.requests;
    this.#mustBeAdmitted = options.linkCode !== undefined;
  }

  /** Whether the user is being asked for a password. */
  get asking(): boolean {
    return this.#prompt !== undefined;
  }

  /** Whether the client has left in order to return as another member. */
  get moving(): boolean {
    return this.#moving;
  }

  linkOpened(link: ServerLink): void {
    this.#link = link;
  }

  linkLost(): void {
    this.#link = undefined;
    this.#loginSent =
      this.#isOwner =
      this.#moving =
      this.#proving =
        false;
    this.#suggestions = 0;
    this.#requests.linkLost();
  }

  /** Forgets credentials meant for the previous server. */
  forgetServer(): void {
    if (this.#options.everOnline()) this.#login = this.#ownerPassword = undefined;
    this.#requests.forgetIdentity();
  }

  /** Sends nothing more. */
  stop(): void {
    this.#stopped = true;
  }

  /** Proves the key to the server, if there is one and the server asks for it, and then sends what is possible. */
  welcomed({ chat, nonce, tls }: WelcomeEvent): void {
    const { identity } = this.#options;
    const link = this.#link;
    // A second welcome of a hostile server costs no second signature.
    const isAsked = chat !== undefined && nonce !== undefined && link !== this.#proved;
    if (identity === undefined || !isAsked) return this.enter();
    this.#proved = link;
    this.#proving = true;
    const renew = this.#needsKey;
    this.#needsKey = false;
    void identity.prove({ chat, nonce, tls }, renew).then((proof) => {
      if (this.#link !== link) return;
      this.#proving = false;
      this.#requests.proof = proof;
      if (this.#mustBeAdmitted) this.#sendClaim(chat, proof);
      this.enter();
    });
  }

  #sendClaim(chat: string, proof: ProofFields | undefined): void {
    if (proof === undefined) {
      this.#claimed({ step: "refused", reason: "This device cannot keep a key of its own" });
      return;
    }
    this.#claim = new LinkClaim(this.#options.linkCode!, chat, proof);
    this.#link?.send(this.#claim.command);
  }

  /** Takes the events that answer the claim of this device. False for others. */
  takeClaimed(event: ServerEvent): boolean {
    if (!this.#mustBeAdmitted) return false;
    if (event.type === "error") return this.#claimed({ step: "refused", reason: event.message });
    if (event.type !== "link") return false;
    const claim = this.#claim?.receive(event);
    if (claim?.step === "admitted") this.#requests.moveTo(event.rooms ?? []);
    if (claim !== undefined) this.#claimed(claim);
    return true;
  }

  #claimed(claim: LinkClaimEvent): true {
    this.#options.onClaim(claim);
    if (claim.step === "refused") this.#link?.end(refused(claim.reason));
    if (claim.step !== "admitted") return true;
    this.#mustBeAdmitted = false;
    this.#requests.name = claim.member;
    this.enter();
    return true;
  }

  /**
   * Joins without the key, if this error refuses its proof: the server knows itself by other names than this client. Returns
   * whether that is all: a member whom the server knows by the key must be told.
   */
  takeProofRefusal({ code, ref }: ErrorEvent): boolean {
    if (code !== "bad_signature" || this.#requests.takeRequested(ref) === undefined) return false;
    this.#requests.proof = undefined;
    this.enter();
    return !this.#requests.keyed;
  }

  /**
   * Sends all logins and joins that are possible now. Call it when the link is greeted, and when there is more to join.
   */
  enter(): void {
    const link = this.#link;
    if (link?.greeted !== true || this.#proving || this.#moving || this.#stopped || this.#mustBeAdmitted) return;
    if (this.#ownerPassword !== undefined && !this.#isOwner) this.#login ??= { password: this.#ownerPassword };
    if (this.#login !== undefined) return this.#sendLogin(this.#login, link);
    if (this.#prompt !== undefined && this.#prompt.kind !== "room") return;
    for (const join of this.#requests.takeJoins(this.#options.position, this.#prompt?.room)) link.send(join);
    if (this.#requests.wantsNothing) this.#options.onNothingWanted();
  }

  /** Logs in to an account, or without a name as the server's owner: now, or as soon as there is a link. */
  login(name: string | undefined, password: string): void {
    this.#login = { name, password };
    this.#loginSent = false;
    if (name !== undefined) this.#options.hold(true);
    this.enter();
  }

  authenticated(event: AuthenticatedEvent): void {
    const login = this.#login;
    if (event.ref !== LOGIN_REF || login === undefined) return;
    this.#login = undefined;
    this.#loginSent = false;
    if (login.name === undefined) {
      this.#ownerPassword = login.password;
      this.#isOwner = true;
    } else if (event.token !== undefined) {
      const mustMove = this.#requests.confirmed;
      this.#requests.become(event.name ?? login.name, event.token);
      this.#needsKey = mustMove;
      this.#options.changed();
      if (mustMove) return this.#move();
    }
    this.#options.hold(false);
    this.enter();
  }

  failed(error: ErrorEvent): void {
    // The join is repeated already.
    if (error.code === "bad_signature") return;
    if (error.ref === LOGIN_REF && this.#login !== undefined) return this.#loginFailed(this.#login, error);
    const room = this.#requests.takeRequested(error.ref);
    if (room !== undefined) this.#joinFailed(room, error);
  }

  #sendLogin({ name, password }: Login, link: ServerLink): void {
    if (this.#loginSent) return;
    this.#loginSent = true;
    link.send({ type: "auth", ref: LOGIN_REF, name, password });
  }

  #loginFailed(login: Login, error: ErrorEvent): void {
    this.#loginSent = false;
    if (error.code === "rate_limited") return this.#after(retryDelay(error), () => this.enter());
    this.#login = undefined;
    if (login.name === undefined) this.#ownerPassword = undefined;
    this.#options.hold(false);
    this.enter();
  }

  /** Leaves as the previous member, so that the server does not hold its place for a return. */
  #move(): void {
    const link = this.#link!;
    this.#moving = true;
    this.#options.onMove();
    link.send({ type: "leave" });
    this.#after(LEAVE_WAIT_MS, () => link.end(AGAIN));
  }

  #joinFailed(room: string, error: ErrorEvent): void {
    if (error.code === "rate_limited") return this.#after(retryDelay(error), () => this.enter());
    if (isNameError(error) && this.#takeSuggestion(error.suggestion)) return this.enter();
    if (error.code === "wrong_password") {
      this.#requests.forgetAccountPassword();
      const kind = error.needs ?? (this.#requests.confirmed ? "room" : "server");
      if (this.#requests.hasUntriedPassword(kind, room)) return this.enter();
      if (this.#ask(kind, room, error)) return;
    }
    this.#options.onRefused(room, error);
  }

  /** False if the user cannot be asked. There is one prompt at a time. */
  #ask(kind: PasswordKind, room: string, error: ErrorEvent): boolean {
    if (this.askPassword === undefined || this.#prompt !== undefined) return false;
    this.#prompt = { kind, room };
    const { name } = this.#requests;
    void this.askPassword({ kind, room, name }).then((password) => {
      this.#prompt = undefined;
      if (password === undefined) return this.#declined(kind, room, error);
      this.#requests.setPassword(kind, room, password);
      this.enter();
    });
    return true;
  }

  #declined(kind: PasswordKind, room: string, error: ErrorEvent): void {
    if (kind === "account" && this.#takeSuggestion(error.suggestion)) return this.enter();
    this.#options.onRefused(room, error);
  }

  #takeSuggestion(suggestion: string | undefined): boolean {
    if (suggestion === undefined || this.#suggestions >= MAX_SUGGESTIONS) return false;
    if (!this.#options.acceptSuggestion && !this.#options.everOnline()) return false;
    this.#suggestions++;
    this.#requests.requestName(undefined);
    this.#requests.name = suggestion;
    return true;
  }

  /** Calls back after `ms`, unless the current link has ended by then. */
  #after(ms: number, callback: () => void): void {
    if (this.#link !== undefined) this.#options.clock.after(ms, callback, this.#link.signal);
  }
}

function isNameError({ code }: ErrorEvent): boolean {
  return code === "name_taken" || code === "name_invalid";
}

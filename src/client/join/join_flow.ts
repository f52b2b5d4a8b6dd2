/**
 * Joins every wanted room on each new link: identifies the client, logs it in, and asks the user for missing passwords.
 */

import type { PasswordKind } from "../../protocol/errors.ts";
import type { ClientIdentity, ProofFields } from "../../protocol/identity/join_proof.ts";
import type { LinkClaimEvent } from "../../protocol/identity/link_steps.ts";
import type { AuthenticatedEvent, ErrorEvent, ServerEvent, WelcomeEvent } from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";
import type { RoomPosition } from "../delivery/receive_cursor.ts";
import { LinkAdmission } from "../devices/link_admission.ts";
import type { LinkCode } from "../devices/link_claim.ts";
import { AGAIN, LEAVE_WAIT_MS, refused, retryDelay } from "../link/link_end.ts";
import type { ServerLink } from "../link/server_link.ts";
import type { JoinRequests } from "./join_requests.ts";
import { KeyProver } from "./key_prover.ts";
import { LoginFlow } from "./login_flow.ts";
import { type AskPassword, PasswordPrompter } from "./password_prompter.ts";

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

/** Suggested names tried per link, in case a server refuses each of its own suggestions. */
const MAX_SUGGESTIONS = 5;

export class JoinFlow {
  readonly #options: JoinFlowOptions;
  readonly #requests: JoinRequests;
  readonly #prover: KeyProver;
  readonly #admission: LinkAdmission;
  readonly #logins = new LoginFlow();
  readonly #prompter = new PasswordPrompter();
  #link: ServerLink | undefined;
  #moving = false;
  #stopped = false;
  #suggestions = 0;

  constructor(options: JoinFlowOptions) {
    this.#options = options;
    this.#requests = options.requests;
    this.#prover = new KeyProver(options.identity);
    const { linkCode, onClaim } = options;
    this.#admission = new LinkAdmission({
      ...{ linkCode, onClaim },
      send: (command) => this.#link?.send(command),
      onRefused: (reason) => this.#link?.end(refused(reason)),
      onAdmitted: (member, rooms) => this.#admitted(member, rooms),
    });
  }

  /** Without it, a room that needs an unknown password counts as refused. */
  set askPassword(ask: AskPassword | undefined) {
    this.#prompter.askPassword = ask;
  }

  /** Whether the user is being asked for a password. */
  get asking(): boolean {
    return this.#prompter.open !== undefined;
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
    this.#moving = false;
    this.#logins.linkLost();
    this.#prover.linkLost();
    this.#suggestions = 0;
    this.#requests.linkLost();
  }

  /** Forgets credentials meant for the previous server. */
  forgetServer(): void {
    if (this.#options.everOnline()) this.#logins.forget();
    this.#requests.forgetIdentity();
  }

  /** Sends nothing more. */
  stop(): void {
    this.#stopped = true;
  }

  /** Proves the key to the server, if there is one and the server asks for it, and then sends what is possible. */
  welcomed(welcome: WelcomeEvent): void {
    const link = this.#link;
    const isProving = link !== undefined &&
      this.#prover.prove(welcome, link, (chat, proof) => this.#proved(chat, proof));
    if (!isProving) this.enter();
  }

  #proved(chat: string, proof: ProofFields | undefined): void {
    this.#requests.proof = proof;
    this.#admission.ask(chat, proof);
    this.enter();
  }

  /** Takes the events that answer the claim of this device. False for others. */
  takeClaimed(event: ServerEvent): boolean {
    return this.#admission.receive(event);
  }

  #admitted(member: string, rooms: readonly string[]): void {
    // The identity that this client had before.
    this.#requests.forgetIdentity();
    this.#requests.moveTo(rooms);
    this.#requests.name = member;
    this.enter();
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
    if (link?.greeted !== true || this.#prover.busy || this.#moving || this.#stopped || this.#admission.pending) return;
    if (this.#logins.send(link)) return;
    const { open } = this.#prompter;
    if (open !== undefined && open.kind !== "room") return;
    for (const join of this.#requests.takeJoins(this.#options.position, open?.room)) link.send(join);
    if (this.#requests.wantsNothing) this.#options.onNothingWanted();
  }

  /** Logs in to an account, or without a name as the server's owner: now, or as soon as there is a link. */
  login(name: string | undefined, password: string): void {
    this.#logins.want({ name, password });
    if (name !== undefined) this.#options.hold(true);
    this.enter();
  }

  authenticated(event: AuthenticatedEvent): void {
    const login = this.#logins.takeSuccess(event);
    if (login === undefined) return;
    if (login.name !== undefined && event.token !== undefined) {
      const mustMove = this.#requests.confirmed;
      this.#requests.become(event.name ?? login.name, event.token);
      this.#prover.renewKey(mustMove);
      this.#options.changed();
      if (mustMove) return this.#move();
    }
    this.#options.hold(false);
    this.enter();
  }

  failed(error: ErrorEvent): void {
    // The join is repeated already.
    if (error.code === "bad_signature") return;
    if (this.#logins.takeRefusal(error)) return this.#loginFailed(error);
    const room = this.#requests.takeRequested(error.ref);
    if (room !== undefined) this.#joinFailed(room, error);
  }

  #loginFailed(error: ErrorEvent): void {
    if (error.code === "rate_limited") return this.#after(retryDelay(error), () => this.enter());
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
    const { name } = this.#requests;
    return this.#prompter.ask({ kind, room, name }, (password) => {
      if (password === undefined) return this.#declined(kind, room, error);
      this.#requests.setPassword(kind, room, password);
      this.enter();
    });
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

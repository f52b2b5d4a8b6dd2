/** Gets us in: says who we are and shows the passwords that are asked for, until each room that we want is joined. */

import type { PasswordKind } from "../protocol/errors.ts";
import type { AuthenticatedEvent, ErrorEvent } from "../protocol/messages/messages.ts";
import type { Clock } from "./clock.ts";
import { AGAIN } from "./link/link_end.ts";
import type { ServerLink } from "./link/server_link.ts";
import type { JoinRequests } from "./join_requests.ts";
import { retryDelay } from "./link/link_end.ts";

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
  readonly membership: JoinRequests;
  readonly acceptSuggestion: boolean;
  /** The last seq that was received in a room. */
  readonly after: (room: string) => number | undefined;
  /** The id of the room whose seq `after` gives. */
  readonly roomId: (room: string) => string | undefined;
  /** Whether the server has ever let us in. */
  readonly everOnline: () => boolean;
  /** There is no room to join. */
  readonly wantsNothing: () => void;
  /** The server does not let us into this room, for good. */
  readonly refused: (room: string, error: ErrorEvent) => void;
  /** Messages wait while it is open whose they are. */
  readonly hold: (held: boolean) => void;
  /** This link is given up, and the next one is another member's. */
  readonly moving: () => void;
  /** There is another token to remember. */
  readonly changed: () => void;
}

interface Login {
  /** Without one it is the owner's. */
  readonly name?: string;
  readonly password: string;
}

/** Of the `auth` that this client says by itself. */
const LOGIN_REF = "login";
/** Names from a server that finds each of its own suggestions taken. */
const MAX_SUGGESTIONS = 5;
/** How long a server has to close what we have left. */
const MOVE_WAIT_MS = 2_000;

export class JoinFlow {
  /** Without it, what needs a password that we do not have is refused. */
  askPassword: AskPassword | undefined;
  readonly #options: JoinFlowOptions;
  readonly #membership: JoinRequests;
  #link: ServerLink | undefined;
  #login: Login | undefined;
  #loginSaid = false;
  /** Makes each link the owner's. */
  #ownerPassword: string | undefined;
  #ownerKnown = false;
  #question: { readonly kind: PasswordKind; readonly room: string } | undefined;
  #moving = false;
  #stopped = false;
  #suggestions = 0;

  constructor(options: JoinFlowOptions) {
    this.#options = options;
    this.#membership = options.membership;
  }

  /** Whether somebody is being asked for a password. */
  get asking(): boolean {
    return this.#question !== undefined;
  }

  /** Whether we have left in order to come back as somebody else. */
  get moving(): boolean {
    return this.#moving;
  }

  linkOpened(link: ServerLink): void {
    this.#link = link;
  }

  linkLost(): void {
    this.#link = undefined;
    this.#loginSaid = this.#ownerKnown = this.#moving = false;
    this.#suggestions = 0;
    this.#membership.linkLost();
  }

  /** It is another server: it must not hear what was meant for the one before. */
  forget(): void {
    if (this.#options.everOnline()) this.#login = this.#ownerPassword = undefined;
    this.#membership.forgetIdentity();
  }

  /** Nothing more is said. */
  stop(): void {
    this.#stopped = true;
  }

  /** Says what can be said now. To be called when the link is greeted, and when there is more to join. */
  enter(): void {
    const link = this.#link;
    if (link?.greeted !== true || this.#moving || this.#stopped) return;
    if (this.#ownerPassword !== undefined && !this.#ownerKnown) this.#login ??= { password: this.#ownerPassword };
    if (this.#login !== undefined) return this.#sayLogin(this.#login, link);
    if (this.#question !== undefined && this.#question.kind !== "room") return;
    const { after, roomId } = this.#options;
    for (const join of this.#membership.takeJoins(after, this.#question?.room, roomId)) link.send(join);
    if (this.#membership.wantsNothing) this.#options.wantsNothing();
  }

  /** Becomes the member whose account it is, or without a name the owner: now, or as soon as there is a link. */
  login(name: string | undefined, password: string): void {
    this.#login = { name, password };
    this.#loginSaid = false;
    if (name !== undefined) this.#options.hold(true);
    this.enter();
  }

  authenticated(event: AuthenticatedEvent): void {
    const login = this.#login;
    if (event.ref !== LOGIN_REF || login === undefined) return;
    this.#login = undefined;
    this.#loginSaid = false;
    if (login.name === undefined) {
      this.#ownerPassword = login.password;
      this.#ownerKnown = true;
    } else if (event.token !== undefined) {
      const mustMove = this.#membership.confirmed;
      this.#membership.become(event.name ?? login.name, event.token);
      this.#options.changed();
      if (mustMove) return this.#move();
    }
    this.#options.hold(false);
    this.enter();
  }

  failed(error: ErrorEvent): void {
    if (error.ref === LOGIN_REF && this.#login !== undefined) return this.#loginFailed(this.#login, error);
    const room = this.#membership.takeAsked(error.ref);
    if (room !== undefined) this.#joinFailed(room, error);
  }

  #sayLogin({ name, password }: Login, link: ServerLink): void {
    if (this.#loginSaid) return;
    this.#loginSaid = true;
    link.send({ type: "auth", ref: LOGIN_REF, name, password });
  }

  #loginFailed(login: Login, error: ErrorEvent): void {
    this.#loginSaid = false;
    if (error.code === "rate_limited") return this.#after(retryDelay(error), () => this.enter());
    this.#login = undefined;
    if (login.name === undefined) this.#ownerPassword = undefined;
    this.#options.hold(false);
    this.enter();
  }

  /** Leaves as who we were, so that nobody waits for our return. */
  #move(): void {
    const link = this.#link!;
    this.#moving = true;
    this.#options.moving();
    link.send({ type: "leave" });
    this.#after(MOVE_WAIT_MS, () => link.end(AGAIN));
  }

  #joinFailed(room: string, error: ErrorEvent): void {
    if (error.code === "rate_limited") return this.#after(retryDelay(error), () => this.enter());
    if (isOfName(error) && this.#takeSuggestion(error.suggestion)) return this.enter();
    if (error.code === "wrong_password") {
      this.#membership.forgetAccountPassword();
      const kind = error.needs ?? (this.#membership.confirmed ? "room" : "server");
      if (this.#membership.hasOther(kind, room)) return this.enter();
      if (this.#ask(kind, room, error)) return;
    }
    this.#options.refused(room, error);
  }

  /** False where nobody can be asked; one question at a time. */
  #ask(kind: PasswordKind, room: string, error: ErrorEvent): boolean {
    if (this.askPassword === undefined || this.#question !== undefined) return false;
    this.#question = { kind, room };
    const { name } = this.#membership;
    void this.askPassword({ kind, room, name }).then((password) => {
      this.#question = undefined;
      if (password === undefined) return this.#declined(kind, room, error);
      this.#membership.setPassword(kind, room, password);
      this.enter();
    });
    return true;
  }

  #declined(kind: PasswordKind, room: string, error: ErrorEvent): void {
    if (kind === "account" && this.#takeSuggestion(error.suggestion)) return this.enter();
    this.#options.refused(room, error);
  }

  #takeSuggestion(suggestion: string | undefined): boolean {
    if (suggestion === undefined || this.#suggestions >= MAX_SUGGESTIONS) return false;
    if (!this.#options.acceptSuggestion && !this.#options.everOnline()) return false;
    this.#suggestions++;
    this.#membership.wishName(undefined);
    this.#membership.name = suggestion;
    return true;
  }

  /** Of this link only. */
  #after(ms: number, callback: () => void): void {
    if (this.#link !== undefined) this.#options.clock.after(ms, callback, this.#link.signal);
  }
}

function isOfName({ code }: ErrorEvent): boolean {
  return code === "name_taken" || code === "name_invalid";
}

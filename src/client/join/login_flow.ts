/** Logs in to an account, or as the server's owner. The server answers a login before anything that depends on it is sent. */

import type { AuthenticatedEvent, ErrorEvent } from "../../protocol/messages/messages.ts";
import type { ServerLink } from "../link/server_link.ts";

export interface Login {
  /** Absent for the login of the server's owner. */
  readonly name?: string;
  readonly password: string;
}

/** The `ref` of the `auth` command that this client sends itself. */
const LOGIN_REF = "login";

export class LoginFlow {
  /** The login that the server has not answered. */
  #login: Login | undefined;
  #sent = false;
  /** Sent again on each link, so that each link is the owner's. */
  #ownerPassword: string | undefined;
  #isOwner = false;

  /** Logs in as soon as there is a link. */
  want(login: Login): void {
    this.#login = login;
    this.#sent = false;
  }

  /** Sends the login that waits, if any. Returns whether an answer must come before anything else is sent. */
  send(link: ServerLink): boolean {
    if (this.#ownerPassword !== undefined && !this.#isOwner) this.#login ??= { password: this.#ownerPassword };
    if (this.#login === undefined) return false;
    if (this.#sent) return true;
    this.#sent = true;
    const { name, password } = this.#login;
    link.send({ type: "auth", ref: LOGIN_REF, name, password });
    return true;
  }

  /** Returns the login that succeeded; `undefined` if the event answers another one. */
  takeSuccess({ ref }: AuthenticatedEvent): Login | undefined {
    const login = this.#login;
    if (ref !== LOGIN_REF || login === undefined) return undefined;
    this.#login = undefined;
    this.#sent = false;
    if (login.name === undefined) {
      this.#ownerPassword = login.password;
      this.#isOwner = true;
    }
    return login;
  }

  /** Takes an error that refuses the login. One that came too fast is kept, to be sent again. False for other errors. */
  takeRefusal({ ref, code }: ErrorEvent): boolean {
    if (ref !== LOGIN_REF || this.#login === undefined) return false;
    this.#sent = false;
    if (code === "rate_limited") return true;
    if (this.#login.name === undefined) this.#ownerPassword = undefined;
    this.#login = undefined;
    return true;
  }

  linkLost(): void {
    this.#sent = this.#isOwner = false;
  }

  /** Forgets the passwords, which are for the previous server. */
  forget(): void {
    this.#login = this.#ownerPassword = undefined;
  }
}

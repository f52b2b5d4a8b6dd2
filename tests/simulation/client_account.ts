/** Registers a name, and logs in with right and wrong passwords, which a server hashes for a while. */

import { assert } from "@std/assert";
import type { Hashed } from "../../src/core/effect.ts";
import type { ServerEvent } from "../../src/protocol/messages/messages.ts";
import type { ActivityHost, ClientActivity } from "./client_activity.ts";

/** Too many of them at once, or from one connection. */
const REFUSALS = ["rate_limited", "name_taken", "forbidden", "invalid"];

interface Attempt {
  readonly ref: string;
  /** `undefined` for a registration. */
  readonly isRight: boolean | undefined;
}

/** An account that a server has confirmed. */
export interface ConfirmedAccount {
  readonly name: string;
  readonly hash: string;
}

export class ClientAccount implements ClientActivity {
  readonly #host: ActivityHost;
  account: ConfirmedAccount | undefined;
  #attempt: Attempt | undefined;
  #count = 0;

  constructor(host: ActivityHost) {
    this.#host = host;
  }

  /** Whether the server holds back the commands of the session. */
  get isHashing(): boolean {
    return this.#attempt !== undefined;
  }

  act(): void {
    const { random, counts, id } = this.#host;
    if (this.account === undefined) {
      counts.add("registration");
      const ref = this.#host.say({ type: "register" }, { hash: () => this.#hashed({ hash: this.#hash }) });
      this.#attempt = { ref, isRight: undefined };
      return;
    }
    const { name, hash } = this.account;
    const isRight = random.next() < 0.7;
    counts.add(isRight ? "login" : "login with a wrong password");
    const newToken = `login ${++this.#count} of ${id}`;
    const secret = { hash: (against: string | undefined) => this.#hashed({ matches: isRight && against === hash }) };
    this.#attempt = { ref: this.#host.say({ type: "auth", name, password: {}, newToken }, secret), isRight };
  }

  get #hash(): string {
    return `password of ${this.#host.id}`;
  }

  /** Sometimes too many wait at the server. */
  #hashed(outcome: Hashed): Hashed {
    if (this.#host.random.next() > 0.1) return outcome;
    this.#host.counts.add("too many hashes");
    return { busy: true };
  }

  take(event: ServerEvent): void {
    if (!("ref" in event) || this.#attempt === undefined || event.ref !== this.#attempt.ref) return;
    const { isRight } = this.#attempt;
    this.#attempt = undefined;
    if (event.type === "registered") {
      this.#host.counts.add("registered");
      this.account = { name: event.name, hash: this.#hash };
    } else if (event.type === "authenticated") {
      this.#host.counts.add("logged in");
      assert(isRight === true, "A wrong password opens an account");
    } else {
      assert(event.type === "error", `A password is answered with ${event.type}`);
      assert(event.code === "wrong_password" ? isRight === false : REFUSALS.includes(event.code), event.message);
    }
  }

  end(): void {
    this.#attempt = undefined;
  }
}

import { COMMANDS_BURST, COMMANDS_PER_SECOND } from "../protocol/limits.ts";
import type { SessionId } from "./effect.ts";
import type { Member } from "./member.ts";
import { RateLimiter } from "./rate_limiter.ts";

/** One connection's life: it greets, it has joined as somebody, it is closed. It never goes back. */
export type SessionState =
  | { readonly phase: "greeting"; readonly since: number }
  | { readonly phase: "joined"; readonly member: Member }
  | { readonly phase: "closed" };

export class Session {
  readonly id: SessionId;
  /** Whether whoever is there can come back with a token, so that a short absence need not be told. */
  readonly resumable: boolean;
  readonly commands: RateLimiter;
  state: SessionState;
  /** What the member may show on the next connection; empty before the first join. */
  token = "";

  constructor(id: SessionId, resumable: boolean, now: number) {
    this.id = id;
    this.resumable = resumable;
    this.commands = new RateLimiter({ perSecond: COMMANDS_PER_SECOND, burst: COMMANDS_BURST }, now);
    this.state = { phase: "greeting", since: now };
  }

  get member(): Member | undefined {
    return this.state.phase === "joined" ? this.state.member : undefined;
  }
}

import { AWAY_INTERVAL_MS } from "../../../protocol/limits.ts";
import type { Away } from "../../../protocol/messages/messages.ts";

/** Whether a member is away, and what the others were told of it last. It lives as long as the member is present. */
export class AwayState {
  /** The member's own word, which outranks `#idle`. */
  #own: Away | undefined;
  /** Set while all sessions of the member are idle. */
  #idle: Away | undefined;
  #told: Away | undefined;
  /** When the others were told, in milliseconds since the epoch. */
  #toldAt = -Infinity;

  /** As the member said it; `undefined` if they are not away by their own word. */
  get own(): Away | undefined {
    return this.#own;
  }

  set own(own: Away | undefined) {
    this.#own = own;
  }

  get idle(): Away | undefined {
    return this.#idle;
  }

  set idle(idle: Away | undefined) {
    this.#idle = idle;
  }

  get current(): Away | undefined {
    return this.#own ?? this.#idle;
  }

  /** The state that the others know. Lists show the same, so that a later change is news to all of them. */
  get told(): Away | undefined {
    return this.#told;
  }

  /** Whether the others know something else than `current`. */
  get isNews(): boolean {
    return !isSame(this.#told, this.current);
  }

  /** Whether the others may be told another change. A clock that goes back does not delay it. */
  mayTell(now: number): boolean {
    const elapsed = now - this.#toldAt;
    return elapsed < 0 || elapsed >= AWAY_INTERVAL_MS;
  }

  noteTold(now: number): void {
    this.#told = this.current;
    this.#toldAt = now;
  }
}

/** A later `since` alone is no news: clients that come back report again that they are idle. */
function isSame(one: Away | undefined, other: Away | undefined): boolean {
  return (one === undefined) === (other === undefined) && one?.text === other?.text && one?.idle === other?.idle;
}

import { AWAY_INTERVAL_MS } from "../../../protocol/limits.ts";
import type { Away } from "../../../protocol/messages/messages.ts";

/** Whether a member is away, and what the others were told of it last. It lives as long as the member is present. */
export class AwayState {
  /** As the member said it, which outranks `idle`; `undefined` if they are not away by their own word. */
  own: Away | undefined;
  /** Set while all sessions of the member are idle. */
  idle: Away | undefined;
  private lastTold: Away | undefined;
  /** When the others were told, in milliseconds since the epoch. */
  private toldAt = -Infinity;

  get current(): Away | undefined {
    return this.own ?? this.idle;
  }

  /** The state that the others know. Lists show the same, so that a later change is news to all of them. */
  get told(): Away | undefined {
    return this.lastTold;
  }

  /** Whether the others know something else than `current`. */
  get isNews(): boolean {
    return !isSame(this.lastTold, this.current);
  }

  /** Whether the others may be told another change. A clock that goes back does not delay it. */
  mayTell(now: number): boolean {
    const elapsed = now - this.toldAt;
    return elapsed < 0 || elapsed >= AWAY_INTERVAL_MS;
  }

  noteTold(now: number): void {
    this.lastTold = this.current;
    this.toldAt = now;
  }
}

/** A later `since` alone is no news: clients that come back report again that they are idle. */
function isSame(one: Away | undefined, other: Away | undefined): boolean {
  return (one === undefined) === (other === undefined) && one?.text === other?.text && one?.idle === other?.idle;
}

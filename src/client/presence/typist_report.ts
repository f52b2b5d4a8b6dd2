import { TYPING_REPORT_MS } from "../../protocol/limits.ts";
import type { ClientCommand } from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";
import type { Target } from "../delivery/message_intent.ts";

export interface TypistReportOptions {
  readonly clock: Clock;
  readonly send: (command: ClientCommand) => boolean;
  /** Whether the user lets others see it. */
  readonly isShared: () => boolean;
}

/** Reports to the server that the user is writing, at most once in `TYPING_REPORT_MS`. */
export class TypistReport {
  readonly #options: TypistReportOptions;
  #reportedAt = -Infinity;

  constructor(options: TypistReportOptions) {
    this.#options = options;
  }

  /** Notes that the user has typed a part of a message. */
  typed(target: Target): void {
    const { clock, send, isShared } = this.#options;
    if (!isShared() || clock.now() - this.#reportedAt < TYPING_REPORT_MS) return;
    if (send({ type: "typing", ...target })) this.#reportedAt = clock.now();
  }
}

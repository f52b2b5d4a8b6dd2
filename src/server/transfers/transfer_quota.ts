import { type HttpResponse, textResponse } from "../../framing/http/http_response.ts";
import { MAX_SERVER_TRANSFERS, MAX_TRANSFERS_PER_MEMBER, TRANSFER_RETRY_SECONDS } from "../../protocol/limits.ts";
import type { TransferCounts } from "../monitor/statistics.ts";

/** Counts the transfers that run, of each member and of the server. */
export class TransferQuota {
  readonly #running = new Map<string, number>();
  readonly #counts: Pick<TransferCounts, "open">;

  constructor(counts: Pick<TransferCounts, "open">) {
    this.#counts = counts;
  }

  /** Counts a transfer of the member until `leave`. Returns the response if there are too many already. */
  enter(member: string): HttpResponse | undefined {
    const own = this.#running.get(member) ?? 0;
    if (own >= MAX_TRANSFERS_PER_MEMBER) return TOO_MANY;
    if (this.#counts.open >= MAX_SERVER_TRANSFERS) return BUSY;
    this.#running.set(member, own + 1);
    this.#counts.open++;
    return undefined;
  }

  leave(member: string): void {
    const own = this.#running.get(member)! - 1;
    if (own > 0) this.#running.set(member, own);
    else this.#running.delete(member);
    this.#counts.open--;
  }
}

const LATER = { "Retry-After": String(TRANSFER_RETRY_SECONDS) };
const TOO_MANY = textResponse(
  429,
  `You already have ${MAX_TRANSFERS_PER_MEMBER} transfers: try again when one has ended`,
  LATER,
);
const BUSY = textResponse(
  503,
  `The server already has ${MAX_SERVER_TRANSFERS} transfers: try again in a moment`,
  LATER,
);

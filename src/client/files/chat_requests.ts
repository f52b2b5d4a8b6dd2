/** Commands about files whose replies a transfer waits for: they are not shown to the user. */

import type {
  ClientCommand,
  ErrorEvent,
  FetchCommand,
  OfferCommand,
  ServerEvent,
  SlotEvent,
  UrlEvent,
} from "../../protocol/messages/messages.ts";
import { FATAL_ERROR_CODES } from "../../protocol/errors.ts";
import type { ClientEvent } from "../client_event.ts";
import { retryDelay } from "../link/link_end.ts";
import { cancelledTransfer, invalidReply, TransferError } from "./transfer_error.ts";

interface Request {
  readonly type: "slot" | "url";
  readonly resolve: (event: SlotEvent | UrlEvent) => void;
  readonly reject: (error: TransferError) => void;
  readonly signal: AbortSignal;
}

export interface ChatRequestsOptions {
  /** Returns false while there is no connection. */
  readonly send: (command: ClientCommand) => boolean;
  /** Takes the slot of an offer that was cancelled meanwhile. */
  readonly unwanted: (slot: SlotEvent) => void;
  /** The beginning of each `ref`. */
  readonly label: string;
}

export class ChatRequests {
  readonly #options: ChatRequestsOptions;
  readonly #requests = new Map<string, Request>();
  #count = 0;

  constructor(options: ChatRequestsOptions) {
    this.#options = options;
  }

  /** Asks for a slot. Rejects with a `TransferError`. */
  async offer(command: Omit<OfferCommand, "ref">, signal: AbortSignal): Promise<SlotEvent> {
    return await this.#ask(command, "slot", signal) as SlotEvent;
  }

  /** Asks for a path. Rejects with a `TransferError`. */
  async fetch(command: Omit<FetchCommand, "ref">, signal: AbortSignal): Promise<UrlEvent> {
    return await this.#ask(command, "url", signal) as UrlEvent;
  }

  /** Whether the event is a reply to one of these commands, which concerns nobody else. */
  receive(event: ClientEvent): boolean {
    if (event.type === "status" && event.status.kind !== "online") this.#lost();
    return event.type === "received" && event.event !== undefined && this.#answer(event.event);
  }

  async #ask(
    command: Omit<OfferCommand, "ref"> | Omit<FetchCommand, "ref">,
    type: Request["type"],
    signal: AbortSignal,
  ): Promise<SlotEvent | UrlEvent> {
    const { promise, resolve, reject } = Promise.withResolvers<SlotEvent | UrlEvent>();
    const ref = `${this.#options.label}-${++this.#count}`;
    this.#requests.set(ref, { type, resolve, reject, signal });
    if (!this.#options.send({ ...command, ref })) {
      this.#requests.delete(ref);
      throw offline();
    }
    // The reply to a cancelled transfer still concerns nobody else.
    const cancel = () => reject(cancelledTransfer());
    signal.addEventListener("abort", cancel, { once: true });
    if (signal.aborted) cancel();
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  #answer(event: ServerEvent): boolean {
    const ref = "ref" in event ? event.ref : undefined;
    const request = ref === undefined ? undefined : this.#requests.get(ref);
    if (ref === undefined || request === undefined) return false;
    this.#requests.delete(ref);
    if (event.type === "slot" && request.signal.aborted) this.#options.unwanted(event);
    if (event.type === "error") request.reject(errorOf(event));
    else if (event.type === request.type) request.resolve(event as SlotEvent | UrlEvent);
    else request.reject(invalidReply(`it is a ${event.type}`));
    return true;
  }

  #lost(): void {
    const requests = [...this.#requests.values()];
    this.#requests.clear();
    for (const { reject } of requests) reject(offline());
  }
}

function offline(): TransferError {
  return new TransferError("broken", "There is no connection right now");
}

function errorOf(error: ErrorEvent): TransferError {
  if (error.code === "rate_limited") {
    return new TransferError("busy", error.message, { retryAfterMs: retryDelay(error) });
  }
  return new TransferError(FATAL_ERROR_CODES.has(error.code) ? "broken" : "refused", error.message);
}

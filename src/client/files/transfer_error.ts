/** Why a transfer does not go on. */

/**
 * - `broken`: the link, or the time limit. What has arrived stays, and another attempt continues.
 * - `busy`: the server asks to wait `retryAfterMs`.
 * - `refused`: the server does not do it, and says why.
 * - `gone`: the slot of an upload has ended.
 * - `invalid`: the answer of the server cannot be right.
 * - `cancelled`: by the user.
 */
export type TransferFault = "broken" | "busy" | "refused" | "gone" | "invalid" | "cancelled";

/** The message is a sentence for the user. */
export class TransferError extends Error {
  override readonly name = "TransferError";
  readonly kind: TransferFault;
  readonly retryAfterMs: number;

  constructor(kind: TransferFault, message: string, options: ErrorOptions & { readonly retryAfterMs?: number } = {}) {
    super(message, options);
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }

  /** Whether the same may succeed later. */
  get isPassing(): boolean {
    return this.kind === "broken" || this.kind === "busy";
  }
}

export function invalidReply(what: string): TransferError {
  return new TransferError("invalid", `The server's answer is not valid: ${what}`);
}

export function cancelledTransfer(): TransferError {
  return new TransferError("cancelled", "Cancelled");
}

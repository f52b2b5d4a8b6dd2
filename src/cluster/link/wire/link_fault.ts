/**
 * Why a link has ended:
 * - `proof`: the other end has no proof of the cluster's key, is of another cluster, or is another server than the one that was dialed.
 * - `forged`: a frame was changed, repeated, left out or put in another place.
 * - `invalid`: a frame of the other server breaks the rules.
 * - `silent`: nothing has arrived in time.
 * - `slow`: too much waits for the other end.
 * - `closed`: an end has closed it, or the connection broke.
 */
export type LinkFaultKind = "proof" | "forged" | "invalid" | "silent" | "slow" | "closed";

/** A link between two servers has ended, or was not opened. `message` is one sentence for the operator. */
export class LinkFault extends Error {
  override readonly name = "LinkFault";
  readonly kind: LinkFaultKind;

  constructor(kind: LinkFaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/**
 * Why the other server does not answer a request:
 * - `missing`: it does not have it.
 * - `busy`: it has too much to do; ask later.
 * - `failed`: its disk has failed, or the request is not for it.
 */
export const REFUSALS = ["missing", "busy", "failed"] as const;
export type RefusalReason = (typeof REFUSALS)[number];

/** The other server does not answer a request. The link goes on. */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(`The other server refuses the request: ${reason}`);
    this.reason = reason;
  }
}

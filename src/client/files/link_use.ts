import { TRANSFER_STALL_MS } from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";
import { Untrusted } from "../link/dial.ts";
import type { FileLink, OpenFileLink } from "./file_ports.ts";
import { HttpLink } from "./http_link.ts";
import { StallTimer } from "./stall_timer.ts";
import { cancelledTransfer, TransferError } from "./transfer_error.ts";

export interface LinkUse {
  readonly openLink: OpenFileLink;
  readonly clock: Clock;
  /** Aborted when the user cancels the transfer. */
  readonly signal: AbortSignal;
}

/**
 * Opens a link, uses it and closes it. Rejects with a `TransferError` if the link breaks, stalls for `TRANSFER_STALL_MS` or the
 * user cancels; with the errors of `use` otherwise.
 */
export async function useLink<T>(
  { openLink, clock, signal }: LinkUse,
  use: (http: HttpLink) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw cancelledTransfer();
  const life = new AbortController();
  const cancel = () => life.abort(cancelledTransfer());
  signal.addEventListener("abort", cancel, { once: true });
  using stall = new StallTimer(clock, TRANSFER_STALL_MS, () => life.abort(new TransferError("broken", STALLED)));
  try {
    const link = await openInTime(openLink, life.signal);
    using http = new HttpLink({ link, moved: () => stall.touch() });
    life.signal.addEventListener("abort", () => link.close(), { once: true });
    if (life.signal.aborted) link.close();
    return await use(http);
  } catch (error) {
    throw life.signal.aborted ? life.signal.reason : error;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

const STALLED = `No data for ${TRANSFER_STALL_MS / 1_000} s`;

/** Closes a link that opens after the signal was aborted. */
async function openInTime(openLink: OpenFileLink, signal: AbortSignal): Promise<FileLink> {
  const aborted = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => aborted.reject(signal.reason), { once: true });
  const opening = start(openLink, signal);
  try {
    return await Promise.race([opening, aborted.promise]);
  } catch (error) {
    opening.then((late) => late.close(), () => {});
    if (error instanceof TransferError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new TransferError(error instanceof Untrusted ? "refused" : "broken", message, { cause: error });
  }
}

/** Turns an exception into a rejection. */
async function start(openLink: OpenFileLink, signal: AbortSignal): Promise<FileLink> {
  return await openLink(signal);
}

import { FIRST_LINE_TIMEOUT_MS, LINGER_MS, PING_INTERVAL_MS, PING_TIMEOUT_MS } from "../../protocol/limits.ts";
import type { Peer } from "../peer.ts";

/**
 * Asks who has been silent, and ends links that no longer answer, or never said a whole line. People on `nc` cannot answer:
 * TCP keep-alive watches theirs, and the hub who takes too long to join.
 */
export function checkHeartbeat(peer: Peer, now: number): void {
  // While its queries run, nothing is read from it.
  if (peer.closing || peer.busy !== undefined) return;
  if (peer.codec === undefined) {
    if (now - peer.since >= FIRST_LINE_TIMEOUT_MS) peer.abort();
    return;
  }
  if (peer.codec.format.name !== "json") return;
  const silence = now - peer.lastHeard;
  if (silence >= PING_TIMEOUT_MS) {
    peer.leaveReason = "timeout";
    peer.send({ type: "goodbye", reason: "timeout", retryAfter: 1 });
    peer.finish(LINGER_MS);
  } else if (silence >= PING_INTERVAL_MS && !peer.pinged) {
    peer.pinged = true;
    peer.send({ type: "ping" });
  }
}

import { ProtocolError } from "../../protocol/errors.ts";
import { LINK_MS, MAX_LINKS } from "../../protocol/limits.ts";
import type { Effect, SessionId } from "../effect.ts";

/** A device that wants to be one of the member's. */
export interface DeviceClaim {
  readonly session: SessionId;
  readonly key: string;
  readonly kind: string;
  readonly name: string;
}

/** An offer of a device to admit another one. It is good for one claim, whatever the answer. */
export interface Link {
  /** Digests of both of its forms: the code of the QR code, and the words. */
  readonly digests: readonly string[];
  readonly memberId: string;
  /** The session that made the offer, and answers. */
  readonly session: SessionId;
  /** Describes that session's device, if it said so. */
  readonly host?: Pick<DeviceClaim, "kind" | "name">;
  /** In milliseconds since the epoch. */
  readonly expires: number;
  claim?: DeviceClaim;
}

/** The open sessions: only they hear that an offer has ended. */
type OpenSessions = ReadonlyMap<SessionId, unknown>;

/** All offers, at most one for each session. They end with the session that made them. */
export class Links {
  private readonly bySession = new Map<SessionId, Link>();
  private readonly byDigest = new Map<string, Link>();

  /** Adds an offer in place of the session's earlier one. Throws `forbidden` if the server has reached its limit. */
  begin(link: Omit<Link, "expires" | "claim">, now: number, open: OpenSessions, effects: Effect[]): Link {
    this.cancel(link.session, open, effects);
    if (this.bySession.size >= MAX_LINKS) {
      throw new ProtocolError("forbidden", "Too many devices are being linked: try again in a few minutes");
    }
    const begun: Link = { ...link, expires: now + LINK_MS };
    this.bySession.set(link.session, begun);
    for (const digest of link.digests) this.byDigest.set(digest, begun);
    return begun;
  }

  /** The offer with this digest, unless it has expired. */
  withDigest(digest: string, now: number): Link | undefined {
    const link = this.byDigest.get(digest);
    return link !== undefined && link.expires > now ? link : undefined;
  }

  /** The offer of this session, unless it has expired. */
  ofSession(session: SessionId, now: number): Link | undefined {
    const link = this.bySession.get(session);
    return link !== undefined && link.expires > now ? link : undefined;
  }

  /** Ends the offer of this session, if there is one. */
  end(session: SessionId): void {
    const link = this.bySession.get(session);
    this.bySession.delete(session);
    for (const digest of link?.digests ?? []) this.byDigest.delete(digest);
  }

  /** Ends the offer of this session, if there is one, and refuses the device that waits for its answer. */
  cancel(session: SessionId, open: OpenSessions, effects: Effect[]): void {
    const claim = this.bySession.get(session)?.claim;
    this.end(session);
    if (claim === undefined || !open.has(claim.session)) return;
    effects.push({ type: "send", session: claim.session, event: { type: "link", step: "answered", accepted: false } });
  }

  cancelExpired(now: number, open: OpenSessions, effects: Effect[]): void {
    for (const [session, { expires }] of this.bySession) if (expires <= now) this.cancel(session, open, effects);
  }
}

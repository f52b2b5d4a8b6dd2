import type { WelcomeEvent } from "../protocol/messages/messages.ts";
import type { KeptRecord } from "./effect.ts";
import type { Rate } from "./state/token_bucket.ts";
import type { HistoryReader } from "./history_reader.ts";

/** Who gets in. Passwords come as digests of what `canonicalSecret` makes of them. */
export interface AccessOptions {
  /** Of the server's password. */
  readonly passwordDigest?: string;
  /** Of what makes whoever knows it an owner. */
  readonly adminDigest?: string;
  /** Whether nobody new gets in but by the password or an invite. A password means the same. */
  readonly inviteOnly: boolean;
}

/** What the core is given, for it has neither chance nor cryptography of its own. */
export interface HubOptions {
  readonly server: WelcomeEvent["server"];
  /** Messages of each member; undefined for no bound. */
  readonly rate: Rate | undefined;
  /** `MAX_ROOMS` and `MAX_ROOMS_PER_MEMBER` where absent. */
  readonly maxRooms?: number;
  readonly roomsPerMember?: number;
  /** A fresh id, UUIDv7. */
  readonly newId: (now: number) => string;
  /** A fresh secret that proves who a member is. */
  readonly newToken: () => string;
  readonly digest: (token: string) => string;
  /** A fresh secret for an invite, and one that can be said. */
  readonly newSecret: () => string;
  readonly newWords: () => string;
  /** Where absent, everybody gets in and nobody becomes an owner by a password. */
  readonly access?: AccessOptions;
  /** Rooms from before. */
  readonly rooms?: Iterable<
    { readonly id: string; readonly name: string; readonly topic: string; readonly seq: number }
  >;
  /** Members from before. */
  readonly historyReader?: HistoryReader;
  /** Accounts, tokens, orders and invites from before. */
  readonly records?: Iterable<KeptRecord>;
}

import type { CommandLog } from "../command_log.ts";
import { type EntrySealer, MAX_ENTRY_NUMBER, MAX_INCARNATION } from "../sealed_entry.ts";
import { ReplicaFailure } from "./replica_failure.ts";

/** The first record of a chat in its log. Each checkpoint of the chat names it. */
export interface ChatOrigin {
  readonly v: 1;
  /** The id of the chat's data. */
  readonly chat: string;
  /** Drawn by the server that founded it: copies of one data folder are not one chat. */
  readonly nonce: string;
}

const NAME = "chat";
/** The record is sealed for this place, so that it is no entry. Incarnations of servers are lower. */
export const ORIGIN_PLACE = { s: MAX_INCARNATION - 1, n: MAX_ENTRY_NUMBER - 1 };

/**
 * Founds the chat in an empty log, or finds that this server's chat was founded there. Otherwise throws a `ReplicaFailure`:
 * `needsCopy` if it is the same chat, but this server's data are not a copy of another server's.
 */
export async function settleOrigin(
  own: ChatOrigin,
  log: Pick<CommandLog, "found">,
  sealer: Pick<EntrySealer, "seal" | "open">,
  signal: AbortSignal,
): Promise<void> {
  const data = await log.found(NAME, sealer.seal(ORIGIN_PLACE.s, ORIGIN_PLACE.n, JSON.stringify(own)), signal);
  const kept: ChatOrigin = JSON.parse(sealer.open({ ...ORIGIN_PLACE, data }));
  if (kept.v !== 1) {
    throw new ReplicaFailure(
      "version",
      `The chat in the log has form ${kept.v}, and this program reads form 1: update it`,
    );
  }
  if (kept.chat !== own.chat) {
    throw new ReplicaFailure(
      "otherChat",
      `The log holds the chat ${kept.chat}, and the data of this server are of ${own.chat}: choose another --cluster-name, ` +
        "or start this server with an empty data folder",
    );
  }
  if (kept.nonce !== own.nonce) {
    throw new ReplicaFailure(
      "needsCopy",
      "The data of this server are not a copy of another server's: move the data folder away and start again, so that it " +
        "fetches a copy, or start a new cluster with these data by another --cluster-name",
    );
  }
}

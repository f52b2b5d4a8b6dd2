import { DEFAULT_MAX_CALLS, MAX_ROOMS, MAX_ROOMS_PER_MEMBER } from "../../protocol/limits.ts";
import type { HistoryReader, HubOptions } from "../hub_options.ts";
import { FileQuota } from "./files/file_quota.ts";
import type { Uploads } from "./files/uploads.ts";
import { TokenBucket } from "./token_bucket.ts";

/** The options that decide about commands. They are a part of the state: several servers with one log must have the same. */
export interface HubRules extends Pick<HubOptions, "rate" | "access" | "files"> {
  readonly maxRooms: number;
  readonly roomsPerMember: number;
  readonly maxCalls: number;
}

/** The rules of these options, with the defaults. */
export function rulesOf({ rate, access, files, maxRooms, roomsPerMember, maxCalls }: HubOptions): HubRules {
  return {
    rate,
    access: access && { ...access },
    files: files && { ...files },
    maxRooms: maxRooms ?? MAX_ROOMS,
    roomsPerMember: roomsPerMember ?? MAX_ROOMS_PER_MEMBER,
    maxCalls: maxCalls ?? DEFAULT_MAX_CALLS,
  };
}

/** The rate of a member's messages; `undefined` for no limit. */
export function newLimiter({ rate }: HubRules, now: number): TokenBucket | undefined {
  return rate === undefined ? undefined : new TokenBucket(rate, now);
}

/** `undefined` if the server takes no files. */
export function newFileQuota(
  { files }: HubRules,
  { historyReader, uploads }: { readonly historyReader: HistoryReader; readonly uploads: Uploads },
): FileQuota | undefined {
  return files !== undefined && historyReader.keepsText ? new FileQuota(files, uploads) : undefined;
}

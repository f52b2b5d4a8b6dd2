import type { LeaveReason, MessageFile } from "../protocol/messages/messages.ts";
import type { MergedPage } from "./commands/merge/merge.ts";
import type { Hashed, SessionId } from "./effect.ts";
import type { HubCommand } from "./hub_command.ts";
import type { Opening } from "./state/members/session.ts";

/** Session ids of one server: its incarnation × `SESSIONS_PER_INCARNATION` + n, with n from 1. A server on its own has the incarnation 0. */
export const SESSIONS_PER_INCARNATION = 2 ** 32;

/** One call of the hub as plain data, without secrets. */
export type HubOp =
  | { readonly op: "open"; readonly session: SessionId; readonly opening: Omit<Opening, "openedAt"> }
  | { readonly op: "say"; readonly session: SessionId; readonly command: HubCommand }
  | { readonly op: "close"; readonly session: SessionId; readonly reason: LeaveReason }
  | { readonly op: "hashed"; readonly ticket: number; readonly hashed: Hashed }
  | { readonly op: "uploaded"; readonly id: string; readonly found: Pick<MessageFile, "sha256" | "media"> }
  | { readonly op: "cancelUpload"; readonly id: string; readonly hasBytes: boolean }
  | { readonly op: "tick" }
  /** Only the host of a shared chat has it. Everything before it must be stored. */
  | { readonly op: "merge"; readonly page: MergedPage }
  /** Closes every session of a server that is lost, lowest id first. */
  | { readonly op: "closeAll"; readonly incarnation: number };

/** The incarnation of the server that opened the session. */
export function incarnationOf(session: SessionId): number {
  return Math.floor(session / SESSIONS_PER_INCARNATION);
}

import { isConversationName } from "../../../protocol/conventions.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { GRANT_MS } from "../../../protocol/limits.ts";
import type { FetchCommand, MessageFile } from "../../../protocol/messages/messages.ts";
import type { Caller } from "../../state/members/session.ts";
import type { Registry } from "../../state/registry.ts";
import type { Turn } from "../../turn.ts";

/** Asks the server for a path that serves the file. Throws `no_such_file`. */
export function fetch({ registry, now, effects }: Turn, { session, member }: Caller, { ref, id }: FetchCommand): void {
  if (readableFile(registry, member.id, id) === undefined) throw noSuchFile(id);
  effects.push({ type: "grant", session: session.id, memberId: member.id, fileId: id, until: now + GRANT_MS, ref });
}

/** The file with this id, if the member may read its message now. */
export function readableFile(registry: Registry, memberId: string, fileId: string): MessageFile | undefined {
  const found = registry.historyReader.files.byId(fileId);
  if (found === undefined || registry.restrictions.banOf(memberId, undefined) !== undefined) return undefined;
  const { room, author, file } = found;
  const mayRead = isConversationName(room)
    ? isOpenTo(registry, memberId, room, author)
    : registry.withId(memberId)?.memberships.has(room) === true;
  return mayRead ? file : undefined;
}

/** Whether the member is one of the two, and the file is their own, or neither of them blocks the other. */
function isOpenTo(registry: Registry, memberId: string, conversation: string, author: string): boolean {
  const ids = conversation.split(" ");
  if (!ids.includes(memberId)) return false;
  if (author === memberId) return true;
  return registry.conversations.find(ids[0]!, ids[1]!)?.blockedBy.size === 0;
}

/** The error for a file that does not exist, is no longer kept, or is not for this member: they cannot tell which. */
export function noSuchFile(id: string): ProtocolError {
  return new ProtocolError("no_such_file", `There is no file ${id}, or it is no longer kept`);
}

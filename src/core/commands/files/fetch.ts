import { isConversationName } from "../../../protocol/conventions.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { GRANT_MS } from "../../../protocol/limits.ts";
import type { FetchCommand, MessageFile } from "../../../protocol/messages/messages.ts";
import type { Caller } from "../../state/members/session.ts";
import type { Registry } from "../../state/registry.ts";
import type { Turn } from "../../turn.ts";
import { channelOf } from "../conversations/channel_lookup.ts";
import { messageAt } from "../message_lookup.ts";

/** Asks the server for a path that serves the file. Throws `no_such_file`, and `no_such_message` if there is no message `of`. */
export function fetch(turn: Turn, caller: Caller, command: FetchCommand): void {
  const { registry, now, effects } = turn;
  const { session, member } = caller;
  const { ref } = command;
  const id = idOf(turn, caller, command);
  if (readableFile(registry, member.id, id) === undefined) throw noSuchFile(id);
  effects.push({ type: "grant", session: session.id, memberId: member.id, fileId: id, until: now + GRANT_MS, ref });
}

/** The id of the file that the command names, or whose message it names. */
function idOf(turn: Turn, caller: Caller, command: FetchCommand): string {
  const { id, of } = command;
  if (of !== undefined && id === undefined) {
    const { file } = messageAt(turn.registry, channelOf(turn, caller, command), of);
    if (file === undefined) throw new ProtocolError("no_such_file", `Message ${of} has no file`);
    return file.id;
  }
  if (id !== undefined && of === undefined) return id;
  throw new ProtocolError("invalid", "Name a file by id, or its message by of: one of the two");
}

/** The file with this id, if the member may read its message now. Changes no state: one server alone asks this. */
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
  return registry.conversations.peek(ids[0]!, ids[1]!)?.blockedBy.size === 0;
}

/** The error for a file that does not exist, is no longer kept, or is not for this member: they cannot tell which. */
export function noSuchFile(id: string): ProtocolError {
  return new ProtocolError("no_such_file", `There is no file ${id}, or it is no longer kept`);
}

import { ProtocolError } from "../../../protocol/errors.ts";
import type { FetchCommand, OfferCommand } from "../../../protocol/messages/messages.ts";
import type { Caller } from "../../state/members/session.ts";
import type { Turn } from "../../turn.ts";

/** Throws `forbidden`. */
export function offer(_turn: Turn, _caller: Caller, _command: OfferCommand): void {
  throw new ProtocolError("forbidden", "This server takes no files");
}

/** Throws `no_such_file`. */
export function fetch(_turn: Turn, _caller: Caller, { id }: FetchCommand): void {
  throw noSuchFile(id);
}

/** The error for a file that does not exist, is no longer kept, or is not for this member: they cannot tell which. */
export function noSuchFile(id: string): ProtocolError {
  return new ProtocolError("no_such_file", `There is no file ${id}, or it is no longer kept`);
}

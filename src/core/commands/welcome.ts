import { PROTOCOL_VERSION } from "../../protocol/conventions.ts";
import * as limits from "../../protocol/limits.ts";
import type { WelcomeEvent } from "../../protocol/messages/messages.ts";
import type { Challenge } from "../state/members/session.ts";
import type { Registry } from "../state/registry.ts";

/** The first event of a session. */
export function welcomeOf(
  { server, rules, fileQuota, calls }: Registry,
  challenge: Challenge | undefined,
): WelcomeEvent {
  return {
    type: "welcome",
    protocol: PROTOCOL_VERSION,
    server,
    chat: server.id,
    ...challenge,
    limits: {
      lineBytes: limits.MAX_LINE_BYTES,
      nameChars: limits.MAX_NAME_CHARS,
      textBytes: limits.MAX_TEXT_BYTES,
      rooms: rules.roomsPerMember,
      page: limits.MAX_PAGE_MESSAGES,
      rate: rules.rate,
    },
    files: fileQuota && { maxBytes: rules.files!.maxFileBytes },
    ...calls.limit > 0 ? { calls: { members: limits.MAX_CALL_MEMBERS } } : {},
  };
}

/** The text of an event: the only switch over all events that say something to users. */

import type { ServerEvent } from "../../protocol/messages/messages.ts";
import {
  authenticatedSentence,
  devicesText,
  inviteSentence,
  invitesText,
  inviteWordsText,
  linkSentence,
  registeredSentence,
  revokedSentence,
  sessionsText,
} from "./account_sentences.ts";
import { callSentence } from "./call_sentences.ts";
import { changePlace, changeSentence } from "./change_sentences.ts";
import { conversationsText } from "./conversation_sentences.ts";
import { fileSentence, straightSentences } from "./file_sentences.ts";
import { hostsText, renumberedSentence } from "./host_sentences.ts";
import type { Markup, Reader } from "./markup.ts";
import {
  auditText,
  noticeSentence,
  restrictionSentence,
  restrictionsText,
  roleSentence,
} from "./moderation_sentences.ts";
import { awaySentence } from "./presence_sentences.ts";
import {
  goodbyeSentence,
  joinedText,
  joinSentence,
  leaveSentence,
  membersSentence,
  presenceSentence,
  renameSentence,
  roomsText,
  topicSentence,
  welcomeSentence,
  whoisText,
} from "./room_sentences.ts";

/** All events except messages and pages of messages, which each client draws itself. */
export type SentenceEvent = Exclude<ServerEvent, { readonly type: "message" | "history" | "search" }>;

/**
 * Returns the lines of an event: a sentence, then the rows of a list. Empty if the event says nothing to users, such as an
 * acknowledgement or a muted member who joins or leaves.
 */
export function eventText(event: SentenceEvent, markup: Markup, reader: Reader): readonly string[] {
  switch (event.type) {
    case "welcome":
      return [welcomeSentence(event, markup)];
    case "goodbye":
      return [goodbyeSentence(event.reason)];
    case "joined":
      return joinedText(event, markup);
    case "join":
      return event.member.quiet ? [] : [joinSentence(event, markup, reader)];
    case "leave":
      return event.member.quiet ? [] : [leaveSentence(event, markup, reader)];
    case "presence": {
      const sentence = presenceSentence(event, markup, reader);
      return sentence === undefined ? [] : [sentence];
    }
    case "rename":
      return [renameSentence(event, markup, reader)];
    case "away":
      return [awaySentence(event, markup, reader) ?? []].flat();
    case "topic":
      return [topicSentence(event, markup, reader)];
    case "members":
      return [membersSentence(event, markup)];
    case "rooms":
      return roomsText(event, markup);
    case "whois":
      return whoisText(event, markup, reader);
    case "edited":
    case "deleted":
    case "reacted":
      return [markup.text(changeSentence(event, { where: changePlace(event, reader.place) }))];
    case "conversations":
      return conversationsText(event, markup, reader);
    case "error":
      return [markup.text(event.message)];
    case "authenticated":
      return [authenticatedSentence(event, markup)];
    case "registered":
      return [registeredSentence(event, markup)];
    case "sessions":
      return sessionsText(event, markup);
    case "revoked":
      return [revokedSentence(event)];
    case "devices":
      return devicesText(event, markup);
    case "link":
      return [linkSentence(event, markup)];
    case "invite":
      return [inviteSentence(event, markup), markup.text(inviteWordsText(event))];
    case "invites":
      return invitesText(event, markup);
    case "restriction":
      return [restrictionSentence(event, markup, reader)];
    case "role":
      return [roleSentence(event, markup, reader)];
    case "restrictions":
      return restrictionsText(event, markup);
    case "notice":
      return [noticeSentence(event, markup, reader)];
    case "audit":
      return auditText(event, markup);
    case "url":
      return [fileSentence(event, markup)];
    case "direct":
      return straightSentences(event, markup);
    case "call":
      return [callSentence(event, markup, reader)];
    case "hosts":
      return event.ref === undefined ? [] : hostsText(event, markup);
    case "renumbered":
      return [renumberedSentence(event, markup)];
    case "servers":
    case "hosting":
    case "media":
    case "slot":
    case "typing":
    case "ack":
    case "mark":
    case "ping":
    case "pong":
      return [];
    default:
      return event satisfies never;
  }
}

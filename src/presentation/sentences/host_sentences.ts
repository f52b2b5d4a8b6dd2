/** Sentences about the hosts of a shared chat. */

import type { HostsEvent, RenumberedEvent } from "../../protocol/messages/messages.ts";
import { counted, type Markup, roomText } from "./markup.ts";

/** The host, then a row for each device that could follow, the next one first. */
export function hostsText({ host, candidates, copies }: HostsEvent, markup: Markup): string[] {
  const rows = candidates.map(({ name, state, addresses: [address = ""] }) =>
    `${markup.name(name)}: ${state} ${markup.text(address)}`.trimEnd()
  );
  return [`${markup.name(host.name)} hosts the chat. Other copies: ${counted(copies)}`, ...rows];
}

export function renumberedSentence({ room, with: partner }: RenumberedEvent, markup: Markup): string {
  const place = room === undefined ? markup.name(partner?.name ?? "") : roomText(room, markup);
  return `${place}: the latest messages have other numbers, since two halves of the chat were merged`;
}

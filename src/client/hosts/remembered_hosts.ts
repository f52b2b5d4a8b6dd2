/** The memory of a client for the hosts of a chat, as JSON. Adapters store it. */

import * as v from "valibot";
import { isTerm } from "../../protocol/hosts/term.ts";
import { MAX_ROSTER_HOSTS, MAX_ROSTER_OWNERS } from "../../protocol/limits.ts";
import { rosterStatement } from "../../protocol/messages/host_schemas.ts";
import type { KnownHosts } from "./host_verifier.ts";

const schema = v.object({
  roster: v.object({
    chat: v.string(),
    chatKey: v.string(),
    owners: v.pipe(v.array(rosterStatement), v.maxLength(MAX_ROSTER_OWNERS)),
    hosts: v.pipe(v.array(rosterStatement), v.maxLength(MAX_ROSTER_HOSTS)),
  }),
  term: v.pipe(v.number(), v.check(isTerm)),
  host: v.string(),
});

export function formatKnownHosts(known: KnownHosts): string {
  return JSON.stringify(known);
}

/** `undefined` for all that `formatKnownHosts` has not written for this chat. Signatures are not checked again. */
export function parseKnownHosts(text: string, chatKey: string): KnownHosts | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(text));
    return result.success && result.output.roster.chatKey === chatKey ? result.output : undefined;
  } catch {
    return undefined;
  }
}

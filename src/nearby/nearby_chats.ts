import type { NearbyServer } from "./dns_records.ts";

/** A chat as its servers announce it. Nothing of it can be trusted: any machine can announce a server of any chat. */
export interface NearbyChat {
  readonly title: string;
  /** At least one, in the order found. */
  readonly servers: readonly [NearbyServer, ...NearbyServer[]];
}

/**
 * The chats of these servers, in the order of their first ones. Servers belong together if they announce the same chat and the same
 * certificate. Each has a title of its own on the network: the shortest one is that without a number.
 */
export function chatsOf(servers: readonly NearbyServer[]): NearbyChat[] {
  const chats = new Map<string, [NearbyServer, ...NearbyServer[]]>();
  for (const server of servers) {
    const { host, port, chat, tls, fingerprint } = server;
    const key = JSON.stringify(chat === undefined ? [host, port] : [chat, tls, fingerprint]);
    const found = chats.get(key);
    if (found === undefined) chats.set(key, [server]);
    else found.push(server);
  }
  return Array.from(chats.values(), (servers) => ({ title: titleOf(servers), servers }));
}

function titleOf(servers: readonly NearbyServer[]): string {
  return servers.map(({ title }) => title).reduce((one, other) => other.length < one.length ? other : one);
}

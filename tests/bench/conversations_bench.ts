/**
 * Measures the list and the pages of a member with very many conversations, and prints one JSON object:
 * deno run -A tests/bench/conversations_bench.ts [--conversations N] [--messages N] [--folder DIR]
 */

import { parseArgs } from "@std/cli/parse-args";
import { emptyBatch, type HistoryStore } from "../../src/history/store.ts";
import { openSqliteHistory } from "../../src/history/sqlite/sqlite_history.ts";
import { conversationName } from "../../src/protocol/conventions.ts";
import type { MemberInfo } from "../../src/protocol/messages/messages.ts";
import { newIdSource } from "../../src/server/turn/ids.ts";

const START_MS = 1.79e12;
const PAGES = 500;

const args = parseArgs(Deno.args, { string: ["conversations", "messages", "folder"] });
const count = Number(args.conversations ?? 10_000);
const total = Number(args.messages ?? 1_000_000);
const ids = newIdSource();
const user: MemberInfo = { id: ids.next(START_MS), name: "user" };
const partners = Array.from({ length: count }, (_, nth): MemberInfo => ({ id: ids.next(START_MS), name: `p${nth}` }));

function begin(store: HistoryStore): void {
  const members = [user, ...partners].map(({ id, name }) => ({ id, name, tokenDigest: id, nameKeys: [name] }));
  const conversations = partners.map((partner) => ({
    id: ids.next(START_MS),
    name: conversationName(user.id, partner.id),
    members: [user, partner] as const,
  }));
  store.append({ ...emptyBatch(), members, conversations });
}

/** Spreads the messages over all conversations, so that no page lies in one place of the file. The user has read half. */
function fill(store: HistoryStore): void {
  const each = Math.floor(total / count);
  for (let seq = 1; seq <= each; seq++) {
    const batch = emptyBatch();
    for (const [nth, partner] of partners.entries()) {
      const ms = START_MS + (seq * count + nth) * 10;
      const channel = conversationName(user.id, partner.id);
      const from = seq % 2 ? user : partner;
      const id = ids.next(ms);
      const text = `message ${seq} to one of many, with words to fill about as much space as people do`;
      const at = new Date(ms).toISOString();
      batch.messages.push({ message: { type: "message", id, room: channel, seq, from, text, at } });
      if (seq === each >> 1) batch.marks.push({ memberId: user.id, channel, mark: { id, seq } });
    }
    store.append(batch);
  }
}

function figures(times: number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const round = (ms: number) => Math.round(ms * 100) / 100;
  return { medianMs: round(sorted[times.length >> 1]!), worstMs: round(sorted.at(-1)!) };
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

const folder = args.folder ?? Deno.makeTempDirSync({ prefix: "confab-bench-" });
try {
  const made = openSqliteHistory({ folder });
  begin(made);
  fill(made);
  made.close();
  // A new process has nothing in its caches either, except for the system's.
  const store = openSqliteHistory({ folder });
  const list = (limit: number, before?: string) => store.conversations({ memberId: user.id, limit, before });
  const firstList = timed(() => list(50));
  const lists = Array.from({ length: 50 }, () => timed(() => list(50)));
  const longLists = Array.from({ length: 50 }, (_, nth) => timed(() => list(200, partners[nth * 7]!.id)));
  const pages = Array.from({ length: PAGES }, (_, nth) => {
    const { id } = partners[(nth * 7919) % count]!;
    return timed(() => store.read({ room: conversationName(user.id, id), limit: 50 }));
  });
  const unread = list(1)[0]?.unread;
  store.close();
  console.log(JSON.stringify({
    ...{ conversations: count, messages: Math.floor(total / count) * count, unreadOfEach: unread },
    firstListOf50Ms: Math.round(firstList * 100) / 100,
    listOf50: figures(lists),
    listOf200: figures(longLists),
    pageOf50: figures(pages),
  }));
} finally {
  if (args.folder === undefined) Deno.removeSync(folder, { recursive: true });
}

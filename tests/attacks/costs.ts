/** The cost of each command for other members: one connection writes 64 KiB of it at once, while a bystander pings. */

import { MAX_LINE_BYTES } from "../../src/protocol/limits.ts";
import { BIG_ROOM, LONG_ROOM } from "../helpers/big_history.ts";
import { Wire } from "./wire.ts";

/** One kind of hostile write. */
export interface CostCase {
  readonly name: string;
  /** Commands sent before the write, each after the reply to the one before. */
  readonly before?: readonly object[];
  /** Returns the line to repeat. `index` counts from 0; `call` is the id of a call that was begun before. */
  readonly line: (index: number, call: string) => object;
  /** True if the attacker logs in as the owner first. */
  readonly owner?: true;
}

const ID = "00000000-0000-7000-8000-000000000000";
/** A UUIDv7 of its own for each line. */
const idOf = (index: number) => ID.slice(0, -4) + (0x1000 + index).toString(16);

/** Two words that no message contains together: a search reads the whole index and finds nothing. */
export const EXCLUSIVE_QUERY = "even odd";
const REPEATED_WORDS = Array(40).fill("w0").join(" ");
/** One character of three bytes that folds to eighteen. */
const EXPANDING = "\ufdfa";

const room = BIG_ROOM;
const long = LONG_ROOM;
const to = "bystander";
const TALK = { type: "message", to, text: "hello" };
const JOIN_LONG = { type: "join", room: long };

export const COST_CASES: readonly CostCase[] = [
  { name: "ping", line: () => ({ type: "ping" }) },
  {
    name: "search: two words that no message contains together",
    line: () => ({ type: "search", room, query: EXCLUSIVE_QUERY }),
  },
  { name: "search: one word forty times", line: () => ({ type: "search", room, query: REPEATED_WORDS, limit: 200 }) },
  { name: "search: a phrase of forty words", line: () => ({ type: "search", room, query: `"${REPEATED_WORDS}"` }) },
  { name: "search: letters that expand", line: () => ({ type: "search", room, query: EXPANDING.repeat(300) }) },
  { name: "search: many different words", line: (index) => ({ type: "search", room, query: manyWords(index) }) },
  { name: "search: by author", line: () => ({ type: "search", room, query: "from:author absent", limit: 200 }) },
  { name: "search: by day", line: () => ({ type: "search", room, query: "before:2001-01-01", limit: 200 }) },
  { name: "history", line: () => ({ type: "history", room, limit: 200 }) },
  { name: "history of long messages", before: [JOIN_LONG], line: () => ({ type: "history", room: long, limit: 200 }) },
  {
    name: "search in long messages",
    before: [JOIN_LONG],
    line: () => ({ type: "search", room: long, query: "zzz long" }),
  },
  {
    name: "search for a phrase in long messages",
    before: [JOIN_LONG],
    line: () => ({ type: "search", room: long, query: '"text long 7"' }),
  },
  { name: "join with a replay of long messages", line: () => ({ type: "join", room: long, after: "unknown" }) },
  {
    name: "history with changes of one long message",
    before: [JOIN_LONG],
    line: () => ({ type: "history", room: long, limit: 200, changes: true }),
  },
  {
    name: "reply by name among long messages",
    before: [JOIN_LONG],
    line: (index) => ({ type: "message", room: long, text: "x", reply: "absent", ref: `q${index}` }),
  },
  { name: "history with changes", line: () => ({ type: "history", room, limit: 200, changes: true }) },
  { name: "join with a replay", line: () => ({ type: "join", room, after: "unknown" }) },
  { name: "join and leave", line: (index) => index % 2 ? { type: "join", room } : { type: "leave", room } },
  { name: "members", line: () => ({ type: "members", room }) },
  { name: "hosts", line: () => ({ type: "hosts" }) },
  { name: "prove", line: () => ({ type: "prove", nonce: "A".repeat(86) }) },
  { name: "rooms", line: () => ({ type: "rooms" }) },
  { name: "whois", line: (index) => ({ type: "whois", name: `nobody${index}` }) },
  { name: "offer", line: (index) => ({ type: "offer", room, name: `${index}`, size: index }) },
  { name: "fetch", line: (index) => ({ type: "fetch", id: idOf(index) }) },
  { name: "restrictions", line: () => ({ type: "restrictions", room }) },
  { name: "audit", owner: true, line: () => ({ type: "audit", limit: 200 }) },
  { name: "invites", owner: true, line: () => ({ type: "invites" }) },
  { name: "message", line: (index) => ({ type: "message", room, text: "x", ref: `m${index}` }) },
  {
    name: "message with an id",
    line: (index) => ({ type: "message", room, text: "x", id: idOf(index), ref: `i${index}` }),
  },
  {
    name: "message with a repeated id",
    line: (index) => ({ type: "message", room, text: "x", id: ID, ref: `s${index}` }),
  },
  { name: "deletion of an unknown id", line: (index) => ({ type: "delete", room, of: idOf(index) }) },
  {
    name: "long message",
    line: (index) => ({ type: "message", room, text: EXPANDING.repeat(2_700), ref: `l${index}` }),
  },
  { name: "reply by name", line: (index) => ({ type: "message", room, text: "x", reply: "absent", ref: `p${index}` }) },
  { name: "edit", line: (index) => ({ type: "edit", room, text: "x", ref: `e${index}` }) },
  { name: "edit of another's message", line: (index) => ({ type: "edit", room, of: 1 + index, text: "x" }) },
  { name: "delete", line: () => ({ type: "delete", room }) },
  { name: "react", line: (index) => ({ type: "react", room, emoji: EMOJI[index % EMOJI.length], ref: `r${index}` }) },
  { name: "direct message", line: (index) => ({ type: "message", to: "attacker", text: "x", ref: `d${index}` }) },
  { name: "conversations", before: [TALK], line: () => ({ type: "conversations", limit: 200 }) },
  { name: "history of a conversation", before: [TALK], line: () => ({ type: "history", to, limit: 200 }) },
  { name: "search in a conversation", before: [TALK], line: () => ({ type: "search", to, query: REPEATED_WORDS }) },
  { name: "read", line: (index) => index % 2 ? { type: "read", room, id: idOf(index) } : { type: "read", to, id: ID } },
  { name: "block", before: [TALK], line: (index) => ({ type: "block", to, ...index % 2 ? { off: true } : {} }) },
  { name: "rename", line: (index) => ({ type: "rename", name: `attacker${index % 7}` }) },
  { name: "away", line: (index) => index % 2 ? { type: "away", off: true } : { type: "away", text: `${index}` } },
  { name: "idle", line: (index) => ({ type: "away", idle: true, ...index % 2 ? { off: true } : {} }) },
  {
    name: "direct: offers of files",
    line: (index) => ({ type: "direct", to, id: idOf(index), step: "offer", name: "a.bin", size: 1 }),
  },
  { name: "typing", line: (index) => index % 2 ? { type: "typing", room } : { type: "typing", to: `n${index}` } },
  { name: "call of a member", line: () => ({ type: "call", to }) },
  { name: "call of a room", line: () => ({ type: "call", room }) },
  { name: "answer to a call", before: [{ type: "call", to }], line: (_, call) => ({ type: "answer", call }) },
  {
    name: "hangup of a call",
    before: [{ type: "call", to }],
    line: (index, call) => index % 2 ? { type: "call", to } : { type: "hangup", call },
  },
  { name: "topic", line: (index) => ({ type: "topic", room, text: `${index}` }) },
  {
    name: "slow",
    before: [{ type: "join", room: "own" }],
    line: (index) => ({ type: "slow", room: "own", seconds: 1 + index % 9 }),
  },
  {
    name: "lock",
    before: [{ type: "join", room: "own" }],
    line: (index) => index % 2 ? { type: "lock", room: "own", off: true } : { type: "lock", room: "own" },
  },
  {
    name: "mute",
    before: [{ type: "join", room: "own" }],
    line: () => ({ type: "mute", room: "own", name: to }),
  },
  {
    name: "make and remove a room",
    line: (index) => index % 2 ? { type: "remove", room: "own" } : { type: "join", room: "own" },
  },
  { name: "end all restrictions of a room", owner: true, line: () => ({ type: "allow", room, all: true }) },
  { name: "wrong admin password", line: (index) => ({ type: "auth", password: `wrong ${index}` }) },
  { name: "wrong account password", line: (index) => ({ type: "auth", name: "nobody", password: `wrong ${index}` }) },
  { name: "nonsense", line: () => ({ type: "nonsense" }) },
];

const EMOJI = ["\u{1f44d}", "\u{1f389}", "\u{1f600}", "\u{1f440}"];

function manyWords(index: number): string {
  return Array.from({ length: 100 }, (_, number) => `word${index}n${number}`).join(" ").slice(0, 1_000);
}

/** Returns the lines of the case that fit in 64 KiB, at least one. */
export function linesOf({ line }: CostCase, call = ID): object[] {
  const lines: object[] = [];
  for (let bytes = 0;;) {
    const next = line(lines.length, call);
    bytes += new TextEncoder().encode(JSON.stringify(next)).length + 1;
    if (bytes > MAX_LINE_BYTES && lines.length > 0) return lines;
    lines.push(next);
  }
}

/** Milliseconds. */
export interface Cost {
  readonly p99: number;
  readonly worst: number;
  readonly pings: number;
  /** Time until the attacker's last reply. */
  readonly tookMs: number;
  readonly lines: number;
}

export interface CostOrder {
  readonly address: string;
  readonly name: string;
  readonly adminPassword: string;
}

/** Joins, writes, and waits for the reply to the last line. */
export async function attack({ address, name, adminPassword }: CostOrder, written: () => void): Promise<void> {
  const cost = COST_CASES.find((candidate) => candidate.name === name)!;
  using wire = await Wire.dial(address);
  await wire.send({ type: "join", room: BIG_ROOM, name: "attacker" });
  await wire.until(({ type }) => type === "joined");
  if (cost.owner) {
    await wire.send({ type: "auth", password: adminPassword });
    await wire.until(({ type }) => type === "authenticated");
  }
  let call: string | undefined;
  for (const command of cost.before ?? []) {
    await wire.send({ ...command, ref: "before" });
    const answer = await wire.until(({ ref }) => ref === "before");
    if (answer.type === "media") call = String(answer.call);
  }
  const lines = linesOf(cost, call);
  const writing = wire.send(...lines, { type: "history", room: BIG_ROOM, limit: 1, ref: "last" });
  written();
  await Promise.all([writing.catch(() => {}), wire.until(({ ref }) => ref === "last").catch(() => {})]);
}

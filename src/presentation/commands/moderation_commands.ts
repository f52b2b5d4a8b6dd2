/** Commands for keeping order. */

import { parseDuration } from "../../protocol/text/durations.ts";
import {
  MAX_PAGE_MESSAGES,
  MAX_REASON_BYTES,
  MAX_RESTRICTION_SECONDS,
  MAX_SLOW_SECONDS,
} from "../../protocol/limits.ts";
import type { BanReach } from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import { parseNetwork } from "../../protocol/address/network.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";
import {
  type Command,
  type Context,
  firstWord,
  nameOf,
  need,
  parseEnd,
  refuseMore,
  type SlashInput,
} from "./slash_command.ts";

/** For the whole server in place of the current room. */
const EVERYWHERE = "-all";
const AUDIT_LINES = 20;

export const MODERATION_COMMANDS: readonly Command[] = [
  {
    name: "kick",
    usage: "NAME [REASON]",
    summary: "send somebody out of the room",
    details: "They may come back. For example: /kick eve enough for today",
    argument: "name",
    parse: parseKick,
  },
  {
    name: "ban",
    usage: "NAME [TIME] [-all] [REASON]",
    summary: "keep somebody out of the room",
    details: "TIME is such as 10m, 2h or 7d. -all is for the whole server. -address and -network keep out whoever " +
      "comes from there as well. Owners may name an address in place of NAME. For example: /ban eve 2h spam",
    argument: "name",
    parse: parseBan,
  },
  {
    name: "mute",
    usage: "NAME [TIME] [-all] [REASON]",
    summary: "let nobody hear somebody in the room",
    details: "They stay and read along. TIME is such as 10m, 2h or 7d. -all is for the whole server.",
    argument: "name",
    parse: parseMute,
  },
  {
    name: "allow",
    usage: "NAME [-all]",
    summary: "lift bans and mutes, let into a locked room",
    details: "-all lifts those of the whole server. /restrictions end N lifts a single one.",
    argument: "name",
    parse: parseAllow,
  },
  {
    name: "lock",
    usage: "[password|off]",
    summary: "let nobody new into the room",
    details: "Invites for the room and /allow open it. /lock password asks for one that opens it, too.",
    argument: "none",
    parse: parseLock,
  },
  {
    name: "slow",
    usage: "SECONDS|off",
    summary: "one message in so many seconds for each",
    details: `A time such as 1m does as well, up to ${MAX_SLOW_SECONDS} s. Moderators are not held up.`,
    argument: "none",
    parse: parseSlow,
  },
  {
    name: "lockdown",
    usage: "on|off",
    summary: "close the server to strangers",
    details: "For emergencies: nobody new comes in, and only accounts and moderators write. Owners only.",
    argument: "none",
    parse: parseLockdown,
  },
  {
    name: "mod",
    usage: "NAME [off] [-all]",
    summary: "make somebody a moderator of the room",
    details: "off takes the role away. -all is for all rooms, which owners give.",
    argument: "name",
    parse: parseMod,
  },
  {
    name: "restrictions",
    usage: "[end WHICH] [-all]",
    summary: "what is in force in the room, and end it",
    details:
      "-all lists those of the whole server. For example: /restrictions, and then /restrictions end 2. Owners end all of the room " +
      "by /restrictions end all, and all that a member laid down anywhere by /restrictions end by eve",
    argument: "none",
    parse: parseOrders,
  },
  {
    name: "audit",
    usage: "[N] [-all]",
    summary: "who did what in the room",
    details: `N is how many, ${AUDIT_LINES} if you do not say. -all is for the whole server.`,
    argument: "none",
    parse: parseAudit,
  },
];

function parseKick(argument: string, context: Context): SlashInput {
  const [name, reason] = firstWord(need(argument, context));
  const command = { type: "kick", room: context.room(), name: nameOf(name), reason: parseReason(reason) } as const;
  return { type: "ask", command };
}

function parseBan(argument: string, context: Context): SlashInput {
  const { word, options, seconds, reason } = parseTerms(argument, context, [EVERYWHERE, "-address", "-network"]);
  if (/[.:/]/.test(word) && parseNetwork(word) !== undefined) {
    return { type: "ask", command: { type: "ban", address: word, seconds, reason } };
  }
  const also: BanReach | undefined = options.has("-network")
    ? "network"
    : options.has("-address")
    ? "address"
    : undefined;
  const room = placeOf(options, context);
  return { type: "ask", command: { type: "ban", name: nameOf(word), also, room, seconds, reason } };
}

function parseMute(argument: string, context: Context): SlashInput {
  const { word, options, seconds, reason } = parseTerms(argument, context, [EVERYWHERE]);
  const room = placeOf(options, context);
  return { type: "ask", command: { type: "mute", name: nameOf(word), room, seconds, reason } };
}

/** Undefined for the whole server. */
function placeOf(options: ReadonlySet<string>, { room }: Context): string | undefined {
  return options.has(EVERYWHERE) ? undefined : room();
}

interface Terms {
  /** The name, or the address. */
  readonly word: string;
  readonly options: ReadonlySet<string>;
  readonly seconds: number | undefined;
  readonly reason: string | undefined;
}

/** Whom it is about, for how long and why, with options anywhere before the reason. */
function parseTerms(argument: string, context: Context, known: readonly string[]): Terms {
  const options = new Set<string>();
  const [word, behind] = firstWord(takeOptions(argument, known, options));
  need(word, context);
  let rest = takeOptions(behind, known, options);
  const [time, reason] = firstWord(rest);
  const ms = parseDuration(time);
  if (ms === undefined) return { word, options, seconds: undefined, reason: parseReason(rest) };
  if (ms === 0 || ms > MAX_RESTRICTION_SECONDS * 1_000) {
    throw new Error(`Time ${quote(time)} is not possible: use one such as 10m, 2h or 7d, or none for good`);
  }
  rest = takeOptions(reason, known, options);
  return { word, options, seconds: ms / 1_000, reason: parseReason(rest) };
}

function takeOptions(argument: string, known: readonly string[], taken: Set<string>): string {
  let rest = argument;
  while (/^-\S/.test(rest)) {
    const [option, behind] = firstWord(rest);
    if (!known.includes(option)) throw new Error(`Option ${quote(option)} is unknown: use ${known.join(" or ")}`);
    taken.add(option);
    rest = behind;
  }
  return rest;
}

function parseReason(text: string): string | undefined {
  const reason = text.replace(/\s+/g, " ").toWellFormed();
  if (utf8Length(reason) > MAX_REASON_BYTES) {
    throw new Error(`The reason is too long: shorten it to ${MAX_REASON_BYTES} bytes`);
  }
  return reason === "" ? undefined : reason;
}

function parseAllow(argument: string, context: Context): SlashInput {
  const { words: [word = "", ...rest], options } = parseWords(argument);
  need(word, context);
  refuseMore(rest.join(" "), context);
  return { type: "ask", command: { type: "allow", name: nameOf(word), room: placeOf(options, context) } };
}

/** Of commands that take no reason: the option may stand anywhere. */
function parseWords(argument: string): { readonly words: readonly string[]; readonly options: ReadonlySet<string> } {
  const all = argument.split(/\s+/).filter((word) => word !== "");
  const words = all.filter((word) => word !== EVERYWHERE);
  return { words, options: new Set(words.length < all.length ? [EVERYWHERE] : []) };
}

/** A password behind it would stand on the screen: it is asked for. */
function parseLock(argument: string, context: Context): SlashInput {
  const room = context.room();
  switch (argument.toLowerCase()) {
    case "":
      return { type: "ask", command: { type: "lock", room } };
    case "off":
      return { type: "ask", command: { type: "lock", room, off: true } };
    case "password":
      return { type: "lock", room };
    default:
      throw new Error("Command /lock shows no password to others: write /lock password, and it is asked for");
  }
}

function parseSlow(argument: string, context: Context): SlashInput {
  const text = need(argument, context).toLowerCase();
  const ms = /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : parseDuration(text);
  const seconds = text === "off" ? 0 : ms === undefined ? NaN : ms / 1_000;
  if (!(seconds <= MAX_SLOW_SECONDS)) {
    throw new Error(`Time ${quote(argument)} is not possible: write /slow 30, /slow 1m or /slow off`);
  }
  return { type: "ask", command: { type: "slow", room: context.room(), seconds } };
}

function parseLockdown(argument: string, context: Context): SlashInput {
  const wish = need(argument, context).toLowerCase();
  if (wish !== "on" && wish !== "off") refuseMore(wish, context);
  return { type: "ask", command: { type: "lockdown", on: wish === "on" } };
}

function parseMod(argument: string, context: Context): SlashInput {
  const { words: [word = "", ...rest], options } = parseWords(argument);
  need(word, context);
  const wish = rest.join(" ").toLowerCase();
  if (wish !== "" && wish !== "off") refuseMore(wish, context);
  const off = wish === "" ? {} : { off: true } as const;
  return { type: "ask", command: { type: "moderator", name: nameOf(word), room: placeOf(options, context), ...off } };
}

function parseOrders(argument: string, context: Context): SlashInput {
  const end = parseEnd(argument, "restrictions");
  if (end !== undefined) return end;
  const { words, options } = parseWords(argument);
  if (words[0]?.toLowerCase() === "end") return parseEndMany(words.slice(1), context);
  refuseMore(words.join(" "), context);
  return { type: "ask", command: { type: "restrictions", room: placeOf(options, context) } };
}

function parseEndMany(words: readonly string[], context: Context): SlashInput {
  const [what = "", name = "", ...rest] = words;
  refuseMore(rest.join(" "), context);
  if (what.toLowerCase() === "by") return { type: "ask", command: { type: "allow", by: nameOf(need(name, context)) } };
  refuseMore(name, context);
  if (what.toLowerCase() !== "all") {
    throw new Error("Which orders are to end? Write /restrictions end 2, all or by NAME");
  }
  return { type: "ask", command: { type: "allow", all: true, room: context.room() } };
}

function parseAudit(argument: string, context: Context): SlashInput {
  const { words: [count = String(AUDIT_LINES), ...rest], options } = parseWords(argument);
  refuseMore(rest.join(" "), context);
  const limit = /^\d{1,4}$/.test(count) ? Number(count) : 0;
  if (limit < 1 || limit > MAX_PAGE_MESSAGES) {
    throw new Error(`Count ${quote(count)} is not possible: write /audit N with 1 to ${MAX_PAGE_MESSAGES}`);
  }
  return { type: "ask", command: { type: "audit", room: placeOf(options, context), limit } };
}

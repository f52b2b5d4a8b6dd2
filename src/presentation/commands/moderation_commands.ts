/** Commands for moderators and owners. */

import { MAX_PAGE_MESSAGES, MAX_SLOW_SECONDS } from "../../protocol/limits.ts";
import type { BanReach } from "../../protocol/messages/messages.ts";
import { parseNetwork } from "../../protocol/address/network.ts";
import { parseDuration } from "../../protocol/text/durations.ts";
import { quote } from "../../protocol/text/names.ts";
import { EVERYWHERE, parseReason, parseTerms, parseWords, placeOf } from "./moderation_terms.ts";
import {
  type CommandContext,
  firstWord,
  invalid,
  isId,
  nameOf,
  need,
  needRoom,
  parseCount,
  parseEnd,
  refuseMore,
  type SlashCommand,
} from "./slash_command.ts";
import type { SlashInput } from "./slash_input.ts";

const AUDIT_ENTRIES = 20;
const LISTS_SHOW_IDS = "lists on nc show ids, since the server keeps none for each connection";

export const MODERATION_COMMANDS: readonly SlashCommand[] = [
  {
    name: "kick",
    usage: "NAME [REASON]",
    summary: "remove a member from the room; they may rejoin",
    details: "For example: /kick eve enough for today",
    topic: "moderation",
    argument: "name",
    parse: parseKick,
  },
  {
    name: "ban",
    usage: "NAME [TIME] [-all] [REASON]",
    summary: "ban a member from the room",
    details: "TIME is such as 10m, 2h or 7d. -all bans from the whole server. -address and -network also ban the " +
      "member's address or network. Owners may ban an address instead of NAME. For example: /ban eve 2h spam",
    topic: "moderation",
    argument: "name",
    parse: parseBan,
  },
  {
    name: "mute",
    usage: "NAME [TIME] [-all] [REASON]",
    summary: "hide a member's messages from everyone in the room",
    details: "They stay and can read. TIME is such as 10m, 2h or 7d. -all mutes in the whole server.",
    topic: "moderation",
    argument: "name",
    parse: parseMute,
  },
  {
    name: "allow",
    usage: "NAME [-all]",
    summary: "lift a member's bans and mutes, or admit them to a locked room",
    details: "-all lifts those of the whole server. /restrictions end N lifts a single one.",
    topic: "moderation",
    argument: "name",
    variants: {
      plain: {
        usage: "NAME|ID [-all]",
        details: "-all lifts those of the whole server. ID lifts a single one, as /restrictions shows it.",
        reason: LISTS_SHOW_IDS,
      },
    },
    parse: parseAllow,
  },
  {
    name: "lock",
    usage: "[password|off]",
    summary: "require an invite or a password to join the room",
    details: "Invites to the room and /allow admit members. /lock password asks for a password that also admits them.",
    topic: "moderation",
    argument: "none",
    variants: {
      plain: {
        usage: "[PASSWORD|off]",
        details: "Invites to the room, /allow and PASSWORD admit members.",
        reason: "nc cannot hide a password, and the server cannot ask for one",
      },
    },
    parse: parseLock,
  },
  {
    name: "slow",
    usage: "SECONDS|off",
    summary: "limit each member to one message per SECONDS",
    details: `A time such as 1m works, too, up to ${MAX_SLOW_SECONDS} s. Moderators are exempt.`,
    topic: "moderation",
    argument: "none",
    parse: parseSlow,
  },
  {
    name: "lockdown",
    usage: "on|off",
    summary: "admit no new members; only accounts and moderators may write",
    details: "For emergencies, on the whole server. Owners only.",
    topic: "moderation",
    argument: "none",
    parse: parseLockdown,
  },
  {
    name: "mod",
    usage: "NAME [off] [-all]",
    summary: "make a member a moderator of the room",
    details: "off takes the role away. -all is for all rooms, for owners only.",
    topic: "moderation",
    argument: "name",
    parse: parseMod,
  },
  {
    name: "restrictions",
    usage: "[end WHICH] [-all]",
    summary: "list the room's bans, mutes and locks, or end one",
    details:
      "-all lists those of the whole server. /restrictions end 2 ends the second of the list. For owners, end all " +
      "ends all of the room, and end by NAME ends all that NAME imposed anywhere.",
    topic: "moderation",
    argument: "none",
    variants: {
      plain: {
        details: "-all lists those of the whole server. WHICH is an id of the list. For owners, end all ends all of " +
          "the room, and end by NAME ends all that NAME imposed anywhere.",
        reason: LISTS_SHOW_IDS,
      },
    },
    parse: parseRestrictions,
  },
  {
    name: "audit",
    usage: "[N] [-all]",
    summary: "list the latest actions of moderators in the room",
    details: `N is the number of actions, ${AUDIT_ENTRIES} if omitted. -all lists those of the whole server.`,
    topic: "moderation",
    argument: "none",
    parse: parseAudit,
  },
];

function parseKick(argument: string, context: CommandContext): SlashInput {
  const [name, reason] = firstWord(need(argument, context));
  const command = { type: "kick", room: needRoom(context), name: nameOf(name), reason: parseReason(reason) } as const;
  return { type: "ask", command };
}

function parseBan(argument: string, context: CommandContext): SlashInput {
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

function parseMute(argument: string, context: CommandContext): SlashInput {
  const { word, options, seconds, reason } = parseTerms(argument, context, [EVERYWHERE]);
  const room = placeOf(options, context);
  return { type: "ask", command: { type: "mute", name: nameOf(word), room, seconds, reason } };
}

function parseAllow(argument: string, context: CommandContext): SlashInput {
  const { words: [word = "", ...rest], options } = parseWords(argument);
  need(word, context);
  refuseMore(rest.join(" "), context);
  if (isId(word)) return { type: "ask", command: { type: "allow", restriction: word } };
  return { type: "ask", command: { type: "allow", name: nameOf(word), room: placeOf(options, context) } };
}

/** The terminal client and the page ask for the password: in the line it would be visible. */
function parseLock(argument: string, context: CommandContext): SlashInput {
  const room = needRoom(context);
  const word = argument.toLowerCase();
  if (word === "off") return { type: "ask", command: { type: "lock", room, off: true } };
  if (context.client === "plain") {
    return { type: "ask", command: { type: "lock", room, password: argument || undefined } };
  }
  if (word === "") return { type: "ask", command: { type: "lock", room } };
  if (word === "password") return { type: "lock", room };
  throw invalid("Command /lock takes no password in the line: write /lock password, and it asks for one");
}

function parseSlow(argument: string, context: CommandContext): SlashInput {
  const text = need(argument, context).toLowerCase();
  const ms = /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : parseDuration(text);
  const seconds = text === "off" ? 0 : ms === undefined ? NaN : ms / 1_000;
  if (!(seconds <= MAX_SLOW_SECONDS)) {
    throw invalid(`Time ${quote(argument)} is not valid: write /slow 30, /slow 1m or /slow off`);
  }
  return { type: "ask", command: { type: "slow", room: needRoom(context), seconds } };
}

function parseLockdown(argument: string, context: CommandContext): SlashInput {
  const word = need(argument, context).toLowerCase();
  if (word !== "on" && word !== "off") refuseMore(word, context);
  return { type: "ask", command: { type: "lockdown", on: word === "on" } };
}

function parseMod(argument: string, context: CommandContext): SlashInput {
  const { words: [word = "", ...rest], options } = parseWords(argument);
  need(word, context);
  const change = rest.join(" ").toLowerCase();
  if (change !== "" && change !== "off") refuseMore(change, context);
  const off = change === "" ? {} : { off: true } as const;
  return { type: "ask", command: { type: "moderator", name: nameOf(word), room: placeOf(options, context), ...off } };
}

function parseRestrictions(argument: string, context: CommandContext): SlashInput {
  const end = parseEnd(argument, "restrictions");
  if (end !== undefined) return end;
  const { words, options } = parseWords(argument);
  if (words[0]?.toLowerCase() === "end") return parseEndMany(words.slice(1), context);
  refuseMore(words.join(" "), context);
  return { type: "ask", command: { type: "restrictions", room: placeOf(options, context) } };
}

function parseEndMany(words: readonly string[], context: CommandContext): SlashInput {
  const [which = "", name = "", ...rest] = words;
  refuseMore(rest.join(" "), context);
  if (which.toLowerCase() === "by") return { type: "ask", command: { type: "allow", by: nameOf(need(name, context)) } };
  refuseMore(name, context);
  if (which.toLowerCase() !== "all") {
    const one = context.client === "plain" ? "an ID of the list" : "2";
    throw invalid(`Which restrictions should end? Write /restrictions end ${one}, all or by NAME`);
  }
  return { type: "ask", command: { type: "allow", all: true, room: needRoom(context) } };
}

function parseAudit(argument: string, context: CommandContext): SlashInput {
  const { words: [count = String(AUDIT_ENTRIES), ...rest], options } = parseWords(argument);
  refuseMore(rest.join(" "), context);
  const limit = parseCount(count, MAX_PAGE_MESSAGES, context);
  return { type: "ask", command: { type: "audit", room: placeOf(options, context), limit } };
}

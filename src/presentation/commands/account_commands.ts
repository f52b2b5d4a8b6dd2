/** Commands for accounts and invites. */

import { DEFAULT_INVITE_SECONDS, MAX_INVITE_SECONDS, MAX_INVITE_USES } from "../../protocol/limits.ts";
import { formatDuration, parseDuration } from "../../protocol/text/durations.ts";
import { parseRoom, quote } from "../../protocol/text/names.ts";
import {
  type CommandContext,
  firstWord,
  invalid,
  nameOf,
  need,
  parseEnd,
  refuseMore,
  type SlashCommand,
} from "./slash_command.ts";
import type { SlashInput } from "./slash_input.ts";

const DEFAULT_EXPIRY = formatDuration(DEFAULT_INVITE_SECONDS * 1_000);
const MAX_EXPIRY = formatDuration(MAX_INVITE_SECONDS * 1_000);

const CANNOT_HIDE = "nc cannot hide a password, and the server cannot ask for one";
const ENDS_BY_ID = "the server keeps no list for each connection on nc, so entries have ids";

export const ACCOUNT_COMMANDS: readonly SlashCommand[] = [
  {
    name: "register",
    usage: "",
    summary: "protect your name with a password",
    details: "No other user can take the name then. It asks for the password. Repeat it to change the password.",
    topic: "accounts",
    argument: "none",
    secret: true,
    variants: {
      plain: {
        usage: "PASSWORD",
        details: "No other user can take the name then. Repeat it to change the password.",
        reason: CANNOT_HIDE,
      },
    },
    parse: parseRegister,
  },
  {
    name: "login",
    usage: "[NAME]",
    summary: "log in to the account NAME",
    details: "It asks for the password. Without NAME it asks for the admin password and makes you the owner.",
    topic: "accounts",
    argument: "none",
    secret: true,
    beforeName: true,
    variants: {
      plain: {
        usage: "[NAME] PASSWORD",
        summary: "log in, instead of typing a name",
        details: "Without NAME it takes the admin password and makes you the owner.",
        reason: CANNOT_HIDE,
      },
    },
    parse: parseLogin,
  },
  {
    name: "unregister",
    usage: "NAME",
    summary: "remove the account of NAME",
    details: "Owners only. The member stays as a guest.",
    topic: "accounts",
    argument: "name",
    parse: (argument, context) => ({
      type: "ask",
      command: { type: "remove", account: nameOf(need(argument, context)) },
    }),
  },
  {
    name: "sessions",
    usage: "[end N]",
    summary: "list your devices, or end one",
    details: "For example: /sessions, then /sessions end 2",
    topic: "accounts",
    argument: "none",
    variants: { plain: { usage: "[end ID]", details: "For example: /sessions", reason: ENDS_BY_ID } },
    parse: (argument, context) => parseList(argument, context, "sessions"),
  },
  {
    name: "link",
    usage: "[yes|no]",
    summary: "be on another device, too; yes or no answers it",
    details: "Shows a code for ten minutes. It needs no account. For example: /link, then /link yes",
    topic: "accounts",
    argument: "none",
    clients: ["terminal", "page"],
    parse: parseLink,
  },
  {
    name: "invite",
    usage: "[#ROOM] [TIME] [USES]",
    summary: "create an invite",
    details: `Without TIME it is valid for ${DEFAULT_EXPIRY}, without USES for any number of people. ` +
      "For example: /invite #build 2h 10",
    topic: "accounts",
    argument: "room",
    parse: parseInvite,
  },
  {
    name: "invites",
    usage: "[end N]",
    summary: "list the invites, or end one",
    details: "Members who used it stay. For example: /invites, then /invites end 2",
    topic: "accounts",
    argument: "none",
    variants: { plain: { usage: "[end ID]", details: "Members who used it stay.", reason: ENDS_BY_ID } },
    parse: (argument, context) => parseList(argument, context, "invites"),
  },
];

function parseRegister(argument: string, context: CommandContext): SlashInput {
  if (context.client === "plain") return { type: "register", password: need(argument, context) };
  if (argument === "") return { type: "register" };
  throw invalid("Command /register takes nothing else: write /register, and it asks for the password");
}

function parseLink(argument: string): SlashInput {
  const accept = new Map([["", undefined], ["yes", true], ["no", false]]);
  if (!accept.has(argument)) throw invalid("Command /link takes yes, no or nothing");
  return { type: "link", accept: accept.get(argument) };
}

/** The argument may hold a password that was typed too early, so no error repeats any of it. */
function parseLogin(argument: string, context: CommandContext): SlashInput {
  if (context.client === "plain") return parsePlainLogin(argument, context);
  try {
    if (/\s/.test(argument)) refuseMore(argument, context);
    return { type: "login", name: argument === "" ? undefined : nameOf(argument) };
  } catch {
    throw invalid("Command /login takes only a name: write /login NAME, and it asks for the password");
  }
}

function parsePlainLogin(argument: string, context: CommandContext): SlashInput {
  const [word, password] = firstWord(need(argument, context));
  return password === "" ? { type: "login", name: undefined, password: word } : { type: "login", name: word, password };
}

function parseList(argument: string, context: CommandContext, list: "sessions" | "invites"): SlashInput {
  const end = parseEnd(argument, list);
  if (end !== undefined) return end;
  refuseMore(argument, context);
  return { type: "ask", command: { type: list } };
}

function parseInvite(argument: string, context: CommandContext): SlashInput {
  let room: string | undefined;
  let expires: number | undefined;
  let uses: number | undefined;
  for (const word of argument.split(/\s+/).filter((word) => word !== "")) {
    if (expires === undefined && parseDuration(word) !== undefined) expires = parseExpiry(word);
    else if (uses === undefined && /^\d+$/.test(word)) uses = parseUses(word);
    else if (room === undefined && word.startsWith("#")) room = parseRoom(word);
    else refuseMore(word, context);
  }
  return { type: "ask", command: { type: "invite", room, expires: expires ?? DEFAULT_INVITE_SECONDS, uses } };
}

function parseExpiry(word: string): number {
  const seconds = parseDuration(word)! / 1_000;
  if (seconds >= 1 && seconds <= MAX_INVITE_SECONDS) return seconds;
  throw invalid(`Time ${quote(word)} is not valid for an invite: use one such as 30m or 2h, up to ${MAX_EXPIRY}`);
}

function parseUses(word: string): number {
  const uses = Number(word);
  if (uses >= 1 && uses <= MAX_INVITE_USES) return uses;
  throw invalid(`Count ${quote(word)} is not valid for an invite: use 1 to ${MAX_INVITE_USES}`);
}

/** Commands for names that belong to somebody, and for letting others in. */

import { formatDuration, parseDuration } from "../../protocol/text/durations.ts";
import { DEFAULT_INVITE_SECONDS, MAX_INVITE_SECONDS, MAX_INVITE_USES } from "../../protocol/limits.ts";
import { parseRoom, quote } from "../../protocol/text/names.ts";
import { type Command, type Context, nameOf, need, parseEnd, refuseMore, type SlashInput } from "./slash_command.ts";

const USUAL_EXPIRY = formatDuration(DEFAULT_INVITE_SECONDS * 1_000);
const LONGEST_EXPIRY = formatDuration(MAX_INVITE_SECONDS * 1_000);

export const ACCOUNT_COMMANDS: readonly Command[] = [
  {
    name: "register",
    usage: "",
    summary: "make your name yours, by a password",
    details: "Nobody else can take it then. It asks for the password. Done again, it changes the password.",
    argument: "none",
    secret: true,
    parse: (argument) => {
      if (argument === "") return { type: "register" };
      throw new Error("Command /register stands alone: write /register, and the password is asked for");
    },
  },
  {
    name: "login",
    usage: "[NAME]",
    summary: "be NAME, whose password you know",
    details: "It asks for the password. Without a name you become the owner of the server, by the admin password.",
    argument: "none",
    secret: true,
    parse: parseLogin,
  },
  {
    name: "unregister",
    usage: "NAME",
    summary: "remove the account of a name",
    details: "Owners only. The member with the name goes on as a guest.",
    argument: "name",
    parse: (argument, context) => ({
      type: "ask",
      command: { type: "remove", account: nameOf(need(argument, context)) },
    }),
  },
  {
    name: "sessions",
    usage: "[end N]",
    summary: "where you are logged in, and end it there",
    details: "For example: /sessions, and then /sessions end 2",
    argument: "none",
    parse: (argument, context) => parseList(argument, context, "sessions"),
  },
  {
    name: "invite",
    usage: "[#ROOM] [TIME] [USES]",
    summary: "make an invite for others",
    details: `It works for ${USUAL_EXPIRY} and for as many as come. For example: /invite #build 2h 10`,
    argument: "room",
    parse: parseInvite,
  },
  {
    name: "invites",
    usage: "[end N]",
    summary: "list the invites, and end one",
    details: "Whoever is in stays. For example: /invites, and then /invites end 2",
    argument: "none",
    parse: (argument, context) => parseList(argument, context, "invites"),
  },
];

/** What stands behind the name may be a password that was typed too early: nothing is said of it. */
function parseLogin(argument: string, context: Context): SlashInput {
  try {
    if (/\s/.test(argument)) refuseMore(argument, context);
    return { type: "login", name: argument === "" ? undefined : nameOf(argument) };
  } catch {
    throw new Error("Command /login takes a name and nothing else: write /login NAME, and the password is asked for");
  }
}

function parseList(argument: string, context: Context, list: "sessions" | "invites"): SlashInput {
  const end = parseEnd(argument, list);
  if (end !== undefined) return end;
  refuseMore(argument, context);
  return { type: "ask", command: { type: list } };
}

function parseInvite(argument: string, context: Context): SlashInput {
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
  throw new Error(
    `Time ${quote(word)} is not possible for an invite: use one such as 30m or 2h, up to ${LONGEST_EXPIRY}`,
  );
}

function parseUses(word: string): number {
  const uses = Number(word);
  if (uses >= 1 && uses <= MAX_INVITE_USES) return uses;
  throw new Error(`Count ${quote(word)} is not possible for an invite: use 1 to ${MAX_INVITE_USES}`);
}

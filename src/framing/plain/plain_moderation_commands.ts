import { ProtocolError } from "../../protocol/errors.ts";
import { parseDuration } from "../../protocol/text/durations.ts";
import { parseNetwork } from "../../protocol/address/network.ts";
import type { Decoded } from "../codec.ts";
import { commands, misused, type PlainCommand, required, type Speaker, splitFirstWord } from "./plain_command.ts";

/** For the whole server in place of the current room. */
const EVERYWHERE = "-all";
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Commands for accounts, and for keeping order. TIME is such as 10m, 2h or 7d. */
export const PLAIN_MODERATION_COMMANDS: readonly PlainCommand[] = [
  {
    name: "register",
    usage: "/register PASSWORD",
    help: "keep your name for yourself",
    run: (argument) => commands({ type: "register", password: required(argument, "/register PASSWORD") }),
  },
  {
    name: "login",
    usage: "/login [NAME] PASSWORD",
    help: "come back to your name, first thing; owners: no NAME",
    anytime: true,
    run: logIn,
  },
  {
    name: "unregister",
    usage: "/unregister NAME",
    help: "remove an account; owners only",
    run: (argument) => commands({ type: "remove", account: required(argument, "/unregister NAME") }),
  },
  {
    name: "kick",
    usage: "/kick NAME [REASON]",
    help: "send somebody out of the room",
    run: (argument, { room }) => {
      const [name, reason] = target(argument, "/kick NAME [REASON]");
      return commands({ type: "kick", room, name, reason: reason || undefined });
    },
  },
  {
    name: "ban",
    usage: "/ban NAME [TIME] [-all] [REASON]",
    help: "keep somebody out of the room",
    run: (argument, speaker) => {
      const [who, rest] = target(argument, "/ban NAME [TIME] [-all] [REASON]");
      const { room, seconds, reason } = terms(rest, speaker);
      // Names may hold neither of these.
      const isAddress = /[:/]|^[\d.]+$/.test(who) && parseNetwork(who) !== undefined;
      return commands(
        isAddress ? { type: "ban", address: who, seconds, reason } : { type: "ban", name: who, room, seconds, reason },
      );
    },
  },
  {
    name: "mute",
    usage: "/mute NAME [TIME] [-all] [REASON]",
    help: "let nobody hear somebody in the room",
    run: (argument, speaker) => {
      const [name, rest] = target(argument, "/mute NAME [TIME] [-all] [REASON]");
      return commands({ type: "mute", name, ...terms(rest, speaker) });
    },
  },
  {
    name: "allow",
    usage: "/allow NAME|ID [-all]",
    help: "lift bans and mutes, let into a locked room",
    run: (argument, speaker) => {
      const [who, rest] = target(argument, "/allow NAME|ID [-all]");
      const { room } = terms(rest, speaker);
      return commands(UUID.test(who) ? { type: "allow", restriction: who } : { type: "allow", name: who, room });
    },
  },
  {
    name: "lock",
    usage: "/lock [PASSWORD|off]",
    help: "let nobody new into the room",
    run: (argument, { room }) =>
      commands(
        argument === "off"
          ? { type: "lock", room, off: true }
          : { type: "lock", room, password: argument || undefined },
      ),
  },
  {
    name: "slow",
    usage: "/slow SECONDS|off",
    help: "one message in so many seconds for each",
    run: (argument, { room }) => {
      const seconds = argument === "off" ? 0 : Number(required(argument, "/slow SECONDS|off"));
      return commands({ type: "slow", room, seconds });
    },
  },
  {
    name: "lockdown",
    usage: "/lockdown on|off",
    help: "close the server to strangers",
    run: (argument) => {
      if (argument !== "on" && argument !== "off") throw misused("/lockdown on|off");
      return commands({ type: "lockdown", on: argument === "on" });
    },
  },
  {
    name: "mod",
    usage: "/mod NAME [off] [-all]",
    help: "make somebody a moderator of the room",
    run: (argument, speaker) => {
      const [name, rest] = target(argument, "/mod NAME [off] [-all]");
      const { room, reason } = terms(rest, speaker);
      if (reason !== undefined && reason !== "off") throw misused("/mod NAME [off] [-all]");
      return commands({ type: "moderator", name, room, ...reason === "off" ? { off: true } : {} });
    },
  },
  {
    name: "restrictions",
    usage: "/restrictions [-all|end all|end by NAME]",
    help: "what is in force in the room; owners end many",
    run: orders,
  },
];

function orders(argument: string, speaker: Speaker): Decoded {
  const [end, rest] = splitFirstWord(argument);
  if (end !== "end") return commands({ type: "restrictions", room: terms(argument, speaker).room });
  const [what, name] = splitFirstWord(rest);
  if (what === "all" && name === "") return commands({ type: "allow", all: true, room: speaker.room });
  if (what === "by" && name !== "") return commands({ type: "allow", by: name });
  throw misused("/restrictions [-all|end all|end by NAME]");
}

function logIn(argument: string, { joined, refused, enter }: Speaker): Decoded {
  const [name, password] = splitFirstWord(required(argument, "/login [NAME] PASSWORD"));
  if (password === "" && !joined && refused !== undefined) return enter(refused, name);
  if (password === "") return commands({ type: "auth", password: name });
  if (!joined) return enter(name, password);
  throw new ProtocolError("invalid", "You are in already: /quit, connect again, and begin with /login NAME PASSWORD");
}

function target(argument: string, usage: string): [name: string, rest: string] {
  const [name, rest] = splitFirstWord(argument);
  return [required(name, usage), rest];
}

interface Terms {
  /** Undefined for the whole server. */
  readonly room?: string;
  readonly seconds?: number;
  readonly reason?: string;
}

/** A time and `-all`, in any order, and what stands behind them. */
function terms(text: string, speaker: Pick<Speaker, "room">): Terms {
  const [word, rest] = splitFirstWord(text);
  if (word === EVERYWHERE) return { ...terms(rest, speaker), room: undefined };
  const ms = parseDuration(word);
  if (ms !== undefined) return { ...terms(rest, speaker), seconds: ms / 1000 };
  return { room: speaker.room, reason: text === "" ? undefined : text };
}

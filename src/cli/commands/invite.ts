import { joinRights } from "./command_rights.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { DEFAULT_INVITE_SECONDS, MAX_INVITE_SECONDS, MAX_INVITE_USES } from "../../protocol/limits.ts";
import type { InviteCommand, InviteEvent, InviteSummary } from "../../protocol/messages/messages.ts";
import { parseRoom } from "../../protocol/text/names.ts";
import { type Arguments, badValue } from "../args/arguments.ts";
import type { CommandSpec } from "../args/arguments.ts";
import { DATA_OPTION } from "../hosting/data_folder.ts";
import { TLS_OPTION } from "../joining/connect_plan.ts";
import { formatDuration, parseDuration } from "../../protocol/text/durations.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { askAsOwner, type OwnerClient } from "../joining/owner_client.ts";
import { ADMIN_PASSWORD_OPTION } from "../args/password_options.ts";
import { qrCodeHere } from "../invites/qr_code.ts";
import { invitation, pageAddress } from "../invites/share.ts";
import { askDefaultRoute } from "../platform/default_route.ts";

/** Written as 24h, which is more common than 1d. */
const STANDARD_EXPIRY = `${DEFAULT_INVITE_SECONDS / 3_600}h`;
const LONGEST_EXPIRY = formatDuration(MAX_INVITE_SECONDS * 1_000);

export const INVITE: CommandSpec = {
  name: "invite",
  operands: "[list|revoke ID] [ADDRESS]",
  maxOperands: 3,
  summary: "Creates, lists or revokes invites to a running chat",
  options: [
    {
      name: "expires",
      value: "AGE",
      default: STANDARD_EXPIRY,
      help: `How long the invite is valid, up to ${LONGEST_EXPIRY}`,
    },
    { name: "uses", value: "N", default: "unlimited", help: "How many people may join with it" },
    { name: "room", value: "ROOM", default: "all", help: "The only room that it admits to" },
    DATA_OPTION,
    ADMIN_PASSWORD_OPTION,
    TLS_OPTION,
  ],
  examples: [
    { line: "invite", what: `creates an invite that is valid for ${STANDARD_EXPIRY}` },
    { line: "invite --expires 7d --uses 10 --room ops", what: "creates one for ten people and one room" },
    { line: "invite list", what: "lists the invites" },
    { line: "invite 192.168.1.26 --tls", what: "creates one on a remote server" },
  ],
  rights: joinRights,
  run: invite,
};

type OwnerTask = (owner: OwnerClient) => Promise<readonly string[]>;

async function invite(args: Arguments): Promise<ExitCode> {
  const { work, address } = parseOperands(args);
  for (const line of await askAsOwner(args, address, work)) console.log(line);
  return EXIT.fine;
}

/** Parses the operands. Throws a usage failure before anything is dialed. */
function parseOperands(args: Arguments): { readonly work: OwnerTask; readonly address: string | undefined } {
  const [first, second, third] = args.operands;
  if (first === "list") return { work: listInvites, address: only(second, third) };
  if (first !== "revoke") return { work: createInvite(parseInvite(args)), address: only(first, second) };
  if (second === undefined) throw new Failure(EXIT.usage, "Missing the ID of an invite: see invite list");
  return { work: revokeInvite(second), address: third };
}

function only(address: string | undefined, extra: string | undefined): string | undefined {
  if (extra === undefined) return address;
  throw new Failure(EXIT.usage, `Unexpected argument ${JSON.stringify(extra)}: see invite --help`);
}

function parseInvite(args: Arguments): InviteCommand {
  const text = args.text("expires") ?? STANDARD_EXPIRY;
  const expires = (parseDuration(text) ?? 0) / 1_000;
  if (expires < 1 || expires > MAX_INVITE_SECONDS) {
    throw badValue("expires", text, `a duration such as 30m, 24h or 7d, up to ${LONGEST_EXPIRY}`);
  }
  return { type: "invite", expires, uses: args.number("uses", 1, MAX_INVITE_USES), room: parseRoomOption(args) };
}

function parseRoomOption(args: Arguments): string | undefined {
  const room = args.text("room");
  try {
    return room === undefined ? undefined : parseRoom(room);
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message.replace("Field room", "Option --room"));
  }
}

function createInvite(command: InviteCommand): OwnerTask {
  return async ({ requests, reach }) => {
    const [made] = await Promise.all([requests.ask(command, "invite"), askDefaultRoute()]);
    const { secret, words, room } = made;
    const pass = { room, secret, words };
    // The first one is the server itself, which the reach has already.
    const others = requests.servers.slice(1);
    const lines = [...invitation(reach && { ...reach, ...others.length > 0 && { others } }, pass), validityLine(made)];
    return [...lines.map(sanitizeLine), ...qrCodeHere(pageAddress(reach, pass))];
  };
}

function validityLine({ id, expires, uses }: InviteEvent): string {
  const count = uses === undefined ? "" : ` for ${uses === 1 ? "one person" : `${uses} people`}`;
  return `Valid until ${localTime(expires)}${count}. To end it earlier: confab invite revoke ${id}`;
}

async function listInvites({ requests }: OwnerClient): Promise<readonly string[]> {
  const { invites, count } = await requests.ask({ type: "invites" }, "invites");
  if (invites.length === 0) return ["There are no invites: create one with confab invite"];
  const rows = [["ID", "ROOM", "UNTIL", "USED", "BY"], ...invites.map(row)];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const lines = rows.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd());
  return count > invites.length ? [...lines, `and ${count - invites.length} older invites`] : lines;
}

function row({ id, room = "all", expires, uses, used, by }: InviteSummary): string[] {
  const count = uses === undefined ? String(used) : `${used} of ${uses}`;
  return [id, room, localTime(expires), count, by].map(sanitizeLine);
}

function revokeInvite(id: string): OwnerTask {
  return async ({ requests }) => {
    await requests.ask({ type: "revoke", invite: id }, "revoked");
    return [`Invite ${sanitizeLine(id)} is revoked; members who joined with it stay`];
  };
}

/** Formats a time as `2026-11-22 05:10` in this machine's time zone. */
function localTime(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16).replace("T", " ");
}

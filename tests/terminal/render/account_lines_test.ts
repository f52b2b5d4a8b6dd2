import { assertEquals } from "@std/assert";
import type { InviteEvent, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { createPalette } from "../../../src/terminal/render/palette.ts";
import { plainLine } from "../../../src/terminal/plain/plain_output.ts";
import { createTimes } from "../../../src/terminal/render/time_format.ts";
import { initialState } from "../../../src/client/state/client_state.ts";
import { show } from "../../../src/terminal/render/view.ts";
import { AT } from "../memory_terminal.ts";

/** Versions of Unicode's data differ in how they write the day. */
const THEN = `12:03 on ${createTimes("UTC").day(AT)}`;
const INVITE: InviteEvent = { type: "invite", id: "i-1", secret: "s3cret", words: "apple-river-stone", expires: AT };

function linesOf(event: ServerEvent): string[] {
  return plainLine({ type: "received", line: "", event }, { timeZone: "UTC", room: "lobby" });
}

Deno.test("account replies are sentences that name the next step", () => {
  const examples: readonly [ServerEvent, readonly string[]][] = [
    [{ type: "authenticated", role: "owner" }, ["* You are the owner of this server now"]],
    [{ type: "authenticated", role: "owner", name: "ada" }, ["* You are the owner of this server now"]],
    [{ type: "authenticated", role: "member", name: "ada", token: "t" }, ["* The password of ada is correct"]],
    [{ type: "registered", name: "ada" }, ["* The name ada is yours: log in elsewhere with /login ada"]],
    [{ type: "revoked", session: "k" }, ["* You are logged out there"]],
    [{ type: "revoked", invite: "i" }, ["* That invite is no longer valid"]],
    [{ type: "sessions", sessions: [] }, ["* You have no account: /register protects your name"]],
    [{
      type: "sessions",
      sessions: [
        { id: "k-1", since: AT, seen: AT, vouched: true },
        { id: "k-2", since: AT, seen: AT, current: true },
        { id: "k-3", kind: "page", name: "Chrome on Linux", since: AT, seen: AT },
      ],
    }, [
      "* Your devices; /sessions end N ends one",
      `  1. since ${THEN}, seen ${THEN}, vouched for by the server`,
      `  2. since ${THEN}, seen ${THEN}, this one`,
      `  3. Chrome on Linux (page), since ${THEN}, seen ${THEN}`,
    ]],
    [{ type: "invites", invites: [], count: 0 }, ["* There are no invites: /invite creates one"]],
    [{
      type: "invites",
      invites: [
        { id: "i-1", expires: AT, used: 1_200, by: "ada" },
        { id: "i-2", room: "dev", expires: AT, uses: 10, used: 3, by: "owner" },
      ],
      count: 3,
    }, [
      "* Invites; /invites end N ends one",
      `  1. to the server, used 1,200 times, valid until ${THEN}, by ada`,
      `  2. to #dev, used 3 of 10 times, valid until ${THEN}, by owner`,
      "  and 1 more",
    ]],
  ];
  for (const [event, lines] of examples) assertEquals(linesOf(event), lines);
});

Deno.test("an invite is shown with its words, or with the ways to use it", () => {
  assertEquals(linesOf(INVITE), [`* Invite, valid until ${THEN}`, "  Instead of a password: apple river stone"]);
  assertEquals(
    linesOf({ ...INVITE, room: "dev", uses: 1 })[0],
    `* Invite to #dev, valid until ${THEN}, for one person`,
  );
  assertEquals(linesOf({ ...INVITE, uses: 2_000 })[0], `* Invite, valid until ${THEN}, for 2,000 people`);
  const invitation = ({ secret }: InviteEvent) => [`confab://host/lobby#.${secret}`, "or\x1b[2J say it"];
  const qrCode = ({ secret }: InviteEvent) => [`\x1b[7m▀ ${secret}\x1b[0m`];
  const style = { palette: createPalette(false), times: createTimes("UTC"), invitation, qrCode };
  const { lines } = show({ style }, { type: "received", line: "", event: INVITE }, initialState, initialState);
  assertEquals(lines.slice(1), ["  confab://host/lobby#.s3cret", "  or␛[2J say it", "\x1b[7m▀ s3cret\x1b[0m"]);
});

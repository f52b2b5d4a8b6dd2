import { assert, assertEquals } from "@std/assert";
import type {
  Actor,
  AuditEntry,
  Restriction,
  RestrictionEvent,
  ServerEvent,
} from "../../../src/protocol/messages/messages.ts";
import { createTimes } from "../../../src/terminal/render/time_format.ts";
import { plainLine } from "../../../src/terminal/plain/plain_output.ts";
import { dangersIn, HOSTILE_TEXTS } from "../../helpers/hostile_texts.ts";
import { ADA, AT, BOB, YOU } from "../memory_terminal.ts";

const OWNER: Actor = { name: "owner" };
const UNTIL = "2025-11-22T09:00:00.000Z";
/** Versions of Unicode's data differ in how they write it. */
const { day } = createTimes("UTC");
const THEN = `09:00 on ${day(UNTIL)}`;

function linesOf(event: ServerEvent): string[] {
  return plainLine({ type: "received", line: "", event }, { timeZone: "UTC", room: "lobby", you: YOU });
}

function laid(change: Partial<Restriction>, by: Actor = ADA, off?: true): RestrictionEvent {
  const restriction: Restriction = { id: "o", kind: "ban", room: "lobby", member: BOB, by, ...change };
  return { type: "restriction", restriction, by, at: AT, ...off && { off } };
}

Deno.test("imposed restrictions are sentences with place, time and reason", () => {
  const examples: readonly [RestrictionEvent, string][] = [
    [laid({}), "* ada banned bob from #lobby"],
    [
      laid({ room: undefined, until: UNTIL, reason: "spam" }, OWNER),
      `* The owner banned bob from the whole server until ${THEN}: spam`,
    ],
    [laid({ member: undefined, address: "192.0.2.0/24" }, YOU), "* You banned 192.0.2.0/24 from #lobby"],
    [laid({ member: undefined }), "* ada banned an address from #lobby"],
    [laid({ kind: "mute", member: YOU }), "* ada muted you in #lobby"],
    [laid({ kind: "lock", member: undefined }), "* ada locked #lobby: new members need an invite"],
    [
      laid({ kind: "lock", member: undefined, password: true }),
      "* ada locked #lobby: new members need its password or an invite",
    ],
    [
      laid({ kind: "slow", member: undefined, seconds: 30 }),
      "* ada slowed #lobby down: one message every 30 s per member",
    ],
    [
      laid({ kind: "lockdown", member: undefined, room: undefined }, OWNER),
      "* The owner locked the server down: no new members are admitted, and only accounts and moderators may write",
    ],
    [laid({ kind: "allow", room: "dev" }), "* ada admitted bob to #dev"],
  ];
  for (const [event, line] of examples) assertEquals(linesOf(event), [line]);
});

Deno.test("lifted and expired restrictions are sentences", () => {
  const examples: readonly [Partial<Restriction>, string][] = [
    [{ reason: "spam" }, "* ada lifted the ban of bob from #lobby"],
    [{ kind: "mute" }, "* ada unmuted bob in #lobby"],
    [{ kind: "lock", member: undefined }, "* ada unlocked #lobby"],
    [{ kind: "slow", member: undefined }, "* ada ended slow mode in #lobby"],
    [{ kind: "lockdown", member: undefined, room: undefined }, "* ada ended the lockdown of the server"],
    [{ kind: "allow" }, "* ada withdrew the admission of bob to #lobby"],
  ];
  for (const [change, line] of examples) assertEquals(linesOf(laid(change, ADA, true)), [line]);
  assertEquals(linesOf(laid({ kind: "mute" }, { name: "server" }, true)), ["* Expired: mute of bob in #lobby"]);
});

Deno.test("roles given and taken are sentences", () => {
  const role: ServerEvent = { type: "role", room: "lobby", member: BOB, role: "moderator", by: ADA, at: AT };
  assertEquals(linesOf(role), ["* ada made bob a moderator of #lobby"]);
  assertEquals(linesOf({ ...role, member: YOU, off: true }), [
    "* ada removed you as a moderator of #lobby",
  ]);
  assertEquals(linesOf({ ...role, room: undefined, by: OWNER }), [
    "* The owner made bob a moderator of the whole server",
  ]);
});

Deno.test("listed restrictions and moderators are numbered, so that they can be ended", () => {
  const restrictions: Restriction[] = [
    { id: "o-1", kind: "ban", room: "lobby", member: BOB, until: UNTIL, reason: "spam", by: ADA },
    { id: "o-2", kind: "slow", room: "lobby", seconds: 5, by: OWNER },
    { id: "o-3", kind: "lock", room: "lobby", password: true, by: ADA },
  ];
  const moderators = [{ id: "o-4", room: "lobby", member: ADA, by: { name: "server" } }];
  assertEquals(linesOf({ type: "restrictions", room: "lobby", restrictions, moderators, count: 6 }), [
    "* Restrictions in #lobby; /restrictions end N ends one",
    `  1. ban of bob from #lobby until ${THEN}: spam (by ada)`,
    "  2. #lobby is slow: one message every 5 s per member (by the owner)",
    "  3. #lobby is locked, with a password (by ada)",
    "  4. ada moderates #lobby (by the server)",
    "  and 2 more",
  ]);
  const lockdown: Restriction = { id: "o-5", kind: "lockdown", by: OWNER };
  assertEquals(
    linesOf({ type: "restrictions", restrictions: [lockdown], moderators: [], count: 1 }).at(-1),
    "  1. the server is locked down (by the owner)",
  );
  assertEquals(linesOf({ type: "restrictions", restrictions: [], moderators: [], count: 0 }), [
    "* There are no restrictions on this server",
  ]);
  assertEquals(linesOf({ type: "restrictions", room: "dev", restrictions: [], moderators: [], count: 0 }), [
    "* There are no restrictions in #dev",
  ]);
});

Deno.test("the audit log is shown oldest first, with its days", () => {
  const entries: AuditEntry[] = [
    { nth: 3, at: UNTIL, by: { name: "server" }, action: "ended ban", target: BOB, room: "dev" },
    { nth: 2, at: AT, by: ADA, action: "ban", room: "lobby", target: BOB, seconds: 7_200, reason: "spam" },
    { nth: 1, at: AT, by: OWNER, action: "ban", address: "192.0.2.7", seconds: 90 },
  ];
  assertEquals(linesOf({ type: "audit", room: "lobby", entries, more: true }), [
    "--- actions of moderators in #lobby ---",
    `--- ${day(AT)} ---`,
    "[12:03] the owner: ban 192.0.2.7 for 90 s",
    "[12:03] ada: ban bob for 2h: spam",
    `--- ${day(UNTIL)} ---`,
    "[09:00] the server: ended ban bob in #dev",
    "--- end; older ones exist ---",
  ]);
  assertEquals(linesOf({ type: "audit", entries: [], more: false }), [
    "* There are no actions of moderators on this server",
  ]);
});

Deno.test("a notice names its room unless it is the current one", () => {
  assertEquals(linesOf({ type: "notice", text: "ada kicked you", room: "lobby" }), ["* ada kicked you"]);
  assertEquals(linesOf({ type: "notice", text: "ada kicked you", room: "dev" }), ["* #dev ada kicked you"]);
  assertEquals(linesOf({ type: "notice", text: "The server closes" }), ["* The server closes"]);
});

Deno.test("no reason, name or action can draw on the terminal or add a line", () => {
  for (const { what, text } of HOSTILE_TEXTS) {
    const by = { id: "x", name: text };
    const restriction: Restriction = { id: text, kind: "ban", room: text, member: by, address: text, reason: text, by };
    const entry: AuditEntry = { nth: 1, at: AT, by, action: text, room: text, target: by, address: text, reason: text };
    const events: ServerEvent[] = [
      { type: "restriction", restriction, by, at: AT },
      { type: "restriction", restriction, by: { name: "server" }, at: AT, off: true },
      { type: "restrictions", restrictions: [restriction], moderators: [], count: 1 },
      { type: "audit", entries: [entry], more: false },
      { type: "notice", text, room: text },
    ];
    for (const line of events.flatMap(linesOf)) {
      assertEquals(dangersIn(line), [], what);
      assert(!line.includes("\n"), what);
    }
  }
});

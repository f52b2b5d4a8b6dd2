import { assertEquals, assertMatch } from "@std/assert";
import { plainView } from "../../../src/framing/plain/plain_view.ts";
import type { Restriction, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { SAMPLES } from "../../helpers/sample_events.ts";

const AT = "2026-01-02T03:04:05.678Z";
const ADA = { id: "m-1", name: "ada" };
const BOB = { id: "m-2", name: "bob" };

function told(change: Partial<Restriction>, off?: true): string {
  const whole: Restriction = { id: "o-1", kind: "ban", by: ADA, ...change };
  return plainView({ type: "restriction", restriction: whole, by: ADA, at: AT, off });
}

Deno.test("restrictions and roles, imposed and lifted, are sentences", () => {
  const room = "dev";
  const cases: readonly (readonly [Partial<Restriction>, imposed: string, lifted: string])[] = [
    [{ kind: "ban", room, member: BOB }, "banned bob from #dev", "lifted the ban of bob from #dev"],
    [
      { kind: "ban", reason: "spam" },
      "banned an address from the whole server: spam",
      "lifted the ban of an address from the whole server",
    ],
    [
      { kind: "ban", address: "::1" },
      "banned ::1 from the whole server",
      "lifted the ban of ::1 from the whole server",
    ],
    [{ kind: "mute", room, member: BOB }, "muted bob in #dev", "unmuted bob in #dev"],
    [{ kind: "lock", room }, "locked #dev: new members need an invite", "unlocked #dev"],
    [
      { kind: "lock", room, password: true },
      "locked #dev: new members need its password or an invite",
      "unlocked #dev",
    ],
    [
      { kind: "slow", room, seconds: 5 },
      "slowed #dev down: one message every 5 s per member",
      "ended slow mode in #dev",
    ],
    [
      { kind: "lockdown" },
      "locked the server down: no new members are admitted, and only accounts and moderators may write",
      "ended the lockdown of the server",
    ],
    [{ kind: "allow", room, member: BOB }, "admitted bob to #dev", "withdrew the admission of bob to #dev"],
  ];
  for (const [restriction, imposed, lifted] of cases) {
    assertEquals([told(restriction), told(restriction, true)], [`* ada ${imposed}\n`, `* ada ${lifted}\n`]);
  }
  const role: ServerEvent = { type: "role", room, member: BOB, role: "moderator", by: ADA, at: AT };
  assertEquals([plainView(role), plainView({ ...role, off: true })], [
    "* ada made bob a moderator of #dev\n",
    "* ada removed bob as a moderator of #dev\n",
  ]);
  assertMatch(
    told({ member: BOB, until: AT }),
    /^\* ada banned bob from the whole server until 2026-01-0[123] \d\d:\d\d\n$/,
  );
});

Deno.test("every event about accounts and moderation is shown in whole lines, and an invite with its words", () => {
  const types = [
    "authenticated",
    "registered",
    "sessions",
    "revoked",
    "invite",
    "invites",
    "restriction",
    "role",
    "restrictions",
    "notice",
    "audit",
  ] as const;
  for (const type of types) {
    for (const event of SAMPLES[type]) assertMatch(plainView(event), /^(\* .+\n)+$/, type);
  }
  assertMatch(plainView(SAMPLES.invite[0]!), /: a b c\n$/);
});

Deno.test("a cut list says how many more entries there are", () => {
  assertMatch(plainView({ ...SAMPLES.restrictions[0]!, count: 12 }), /\n\* and 11 more\n$/);
});

Deno.test("entries of lists begin with their ids, which commands on nc take", () => {
  const restriction: Restriction = { id: "o-1", kind: "mute", room: "dev", member: BOB, by: ADA, reason: "loud" };
  const moderators = [{ id: "o-2", room: "dev", member: ADA, by: { name: "owner" } }];
  const event = { type: "restrictions", room: "dev", restrictions: [restriction], moderators, count: 2 } as const;
  assertEquals(
    plainView(event),
    "* Restrictions in #dev; /restrictions end ID ends one\n" +
      "* o-1 mute of bob in #dev: loud (by ada)\n" +
      "* o-2 ada moderates #dev (by the owner)\n",
  );
});

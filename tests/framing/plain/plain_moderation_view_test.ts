import { assertEquals, assertMatch } from "@std/assert";
import { plainView } from "../../../src/framing/plain/plain_view.ts";
import type { Restriction, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { SAMPLES } from "../../helpers/sample_events.ts";

const AT = "2026-01-02T03:04:05.678Z";
const ADA = { id: "m-1", name: "ada" };
const BOB = { id: "m-2", name: "bob" };

function told(order: Partial<Restriction>, off?: true): string {
  const whole: Restriction = { id: "o-1", kind: "ban", by: ADA, ...order };
  return plainView({ type: "restriction", restriction: whole, by: ADA, at: AT, off });
}

Deno.test("what is laid down and lifted is told in sentences", () => {
  const room = "dev";
  const orders: readonly (readonly [Partial<Restriction>, laid: string, lifted: string])[] = [
    [{ kind: "ban", room, member: BOB }, "banned bob from #dev", "lifted the ban of bob from #dev"],
    [
      { kind: "ban", reason: "spam" },
      "banned an address from the whole server (spam)",
      "lifted the ban of an address from the whole server (spam)",
    ],
    [
      { kind: "ban", address: "::1" },
      "banned ::1 from the whole server",
      "lifted the ban of ::1 from the whole server",
    ],
    [{ kind: "mute", room, member: BOB }, "muted bob in #dev", "let bob speak again in #dev"],
    [{ kind: "lock", room }, "locked #dev: an invitation opens it", "unlocked #dev"],
    [{ kind: "lock", room, password: true }, "locked #dev: its password opens it", "unlocked #dev"],
    [
      { kind: "slow", room, seconds: 5 },
      "slowed #dev: one message in 5 s for each",
      "lets #dev write at any pace again",
    ],
    [
      { kind: "lockdown" },
      "closed the server: nobody new comes in, and only registered names write",
      "opened the server again",
    ],
    [{ kind: "allow", room, member: BOB }, "let bob into #dev", "no longer lets bob into #dev"],
  ];
  for (const [order, laid, lifted] of orders) {
    assertEquals([told(order), told(order, true)], [`* ada ${laid}\n`, `* ada ${lifted}\n`]);
  }
  const role: ServerEvent = { type: "role", room, member: BOB, role: "moderator", by: ADA, at: AT };
  assertEquals([plainView(role), plainView({ ...role, off: true })], [
    "* ada made bob a moderator of #dev\n",
    "* ada took the role of a moderator of #dev from bob\n",
  ]);
  assertMatch(
    told({ member: BOB, until: AT }),
    /^\* ada banned bob from the whole server until 2026-01-0[123] \d\d:\d\d\n$/,
  );
});

Deno.test("every event about accounts and order is shown in whole lines, and an invite with its words", () => {
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
  assertMatch(plainView(SAMPLES.invite[0]!), /: a-b-c\n$/);
});

Deno.test("a list that was cut says how many more there are", () => {
  assertMatch(plainView({ ...SAMPLES.restrictions[0]!, count: 12 }), /\n\* and 11 more\n$/);
});

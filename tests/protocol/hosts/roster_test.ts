import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import {
  draftStatement,
  emptyRoster,
  hostsOf,
  mayHost,
  mergeRoster,
  nextNumber,
  ownsChat,
  type Roster,
  rosterStatements,
} from "../../../src/protocol/hosts/roster.ts";
import {
  foundingStatement,
  type RosterStatement,
  rosterText,
  type SharedChat,
} from "../../../src/protocol/hosts/roster_statement.ts";
import * as limits from "../../../src/protocol/limits.ts";
import {
  CHAT,
  foundedRoster,
  isGenuineStatement,
  signStatement,
  statement,
  TIME,
} from "../../helpers/sample_rosters.ts";

function merge(roster: Roster, ...statements: readonly RosterStatement[]): Roster {
  return mergeRoster(roster, statements, isGenuineStatement);
}

function union(some: Roster, other: Roster): Roster {
  return merge(some, ...rosterStatements(other));
}

function hostKeys(roster: Roster): string[] {
  return hostsOf(roster).map(({ key }) => key);
}

const founded = foundedRoster("ann");

Deno.test("the founder owns the chat and may host it, and nobody else may", () => {
  assert(ownsChat(founded, "ann") && mayHost(founded, "ann"));
  assertEquals([ownsChat(founded, "bob"), mayHost(founded, "bob"), mayHost(founded, CHAT.chatKey)], [
    false,
    false,
    false,
  ]);
  assertEquals(hostsOf(founded), [{ key: "ann", role: "owner", member: "id of ann", name: "ann" }]);
  assertEquals(mayHost(emptyRoster(CHAT), "ann"), false);
});

Deno.test("an owner adds hosts and owners, and a host adds nobody", () => {
  const shared = merge(
    founded,
    statement(["add", "host", "bob"], "ann", 2),
    statement(["add", "owner", "eve"], "ann", 3),
  );
  assertEquals(hostKeys(shared), ["ann", "eve", "bob"]);
  assertEquals(hostKeys(merge(shared, statement(["add", "host", "cat"], "bob", 4))), ["ann", "eve", "bob"]);
  assertEquals(hostKeys(merge(shared, statement(["add", "host", "cat"], "eve", 4))), ["ann", "eve", "bob", "cat"]);
});

Deno.test("what the signer says by a number not above the one that made it an owner does not count", () => {
  const shared = merge(founded, statement(["add", "owner", "eve"], "ann", 5));
  for (const number of [1, 4, 5]) {
    assertStrictEquals(merge(shared, statement(["add", "host", "cat"], "eve", number)), shared);
  }
  assert(mayHost(merge(shared, statement(["add", "host", "cat"], "eve", 6)), "cat"));
});

Deno.test("two owners who add each other again stay owners, and their statements count", () => {
  const shared = merge(
    founded,
    statement(["add", "owner", "bob"], "ann", 2),
    statement(["add", "owner", "cat"], "bob", 3),
    statement(["add", "owner", "bob"], "cat", 4),
    statement(["add", "owner", "cat"], "bob", 5),
  );
  assertEquals(shared.owners.map(({ number }) => number), [1, 2, 3]);
  assert(mayHost(merge(shared, statement(["add", "host", "dan"], "cat", 6)), "dan"));
});

Deno.test("an owner's removal of a host wins over each addition with the same number or a lower one", () => {
  const removal = statement(["remove", "host", "bob"], "ann", 3);
  for (const number of [2, 3]) {
    const addition = statement(["add", "host", "bob"], "ann", number);
    for (const roster of [merge(founded, addition, removal), merge(merge(founded, removal), addition)]) {
      assertEquals(mayHost(roster, "bob"), false);
      assertEquals(roster.hosts.length, 1);
    }
  }
  assert(mayHost(merge(founded, removal, statement(["add", "host", "bob"], "ann", 4)), "bob"));
});

Deno.test("nobody removes an owner, and an owner who is removed as a host may host", () => {
  const removals = [statement(["remove", "owner", "ann"], "ann", 2), statement(["remove", "host", "ann"], "ann", 3)];
  assert(mayHost(merge(founded, ...removals), "ann"));
  assertEquals(hostKeys(merge(founded, ...removals)), ["ann"]);
});

Deno.test("forged and foreign statements, and those with numbers out of bounds, change nothing", () => {
  const genuine = statement(["add", "host", "bob"], "ann", 2);
  const elsewhere: SharedChat[] = [{ ...CHAT, chat: "another" }, { ...CHAT, chatKey: "another key" }];
  const bad = [
    { ...genuine, key: "eve" },
    { ...genuine, name: "eve" },
    { ...genuine, number: 3 },
    { ...genuine, signature: "" },
    ...elsewhere.map((chat) => signStatement(genuine, chat)),
    statement(["add", "host", "eve"], "eve", 2),
    statement(["add", "owner", "eve"], "eve", 2),
    statement(["add", "host", "eve"], CHAT.chatKey, 1),
    statement(["add", "owner", "eve"], CHAT.chatKey, 2),
    statement(["remove", "owner", "ann"], CHAT.chatKey, 1),
    ...[0, -1, 1.5, NaN, Infinity, limits.MAX_ROSTER_NUMBER + 1, 2 ** 53].map((number) =>
      statement(["add", "host", "bob"], "ann", number)
    ),
  ];
  for (const statement of bad) assertStrictEquals(merge(founded, statement), founded, JSON.stringify(statement));
  assert(mayHost(merge(founded, ...bad, genuine), "bob"));
  assertEquals(hostKeys(merge(founded, ...bad, genuine)), ["ann", "bob"]);
});

Deno.test("the statements of another chat found nothing", () => {
  const other = { ...CHAT, chat: "another" };
  assertEquals(merge(emptyRoster(CHAT), ...rosterStatements(foundedRoster("ann", other))), emptyRoster(CHAT));
});

Deno.test("drafts get the next number, and are refused to others than owners and where they change nothing", () => {
  const bob = { role: "host", key: "bob", member: "id of bob", name: "Bob" } as const;
  const draft = draftStatement(founded, { ...bob, action: "add" }, "ann", TIME);
  assertEquals(draft, { ...bob, action: "add", number: 2, time: TIME, by: "ann" });
  const shared = merge(founded, signStatement(draft));
  assertEquals(nextNumber(shared), 3);
  const refusals = [
    [founded, { ...bob, action: "add" }, "bob", "forbidden"],
    [shared, { ...bob, action: "add" }, "ann", "invalid"],
    [founded, { ...bob, action: "remove" }, "ann", "invalid"],
    [founded, { ...bob, key: "ann", action: "remove" }, "ann", "forbidden"],
    [founded, { ...bob, key: "ann", role: "owner", action: "remove" }, "ann", "forbidden"],
    [founded, { ...bob, key: "ann", role: "owner", action: "add" }, "ann", "invalid"],
  ] as const;
  for (const [roster, change, by, code] of refusals) {
    const error = assertThrows(() => draftStatement(roster, change, by, TIME), ProtocolError);
    assertEquals(error.code, code);
  }
});

Deno.test("the last number is used again, and a removal by it is final", () => {
  const last = limits.MAX_ROSTER_NUMBER;
  const shared = merge(founded, statement(["add", "host", "bob"], "ann", last));
  assertEquals(nextNumber(shared), last);
  const removed = merge(shared, statement(["remove", "host", "bob"], "ann", last));
  assertEquals(mayHost(removed, "bob"), false);
  assertStrictEquals(merge(removed, statement(["add", "host", "bob"], "ann", last)), removed);
});

Deno.test("owners and hosts beyond the limits are refused, and never count", () => {
  const nth = (index: number) => `k${String(index).padStart(3, "0")}`;
  const keys = Array.from({ length: limits.MAX_ROSTER_HOSTS + 5 }, (_, index) => nth(index));
  const owners = merge(founded, ...keys.map((key, index) => statement(["add", "owner", key], "ann", index + 2)));
  assertEquals(owners.owners.length, limits.MAX_ROSTER_OWNERS);
  assertEquals(ownsChat(owners, nth(limits.MAX_ROSTER_OWNERS - 2)), true);
  assertEquals(ownsChat(owners, nth(limits.MAX_ROSTER_OWNERS - 1)), false);
  const full = merge(owners, ...keys.map((key) => statement(["add", "host", key], "ann", 500)));
  assertEquals(rosterStatements(full).length, limits.MAX_ROSTER_STATEMENTS);
  for (const role of ["owner", "host"] as const) {
    const change = { action: "add", role, key: "z", member: "m", name: "z" } as const;
    assertEquals(assertThrows(() => draftStatement(full, change, "ann", TIME), ProtocolError).code, "forbidden");
  }
  const removal = draftStatement(
    full,
    { action: "remove", role: "host", key: nth(20), member: "m", name: "z" },
    "ann",
    TIME,
  );
  const fewer = merge(full, signStatement(removal));
  assertEquals(mayHost(fewer, nth(20)), false);
  assertEquals(rosterStatements(fewer).length, limits.MAX_ROSTER_STATEMENTS);
});

Deno.test("a removed host does not come back when the list overflows", () => {
  const removed = merge(founded, statement(["remove", "host", "zoe"], "ann", 9));
  const others = Array.from({ length: limits.MAX_ROSTER_HOSTS }, (_, index) => `k${index}`);
  const full = merge(removed, ...others.map((key) => statement(["add", "host", key], "ann", 10)));
  assertEquals(mayHost(merge(full, statement(["add", "host", "zoe"], "ann", 8)), "zoe"), false);
});

const KEYS = ["ann", "bob", "cat", "dan", "eve"];
const change = fc.tuple(
  fc.constantFrom("add" as const, "remove" as const),
  fc.constantFrom("owner" as const, "host" as const),
  fc.constantFrom(...KEYS),
);
const anyStatement = fc.record({
  change,
  by: fc.constantFrom(...KEYS, CHAT.chatKey),
  number: fc.integer({ min: 0, max: 8 }),
  isForged: fc.boolean(),
}).map(({ change, by, number, isForged }) => {
  const signed = statement(change, by, number);
  return isForged ? { ...signed, signature: `${signed.signature}!` } : signed;
});
const statements = fc.array(anyStatement, { maxLength: 20 });
const anyRoster = statements.map((list) => merge(founded, ...list));

Deno.test("merging is idempotent, commutative and associative", () => {
  fc.assert(fc.property(anyRoster, anyRoster, anyRoster, (a, b, c) => {
    assertStrictEquals(union(a, a), a);
    assertEquals(union(a, b), union(b, a));
    assertEquals(union(union(a, b), c), union(a, union(b, c)));
    assertEquals(union(union(a, b), b), union(a, b));
  }));
});

Deno.test("the order and the repetition of statements in one list do not matter", () => {
  fc.assert(fc.property(statements, fc.array(fc.nat(), { minLength: 20 }), (list, picks) => {
    const mixed = [...list];
    picks.forEach((pick, index) => {
      if (list.length > 0) mixed.splice(pick % mixed.length, 0, list[index % list.length]!);
    });
    assertEquals(merge(founded, ...mixed), merge(founded, ...list));
  }));
});

Deno.test("rosters that owners changed apart are equal after they were merged in any order, and each chain ends at the founder", () => {
  const step = fc.record({ at: fc.nat({ max: 2 }), from: fc.nat({ max: 2 }), change, by: fc.constantFrom(...KEYS) });
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, isReversed) => {
    const copies = [founded, founded, founded];
    for (const { at, from, change: [action, role, key], by } of steps) {
      if (at !== from) copies[at] = union(copies[at]!, copies[from]!);
      else copies[at] = drafted(copies[at]!, { action, role, key, member: `id of ${key}`, name: key }, by);
    }
    const [first, ...others] = isReversed ? copies.toReversed() : copies;
    const merged = others.reduce(union, first!);
    for (const copy of copies) assertEquals(union(copy, merged), merged);
    for (const { by, number } of rosterStatements(merged)) {
      assert(
        number === 1 ? by === CHAT.chatKey : merged.owners.some((owner) => owner.key === by && owner.number < number),
      );
    }
  }));
});

/** The roster with this change, or as it was if the change is refused. */
function drafted(roster: Roster, change: Parameters<typeof draftStatement>[1], by: string): Roster {
  try {
    return merge(roster, signStatement(draftStatement(roster, change, by, TIME)));
  } catch (error) {
    assert(error instanceof ProtocolError, String(error));
    return roster;
  }
}

Deno.test("a signed statement names its chat and all its fields, and the founding one is the chat's", () => {
  const founding = foundingStatement(CHAT, { key: "k", member: "m", name: "Ann" }, TIME);
  assertEquals(
    rosterText(CHAT, founding),
    `confab-roster-1\n{"action":"add","by":"chat key","chat":"chat","chatKey":"chat key","key":"k","member":"m",` +
      `"name":"Ann","number":"1","role":"owner","time":"${TIME}"}`,
  );
});

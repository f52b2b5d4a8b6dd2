import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  ADDRESS_ATTEMPTS_MS,
  DEFAULT_ATTEMPTS_PER_ADDRESS,
  DEFAULT_CONNECTIONS_PER_ADDRESS,
  MAX_ATTEMPTING_ADDRESSES,
  REFUSED_RETRY_SECONDS,
} from "../../../src/protocol/limits.ts";
import { AddressLimits } from "../../../src/server/accept/address_limits.ts";

const HERE = "192.0.2.7";

function limitsOf(connectionsPerAddress: number, attemptsPerAddress: number): AddressLimits {
  return new AddressLimits({ connectionsPerAddress, attemptsPerAddress });
}

/** Returns how many of `count` simultaneous connections are admitted. */
function admitted(limits: AddressLimits, count: number, address: (n: number) => string | undefined, now = 0): number {
  const refusals = Array.from({ length: count }, (_, n) => limits.enter(address(n), now));
  return refusals.filter((refusal) => refusal === undefined).length;
}

Deno.test("an address may open a limited number of connections, and one more for each that it closes", () => {
  const limits = limitsOf(DEFAULT_CONNECTIONS_PER_ADDRESS, 0);
  assertEquals(admitted(limits, DEFAULT_CONNECTIONS_PER_ADDRESS, () => HERE), DEFAULT_CONNECTIONS_PER_ADDRESS);
  const { code, message, details } = limits.enter(HERE, 0)!;
  assertEquals([code, details.retryAfter], ["too_many_connections", REFUSED_RETRY_SECONDS]);
  assertMatch(message, /^Your address already has 16 connections: /);
  assertEquals(limits.enter("192.0.2.8", 0), undefined);
  limits.leave(HERE);
  assertEquals(limits.enter(HERE, 0), undefined);
  assertEquals(limits.enter(HERE, 0)?.code, "too_many_connections");
});

Deno.test("an address may connect a limited number of times in ten minutes, and is told how long to wait", () => {
  const limits = limitsOf(0, DEFAULT_ATTEMPTS_PER_ADDRESS);
  for (let n = 0; n < DEFAULT_ATTEMPTS_PER_ADDRESS; n++) {
    assertEquals(limits.enter(HERE, n), undefined);
    limits.leave(HERE);
  }
  const now = DEFAULT_ATTEMPTS_PER_ADDRESS;
  const { code, message, details } = limits.enter(HERE, now)!;
  const retryAfter = details.retryAfter!;
  assertEquals(code, "too_many_connections");
  assertEquals(message, `Too many connections from your address: try again in ${retryAfter} seconds`);
  assertEquals(retryAfter, Math.ceil(ADDRESS_ATTEMPTS_MS / DEFAULT_ATTEMPTS_PER_ADDRESS / 1_000));
  assertEquals(limits.enter("192.0.2.8", now), undefined);
  assertEquals(limits.enter(HERE, now + retryAfter * 1_000), undefined);
  assertEquals(limits.enter(HERE, now + retryAfter * 1_000)?.code, "too_many_connections");
});

Deno.test("a refusal for too many connections does not count as an attempt", () => {
  const limits = limitsOf(1, 2);
  assertEquals(admitted(limits, 10, () => HERE), 1);
  limits.leave(HERE);
  assertEquals(limits.enter(HERE, 0), undefined);
});

Deno.test("a /64 of IPv6 counts as one address, and an IPv4 address as itself in either form", () => {
  const limits = limitsOf(16, 0);
  assertEquals(admitted(limits, 40, (n) => `2001:db8::${n.toString(16)}:1`), 16);
  assertEquals(admitted(limits, 40, (n) => `2001:db8:0:${n.toString(16)}a::1`), 40);
  assertEquals(admitted(limits, 40, (n) => n % 2 === 0 ? HERE : `::ffff:${HERE}`), 16);
  assertEquals(admitted(limits, 40, (n) => `192.0.2.${n + 100}`), 40);
});

Deno.test("this machine and connections without an address have no limit", () => {
  const limits = limitsOf(1, 1);
  for (const address of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", undefined]) {
    assertEquals(admitted(limits, 50, () => address), 50, address);
    limits.leave(address);
  }
});

Deno.test("0 means no limit", () => {
  assertEquals(admitted(limitsOf(0, 0), 500, () => HERE), 500);
});

Deno.test("the attempts of an address are forgotten when they expire, and not before", () => {
  const limits = limitsOf(0, 2);
  assertEquals(admitted(limits, 3, () => HERE), 2);
  limits.tick(ADDRESS_ATTEMPTS_MS / 4);
  assertEquals(limits.enter(HERE, ADDRESS_ATTEMPTS_MS / 4)?.code, "too_many_connections");
  limits.tick(ADDRESS_ATTEMPTS_MS * 5 / 4);
  assertEquals(admitted(limits, 3, () => HERE, ADDRESS_ATTEMPTS_MS * 5 / 4), 2);
});

Deno.test("a flood from new addresses evicts the addresses that were quiet longest", () => {
  const limits = limitsOf(0, 1);
  const address = (n: number) => `10.${n >> 16}.${n >> 8 & 255}.${n & 255}`;
  assertEquals(limits.enter(HERE, 0), undefined);
  const flood = (from: number, count: number) => {
    for (let n = from; n < from + count; n++) {
      limits.enter(address(n), 0);
      limits.leave(address(n));
    }
  };
  flood(0, MAX_ATTEMPTING_ADDRESSES - 1);
  assert(limits.enter(HERE, 0) !== undefined);
  flood(MAX_ATTEMPTING_ADDRESSES, MAX_ATTEMPTING_ADDRESSES - 1);
  assert(limits.enter(HERE, 0) !== undefined, "An address that keeps connecting is remembered");
  flood(2 * MAX_ATTEMPTING_ADDRESSES, MAX_ATTEMPTING_ADDRESSES);
  assertEquals(limits.enter(HERE, 0), undefined);
});

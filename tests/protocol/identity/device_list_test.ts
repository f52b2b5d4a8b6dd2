import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import {
  applyStatement,
  type Device,
  type DeviceList,
  foundDevices,
  vouchDevice,
} from "../../../src/protocol/identity/device_list.ts";
import type { DeviceStatement } from "../../../src/protocol/identity/signed_text.ts";
import { MAX_DEVICES_PER_MEMBER } from "../../../src/protocol/limits.ts";

const TIME = "2026-11-29T10:00:00.000Z";

function device(key: string): Device {
  return { key, kind: "terminal", name: `Device ${key}`, since: TIME };
}

function listOf(first: string, ...others: string[]): DeviceList {
  return others.reduce((list, key) => applyStatement(list, add(list, key, first), true), founded(first));
}

function founded(key: string): DeviceList {
  return foundDevices("chat", "ada", device(key));
}

function add(list: DeviceList, key: string, by: string): DeviceStatement {
  const next = { number: list.statements + 1, time: TIME, by };
  return { action: "add", chat: "chat", member: "ada", key, kind: "page", name: "Phone", ...next };
}

function revoke(list: DeviceList, key: string, by: string): DeviceStatement {
  return { action: "revoke", chat: "chat", member: "ada", number: list.statements + 1, key, time: TIME, by };
}

function keysOf({ devices }: DeviceList): string[] {
  return devices.map(({ key }) => key);
}

function refusal(list: DeviceList, statement: DeviceStatement, isGenuine = true): string {
  try {
    applyStatement(list, statement, isGenuine);
  } catch (error) {
    assert(error instanceof ProtocolError);
    return error.code;
  }
  return "accepted";
}

Deno.test("a listed key adds a device, and the new device may sign", () => {
  const list = listOf("a", "b");
  assertEquals(list.devices[1], { key: "b", kind: "page", name: "Phone", since: TIME });
  assertEquals(keysOf(applyStatement(list, add(list, "c", "b"), true)), ["a", "b", "c"]);
});

Deno.test("a statement with a false signature, or by a key that is not listed, changes nothing", () => {
  const list = listOf("a", "b");
  assertEquals(refusal(list, add(list, "c", "a"), false), "bad_signature");
  assertEquals(refusal(list, add(list, "c", "stranger"), true), "forbidden");
  assertEquals(refusal(list, add(list, "c", "c"), true), "forbidden");
});

Deno.test("a statement is applied once, and only in its place", () => {
  const list = listOf("a", "b");
  const statement = revoke(list, "b", "a");
  const without = applyStatement(list, statement, true);
  assertEquals(refusal(without, statement), "out_of_date");
  const again = applyStatement(without, add(without, "b", "a"), true);
  assertEquals(refusal(again, statement), "out_of_date");
  assertEquals(refusal(list, { ...statement, number: statement.number + 1 }), "out_of_date");
});

Deno.test("of two devices that revoke each other, the one whose statement came first stays", () => {
  const list = listOf("a", "b");
  const [byA, byB] = [revoke(list, "b", "a"), revoke(list, "a", "b")];
  for (const [first, second, stays] of [[byA, byB, "a"], [byB, byA, "b"]] as const) {
    const changed = applyStatement(list, first, true);
    assertEquals(keysOf(changed), [stays]);
    assertEquals(refusal(changed, second), "forbidden");
    assertEquals(refusal(changed, { ...second, number: changed.statements + 1 }), "forbidden");
  }
});

Deno.test("the last key cannot be revoked, and a device may revoke itself while another is listed", () => {
  const alone = founded("a");
  assertEquals(refusal(alone, revoke(alone, "a", "a")), "forbidden");
  const list = listOf("a", "b");
  assertEquals(keysOf(applyStatement(list, revoke(list, "a", "a"), true)), ["b"]);
});

Deno.test("a statement about another member or chat, a double device and an unknown device are refused", () => {
  const list = listOf("a", "b");
  assertEquals(refusal(list, { ...add(list, "c", "a"), member: "bob" }), "invalid");
  assertEquals(refusal(list, { ...add(list, "c", "a"), chat: "other" }), "invalid");
  assertEquals(refusal(list, { ...add(list, "c", "a"), name: undefined }), "invalid");
  assertEquals(refusal(list, add(list, "b", "a")), "invalid");
  assertEquals(refusal(list, revoke(list, "c", "a")), "invalid");
});

Deno.test("a device for which the server vouches is marked, and takes no number from the statements", () => {
  const list = vouchDevice(listOf("a", "b"), device("c"));
  assertEquals(list.devices[2], { ...device("c"), vouched: true });
  assertEquals(list.statements, 1);
  assertEquals(vouchDevice(list, device("c")), list);
});

Deno.test("a member has no more keys than the limit, by either way", () => {
  const others = Array.from({ length: MAX_DEVICES_PER_MEMBER - 1 }, (_, index) => `key ${index}`);
  const list = listOf("a", ...others);
  assertEquals(list.devices.length, MAX_DEVICES_PER_MEMBER);
  assertEquals(refusal(list, add(list, "one more", "a")), "forbidden");
  try {
    vouchDevice(list, device("one more"));
    assert(false, "The device is added");
  } catch (error) {
    assert(error instanceof ProtocolError && error.code === "forbidden");
  }
});

Deno.test("whatever is stated, the list keeps at least one key and no key twice, and only its own keys change it", () => {
  const keys = ["a", "b", "c", "d"];
  const step = fc.record({
    action: fc.constantFrom("add" as const, "revoke" as const),
    key: fc.constantFrom(...keys),
    by: fc.constantFrom(...keys),
    late: fc.integer({ min: 0, max: 2 }),
    isGenuine: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    let list = founded("a");
    for (const { action, key, by, late, isGenuine } of steps) {
      const statement = action === "add" ? add(list, key, by) : revoke(list, key, by);
      const number = statement.number - late;
      const isAllowed = isGenuine && late === 0 && keysOf(list).includes(by);
      const before = list;
      try {
        list = applyStatement(list, { ...statement, number }, isGenuine);
        assert(isAllowed && list.statements === before.statements + 1);
      } catch (error) {
        assert(error instanceof ProtocolError, String(error));
      }
      assert(list.devices.length > 0);
      assertEquals(new Set(keysOf(list)).size, list.devices.length);
    }
  }));
});

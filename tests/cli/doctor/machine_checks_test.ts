import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../../src/cli/args/exit_codes.ts";
import type { Finding } from "../../../src/cli/doctor/check_result.ts";
import {
  checkAddresses,
  checkClock,
  checkDescriptors,
  checkFirewall,
  checkNearby,
  checkVersions,
} from "../../../src/cli/doctor/machine_checks.ts";
import { checkPort, type PortTools } from "../../../src/cli/doctor/port_check.ts";
import { findFirewall } from "../../../src/cli/doctor/system_tools.ts";

const NOW = Date.UTC(2026, 10, 29, 9);

/** The exit code of a failure. */
function codeOf(finding: Finding): number | undefined {
  return finding.verdict === "failed" ? finding.code : undefined;
}

Deno.test("the oldest supported Deno and newer ones are fine, and an older one is not", () => {
  const versions = { confab: "0.1.0", os: "linux", arch: "x86_64" };
  for (const deno of ["2.7.11", "2.9.6", "2.10.0", "3.0.0"]) {
    assertEquals(checkVersions({ ...versions, deno }).verdict, "ok");
  }
  for (const deno of ["2.7.9", "1.46.0"]) assertEquals(codeOf(checkVersions({ ...versions, deno })), EXIT.unfit);
});

Deno.test("a clock is fine unless it is years slow, or earlier than the newest file of the data folder", () => {
  const timeZone = "Europe/Berlin";
  assertEquals(
    checkClock({ now: NOW, timeZone, written: NOW - 5 }).found,
    "2026-11-29 09:00:00 UTC, time zone Europe/Berlin",
  );
  assertEquals(checkClock({ now: NOW, timeZone, written: NOW + 59_000 }).verdict, "ok");
  const behind = checkClock({ now: NOW, timeZone, written: NOW + 3_600_000 });
  assertEquals(codeOf(behind), EXIT.unfit);
  assertStringIncludes(behind.found, "2026-11-29 10:00:00 UTC");
  assertEquals(codeOf(checkClock({ now: 0, timeZone })), EXIT.unfit);
});

Deno.test("addresses beyond loopback are listed, and without one there is a warning", () => {
  assertEquals(checkAddresses(["192.168.1.26", "127.0.0.1"]).found, "Others may reach this machine at 192.168.1.26");
  const many = checkAddresses(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"]);
  assertMatch(many.found, /10\.0\.0\.4 and 1 more$/);
  assertEquals([checkAddresses([]).verdict, checkAddresses(["127.0.0.1"]).verdict], ["warning", "warning"]);
});

Deno.test("a firewall is found by its files, and the command that opens the port is named", () => {
  const files = (path: string, text: string) => (asked: string) => asked === path ? text : undefined;
  assertEquals(findFirewall("linux", files("/etc/ufw/ufw.conf", "# ufw\nENABLED=yes\n")), "ufw");
  assertEquals(findFirewall("linux", files("/etc/ufw/ufw.conf", "ENABLED=no\n")), "unknown");
  assertEquals(findFirewall("windows", () => undefined), "windows");
  assertStringIncludes(checkFirewall("ufw", 5051).next!, "sudo ufw allow 5051/tcp");
  assertStringIncludes(checkFirewall("firewalld", 5051).next!, "--add-port=5051/tcp");
  for (const kind of ["windows", "macos", "unknown"] as const) assertEquals(checkFirewall(kind, 5050).verdict, "note");
});

Deno.test("too few open files are a warning, and a system without a limit is fine", () => {
  assertEquals([true, undefined, false].map((held) => checkDescriptors(held).verdict), ["ok", "ok", "warning"]);
});

Deno.test("an error of the search for nearby chats is a warning with its reason", () => {
  assertEquals(checkNearby({ chats: 1, errors: [] }).found, "1 chat found on this network");
  const { verdict, found } = checkNearby({ chats: 0, errors: ["the address is already in use"] });
  assertEquals([verdict, found.endsWith("the address is already in use")], ["warning", true]);
});

function portTools(changes: Partial<PortTools>): PortTools {
  return {
    listen: () => {},
    occupant: () => Promise.resolve(undefined),
    ask: () => Promise.reject(new Error("not asked")),
    ...changes,
  };
}

Deno.test("a free port is fine, and so is one with a Confab server", async () => {
  assertEquals(await checkPort(5050, portTools({})).then(({ found }) => found), "Port 5050 is free");
  const served = await checkPort(
    5050,
    portTools({
      occupant: () => Promise.resolve("127.0.0.1:5050"),
      ask: () =>
        Promise.resolve({ kind: "welcome", title: "Tea", version: "0.1.0", protocol: 1, chat: "c", servers: [] }),
    }),
  );
  assertEquals([served.verdict, served.found.includes('"Tea"')], ["ok", true]);
});

Deno.test("a port fails that another program uses, or on which nobody may listen", async () => {
  const used = await checkPort(
    5050,
    portTools({
      occupant: () => Promise.resolve("127.0.0.1:5050"),
      ask: () => Promise.resolve({ kind: "silent", began: false }),
    }),
  );
  const denied = await checkPort(
    80,
    portTools({
      listen: () => {
        throw new Deno.errors.PermissionDenied("no");
      },
    }),
  );
  for (const finding of [used, denied]) assertEquals(codeOf(finding), EXIT.cannotListen);
  assertStringIncludes(denied.found, "denies permission");
});

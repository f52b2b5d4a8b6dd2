/** Checks of this machine that concern servers and clients. What they look at is an argument. */

import { EXIT } from "../args/exit_codes.ts";
import { isLoopbackHost } from "../platform/machine_addresses.ts";
import { failed, type Finding, note, ok, warning } from "./check_result.ts";

/** The oldest supported version of Deno. */
const OLDEST_DENO = "2.7.11";

export interface Versions {
  readonly confab: string;
  readonly deno: string;
  readonly os: string;
  readonly arch: string;
}

export function checkVersions({ confab, deno, os, arch }: Versions): Finding {
  const found = `Confab ${confab}, Deno ${deno}, ${os} on ${arch}`;
  if (isAtLeast(deno, OLDEST_DENO)) return ok(found);
  return failed(EXIT.unfit, found, `Install Deno ${OLDEST_DENO} or later`);
}

function isAtLeast(version: string, oldest: string): boolean {
  return version.localeCompare(oldest, "en", { numeric: true }) >= 0;
}

/** Before Confab existed: a machine whose clock has lost its battery starts years earlier. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);
/** Longer than clocks of two machines on a network drive differ. */
const CLOCK_MARGIN_MS = 60_000;

export interface ClockReading {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly timeZone: string;
  /** When the newest file of the data folder was written. */
  readonly written?: number;
}

export function checkClock({ now, timeZone, written }: ClockReading): Finding {
  const found = `${utc(now)}, time zone ${timeZone}`;
  const next = "Set the clock of this machine, best by the internet (NTP): a wrong one makes certificates invalid";
  if (now < EARLIEST_MS) return failed(EXIT.unfit, `${found}: it is years behind`, next);
  if (written !== undefined && written > now + CLOCK_MARGIN_MS) {
    return failed(
      EXIT.unfit,
      `${found}: it is behind, or was ahead, since the data folder changed at ${utc(written)}`,
      next,
    );
  }
  return ok(found);
}

function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** More would not fit on a line. */
const SHOWN_ADDRESSES = 4;

/** `hosts` are the addresses of this machine, most likely reachable first. */
export function checkAddresses(hosts: readonly string[]): Finding {
  const others = hosts.filter((host) => !isLoopbackHost(host));
  const shown = others.slice(0, SHOWN_ADDRESSES).join(", ");
  const more = others.length > SHOWN_ADDRESSES ? ` and ${others.length - SHOWN_ADDRESSES} more` : "";
  if (others.length > 0) return ok(`Others may reach this machine at ${shown}${more}`);
  return warning("This machine has no network address, so only it can join", "Connect it to a network");
}

/** The firewall, as far as it can be seen without administrator rights. */
export type Firewall = "ufw" | "firewalld" | "windows" | "macos" | "unknown";

export function checkFirewall(firewall: Firewall, port: number): Finding {
  const test = "run doctor with its address on another machine";
  switch (firewall) {
    case "ufw":
      return note("ufw is on, and only root can read its rules", `sudo ufw allow ${port}/tcp, then ${test}`);
    case "firewalld":
      return note(
        "firewalld is on, and only root can read its rules",
        `sudo firewall-cmd --add-port=${port}/tcp, then ${test}`,
      );
    case "windows":
      return note("Windows asks once whether to admit others", `Allow Confab for private networks, then ${test}`);
    case "macos":
      return note("macOS may ask whether to admit others", `Allow incoming connections, then ${test}`);
    case "unknown":
      return note("A firewall cannot be seen from here", `To be sure, start the server, and ${test}`);
    default:
      return firewall satisfies never;
  }
}

/** Enough for some hundred members. */
export const WANTED_DESCRIPTORS = 1_024;

/** `held` says whether `WANTED_DESCRIPTORS` more files could be open; `undefined` where the system has no such limit. */
export function checkDescriptors(held: boolean | undefined): Finding {
  if (held === undefined) return ok("This system has no limit for open files and connections");
  if (held) return ok(`At least ${WANTED_DESCRIPTORS} more files and connections can be open`);
  return warning(
    `Fewer than ${WANTED_DESCRIPTORS} more files and connections can be open`,
    "Raise the limit before the start of the server: ulimit -n 20000, or LimitNOFILE= of a systemd service",
  );
}

/** `errors` are explained. */
export interface NearbyResult {
  readonly chats: number;
  readonly errors: readonly string[];
}

export function checkNearby({ chats, errors: [error] }: NearbyResult): Finding {
  const found = `${chats} ${chats === 1 ? "chat" : "chats"} found on this network`;
  if (error === undefined) return ok(found);
  return warning(
    `${found}, and part of it could not be searched: ${error}`,
    "Admit UDP port 5353 in the firewall, or join by an address or an invite",
  );
}

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseEndpoint } from "../../../src/protocol/address/endpoint.ts";
import type { ProtocolError } from "../../../src/protocol/errors.ts";
import {
  canonicalSecret,
  formatInvite,
  formatSpoken,
  isInvite,
  parseInvite,
  parseSpoken,
} from "../../../src/protocol/address/invite_link.ts";
import { WELL_FORMED } from "../../helpers/any_text.ts";
import { pure, type Target } from "../target.ts";
import { assertHarmlessLine, protocolErrorOf } from "./checks.ts";

const FINGERPRINT = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
const HOSTS = ["192.168.1.26:5050", "[fe80::1%eth0]:5050", "::1", "example.com", "bücher.example:1", "host:99999", ""];
const PART = fc.oneof(
  WELL_FORMED,
  fc.constantFrom(...HOSTS, FINGERPRINT, `chat=${FINGERPRINT}`, "lobby", "%", "%00", "%E2%80%AE", ".", "a-b-c"),
);

export const INVITE: Target = {
  name: "invite",
  gateInputs: 10_000,
  words: [
    "confab://",
    "?or=",
    "chat=",
    ",",
    "#",
    "/",
    ".",
    "%",
    "%2",
    "%00",
    "%E2%80%AE",
    "[",
    "]",
    ":",
    "-",
    "–",
    FINGERPRINT,
    ...HOSTS,
  ],
  arbitrary: fc.oneof(
    fc.tuple(PART, PART, PART, PART).map(([host, room, print, secret]) =>
      `confab://${host}/${room}#${print}.${secret}`
    ),
    fc.tuple(PART, PART, PART, PART).map(([host, other, third, secret]) =>
      `confab://${host}/lobby?or=${other},${third}#.${secret}`
    ),
    fc.tuple(PART, fc.array(fc.constantFrom("word", "Abbey", "zoo", "–", "-"))).map(([host, words]) =>
      `${host} ${words.join(" ")}`
    ),
  ),
  open: pure(run),
};

/** An invite survives formatting and parsing. An invalid one is refused by an error that quotes none of it, as it may be a secret. */
function run(input: string): string {
  isInvite(input);
  const secret = canonicalSecret(input);
  assertEquals(canonicalSecret(secret), secret);
  const link = tried(input, () => {
    const invite = parseInvite(input);
    const text = formatInvite(invite);
    assert(!/["$`\\!\s]/u.test(text), `A shell would interpret this invite: ${text}`);
    assertHarmlessLine(text);
    assertEquals(parseInvite(text), invite);
  });
  const words = tried(input, () => {
    const spoken = parseSpoken(input);
    assertEquals(parseSpoken(formatSpoken(spoken)), spoken);
  });
  const endpoint = tried(input, () => void parseEndpoint(input));
  return `${link} as a link, ${words} in words, ${endpoint} as an address`;
}

function tried(input: string, parse: () => void): string {
  const fault = protocolErrorOf(parse);
  if (fault !== undefined) checkSilence(input, fault);
  return fault === undefined ? "fine" : "refused";
}

/** Checks that no text after the `#` is quoted. */
function checkSilence(input: string, { code, message }: ProtocolError): void {
  assertEquals(code, "invalid");
  const secret = input.slice(input.indexOf("#") + 1).replace(/^[^.]*\./, "");
  const told = input.includes("#") && secret.length >= 12 && message.includes(secret);
  assert(!told, `The secret is told: ${message}`);
}

import { assertEquals, assertFalse, assertMatch, assertThrows } from "@std/assert";
import { type Destination, parseDestination } from "../../../src/cli/joining/destination.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";

const FINGERPRINT = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const SECRET = "U2VjcmV0IG9mIDE2IGI";
const INVITE = `confab://192.168.1.26:5050/ops#${FINGERPRINT}.${SECRET}`;
const ADDRESS = { kind: "tcp", host: "192.168.1.26", port: 5050 } as const;

Deno.test("a plain address is a destination without details", () => {
  const plain: Destination = { address: ADDRESS, tls: false };
  assertEquals(parseDestination(["192.168.1.26"]), plain);
  assertEquals(parseDestination(["unix:/tmp/a #b c"]), { address: { kind: "unix", path: "/tmp/a #b c" }, tls: false });
});

Deno.test("an invite gives room, secret and certificate fingerprint", () => {
  const known = { address: ADDRESS, room: "ops", secret: SECRET, tls: true, fingerprint: FINGERPRINT };
  assertEquals(parseDestination([INVITE]), known);
  const plain = parseDestination([INVITE.replace(FINGERPRINT, "")]);
  assertEquals(plain, { ...known, tls: false, fingerprint: undefined });
});

Deno.test("an invite to a shared chat gives its key, and requires TLS", () => {
  const chatKey = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
  const known = { address: ADDRESS, room: "ops", secret: SECRET, tls: true, fingerprint: undefined, chatKey };
  assertEquals(parseDestination([INVITE.replace(FINGERPRINT, `chat=${chatKey}`)]), known);
});

Deno.test("a spoken invite requires TLS and may be one operand or several", () => {
  const said = { address: ADDRESS, secret: "ocean-lamp-crane", tls: true };
  assertEquals(parseDestination(["192.168.1.26:5050 Ocean lamp-crane"]), said);
  assertEquals(parseDestination(["192.168.1.26", "ocean-lamp-crane"]), said);
  assertEquals(parseDestination(["192.168.1.26:5050", "ocean", "LAMP", "crane"]), said);
});

Deno.test("a web address works like an invite, with or without a secret", () => {
  const known = { address: ADDRESS, room: "ops", secret: SECRET, tls: true, fingerprint: undefined };
  assertEquals(parseDestination([`https://192.168.1.26:5050/ops#.${SECRET}`]), known);
  assertEquals(parseDestination([`HTTPS://192.168.1.26/#.${SECRET}`]), { ...known, room: "lobby" });
  assertEquals(parseDestination([`http://192.168.1.26/ops#.${SECRET}`]), { ...known, tls: false });
  assertEquals(parseDestination(["https://192.168.1.26:5050/"]), { address: ADDRESS, tls: true });
  assertEquals(parseDestination(["http://192.168.1.26:5050"]), { address: ADDRESS, tls: false });
  for (const path of ["d%C3%A9v", "dév", "r/d%C3%A9v", "r/dév", "r/de%CC%81v", "r/%23dév"]) {
    assertEquals(parseDestination([`https://192.168.1.26/${path}`]), { address: ADDRESS, tls: true, room: "dév" });
    assertEquals(parseDestination([`https://192.168.1.26/${path}#.${SECRET}`]), { ...known, room: "dév" });
  }
  for (const path of ["", "r/"]) {
    assertEquals(parseDestination([`https://192.168.1.26/${path}`]), { address: ADDRESS, tls: true });
  }
});

Deno.test("an invalid destination is a usage failure that does not repeat the secret", () => {
  const bad: [string[], RegExp][] = [
    [[INVITE.slice(0, -SECRET.length)], /secret/],
    [[INVITE.replace("confab", "conafb")], /begin with confab/],
    [[INVITE.replace("#", " #")], /begin with confab|room|host/],
    [["https://192.168.1.26/%zz"], /not a room: "%zz" has a % that is cut off or wrong/],
    [["https://192.168.1.26/r/%F0%9F%8E%89"], /not a room: .*"🎉"/],
    [["https://:99999/"], /Invalid address ":99999"/],
    [["192.168.1.26", "ocean", "lampp", "crane"], /word 2 .* lamp\?/],
    [["192.168.1.26", "ocean", "lamp"], /has 2 words after the address instead of 3/],
    [["192.168.1.26", SECRET], /has 1 word after the address instead of 3/],
    [["ocean", "lamp", "crane"], /has 2 words after the address instead of 3/],
  ];
  for (const [operands, says] of bad) {
    const failure = assertThrows(() => parseDestination(operands), Failure);
    assertEquals(failure.code, EXIT.usage);
    assertMatch(failure.message, says);
    for (const part of [SECRET, "ocean", "lampp", "crane"]) {
      assertFalse(failure.message.includes(part), failure.message);
    }
  }
});

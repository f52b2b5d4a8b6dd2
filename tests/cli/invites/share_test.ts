import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { programName } from "../../../src/cli/args/command_spec.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { invitation, pageAddress, type Reach, sharedPassword } from "../../../src/cli/invites/share.ts";
import { isPassphrase } from "../../../src/cli/invites/passphrase.ts";
import { MAX_SERVERS_INVITED } from "../../../src/protocol/limits.ts";
import { parseInvite, parseSpoken } from "../../../src/protocol/address/invite_link.ts";

const WINDOWS = Deno.build.os === "windows";
const FINGERPRINT = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const REACH: Reach = { addresses: ["192.168.1.26:5050"], tls: true, fingerprint: FINGERPRINT };

function inFolder(run: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "confab-" });
  try {
    run(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("the shared password is a passphrase in a private file and survives a restart", () => {
  inFolder((folder) => {
    const password = sharedPassword(folder);
    assert(isPassphrase(password));
    assertEquals(sharedPassword(folder), password);
    const [file, ...others] = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
    assertEquals(others, []);
    if (!WINDOWS) assertEquals(Deno.statSync(file!).mode! & 0o777, 0o600);
  });
});

Deno.test("a password file that others could read is closed to them", { ignore: WINDOWS }, () => {
  inFolder((folder) => {
    const password = sharedPassword(folder);
    const file = `${folder}/confab.password`;
    Deno.chmodSync(file, 0o644);
    assertEquals(sharedPassword(folder), password);
    assertEquals(Deno.statSync(file).mode! & 0o777, 0o600);
  });
});

Deno.test("the file may hold the operator's own password, and an invalid one is refused and not repeated", () => {
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/confab.password`, "Our Own Words are long\n");
    assertEquals(sharedPassword(folder), "Our Own Words are long");
    Deno.writeTextFileSync(`${folder}/confab.password`, "secret\nsecond line\n");
    const failure = assertThrows(() => sharedPassword(folder), Failure);
    assertEquals(failure.code, EXIT.usage);
    assertFalse(failure.message.includes("secret"), failure.message);
  });
});

Deno.test("without a folder each passphrase is new", () => {
  assert(sharedPassword(undefined) !== sharedPassword(undefined));
});

Deno.test("an unwritable folder fails with its path", () => {
  const failure = assertThrows(() => sharedPassword("/no/such/folder"), Failure);
  assertEquals(failure.code, EXIT.cannotStore);
  assertStringIncludes(failure.message, "/no/such/folder/confab.password".replaceAll("/", WINDOWS ? "\\\\" : "/"));
});

/** The operands after `connect` in a line. */
function afterConnect(line: string): string {
  return line.slice(line.indexOf("connect ") + "connect ".length).replaceAll('"', "");
}

Deno.test("an invitation has a link, the command to join, a web address, and words to read out", () => {
  const secret = "ocean-lamp-crane";
  const [send, paste, browse, say, ...more] = invitation(REACH, { secret, words: secret });
  assertEquals(more, []);
  assertEquals(browse, "In a browser: https://192.168.1.26:5050/#.ocean-lamp-crane");
  const invite = { host: "192.168.1.26", port: 5050, room: "lobby", fingerprint: FINGERPRINT, secret };
  assertEquals(parseInvite(send!.replace("Invite: ", "")), invite);
  assertEquals(parseInvite(afterConnect(paste!)), invite);
  assertEquals(parseSpoken(afterConnect(say!)), { host: "192.168.1.26", port: 5050, secret });
  for (const line of [paste, say]) assertStringIncludes(line!, `${programName()} connect `);
});

Deno.test("the link of a chat with several servers names a few of them; the web address and its QR code stay short", () => {
  const pass = { secret: "otter-lamp-crane", words: "otter-lamp-crane" };
  const others = [
    "192.168.1.27:5050",
    "192.168.1.28:5050",
    "bad",
    "x y",
    ...Array.from({ length: 9 }, (_, n) => `h${n}:1`),
  ];
  const lines = invitation({ ...REACH, others }, pass);
  const alone = invitation(REACH, pass);
  const link = parseInvite(lines[0]!.slice("Invite: ".length));
  assertEquals(link.others?.slice(0, 2).map(({ host }) => host), ["192.168.1.27", "192.168.1.28"]);
  assertEquals(link.others?.length, MAX_SERVERS_INVITED - 1);
  // The first two lines hold the link.
  assertEquals(lines.slice(2), alone.slice(2));
  assertEquals(pageAddress({ ...REACH, others }, pass), pageAddress(REACH, pass));
});

Deno.test("an invitation to one room names it in all forms", () => {
  const [send, , browse, say] = invitation(REACH, { secret: "x".repeat(22), words: "ocean-lamp-crane", room: "ops" });
  assertEquals(parseInvite(send!.replace("Invite: ", "")).room, "ops");
  assert(browse!.endsWith(`:5050/r/ops#.${"x".repeat(22)}`), browse);
  assert(say!.endsWith('ocean lamp crane --room "ops"'), say);
});

Deno.test("a hostile name from the server is harmless in a pasted shell command", () => {
  const [send, paste, browse, say] = invitation(REACH, {
    secret: '"; $(reboot) `',
    words: "ocean-lamp-crane",
    room: 'o"ps;$(x)',
  });
  for (const line of [send, paste, browse]) assertMatch(line!.slice(line!.search(/confab:|https:/)), /^[\w:/.#%-]+"?$/);
  assert(say!.endsWith('--room "opsx"'), say);
  assertEquals(invitation(REACH, { secret: "x", words: "ocean-lamp;reboot" }).length, 3);
});

Deno.test("without a known address the invitation is the password alone", () => {
  for (const reach of [undefined, { ...REACH, addresses: [] }]) {
    const [line, ...more] = invitation(reach, { secret: "the-secret", words: "ocean-lamp-crane" });
    assertEquals(more, []);
    assertStringIncludes(line!, "the-secret");
  }
});

Deno.test("a password that is not a passphrase has no words to read out", () => {
  assertEquals(invitation(REACH, { secret: "correct horse 7" }).length, 3);
});

Deno.test("without TLS the words are read out separately, because a spoken invite implies TLS", () => {
  const [send, , browse, say] = invitation({ ...REACH, tls: false, fingerprint: undefined }, {
    secret: "ocean-lamp-crane",
    words: "ocean-lamp-crane",
  });
  assertEquals(parseInvite(send!.replace("Invite: ", "")).fingerprint, undefined);
  assert(browse!.endsWith(" http://192.168.1.26:5050/#.ocean-lamp-crane"), browse);
  assert(say!.endsWith("192.168.1.26:5050, and the password ocean lamp crane"), say);
});

Deno.test("with a certificate from an authority there is no invite link, because a link without fingerprint has no TLS", () => {
  const lines = invitation({ ...REACH, fingerprint: undefined }, { secret: "x".repeat(22), words: "ocean-lamp-crane" });
  assertEquals(lines.length, 2);
  assertStringIncludes(lines[0]!, ` https://192.168.1.26:5050/#.${"x".repeat(22)}`);
  assertStringIncludes(lines[1]!, "connect 192.168.1.26:5050 ocean lamp crane");
});

Deno.test("other addresses of the machine are listed last", () => {
  const addresses = ["192.168.1.26:5050", "10.0.0.5:5050", "[fd00::2]:5050"];
  const lines = invitation({ ...REACH, addresses }, { secret: "ocean-lamp-crane" });
  assertStringIncludes(lines.at(-1)!, "10.0.0.5:5050, [fd00::2]:5050");
});

Deno.test("the invite to a shared chat has its key, since the certificate is that of one host", () => {
  const chatKey = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
  const [send] = invitation({ ...REACH, chatKey }, { secret: "s", words: "a-b-c" });
  const { chatKey: key, fingerprint } = parseInvite(send!.replace("Invite: ", ""));
  assertEquals([key, fingerprint], [chatKey, undefined]);
});

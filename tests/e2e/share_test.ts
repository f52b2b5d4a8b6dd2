import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { PASSPHRASE_WORDS } from "../../src/cli/invites/passphrase.ts";
import { formatEndpoint } from "../../src/protocol/address/endpoint.ts";
import { inviteWords, parseInvite } from "../../src/protocol/address/invite_link.ts";
import {
  assertOneLine,
  assertUntroubled,
  confab,
  HAS_TMUX,
  runConfab,
  serve,
  serveAgain,
  type Served,
  WINDOWS,
} from "../helpers/e2e.ts";
import { filesBelow, newFolder } from "../helpers/e2e_home.ts";
import { type Program, run } from "../helpers/process.ts";
import { readQrCode } from "../helpers/read_qr_code.ts";
import { Tmux } from "../helpers/tmux.ts";

/** An invite-only chat on loopback: tests must not depend on the machine's networks. */
const SHARE = ["--share", "--host", "127.0.0.1"];

interface Invited {
  readonly url: string;
  /** The secret after the address. */
  readonly words: string;
}

async function invitedBy({ stdout }: Program): Promise<Invited> {
  const url = (await stdout.next("Invite: ")).slice("Invite: ".length);
  const spoken = await stdout.next("Or read out:");
  return { url, words: /connect \S+ (.*)$/.exec(spoken)![1]! };
}

/** Sends one line to the destination of the operands. */
function say(operands: readonly string[], ...options: string[]) {
  return runConfab(["connect", ...operands, "--name", "ada", ...options], { input: "hello\n" });
}

async function assertJoins(operands: readonly string[], ...options: string[]): Promise<void> {
  const { code, stdout, stderr } = await say(operands, ...options);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, "hello");
}

async function assertRefused(operands: readonly string[], says: RegExp, ...options: string[]): Promise<void> {
  const { code, stderr } = await say(operands, ...options);
  assertEquals(code, 5, stderr);
  assertMatch(stderr, says);
  assertUntroubled(stderr);
}

/** Returns a different passphrase of the same list. */
function otherWords(words: string): string {
  return inviteWords(words).map((word) =>
    PASSPHRASE_WORDS[(PASSPHRASE_WORDS.indexOf(word) + 1) % PASSPHRASE_WORDS.length]
  ).join(" ");
}

/** Runs `invite` on the server's folder and returns its output. */
async function invite(server: Served, ...args: string[]): Promise<Invited & { readonly id: string }> {
  const { code, stdout, stderr } = await runConfab(["invite", "--data", server.folder, ...args]);
  assertEquals(code, 0, stderr);
  const [, url] = /^Invite: (.*)$/m.exec(stdout)!;
  const [, words] = /Or read out: .* connect \S+ ([a-z ]+?)( --room "ops")?$/m.exec(stdout)!;
  const [, id] = /invite revoke (\S+)$/m.exec(stdout)!;
  return { url: url!, words: words!, id: id! };
}

Deno.test("serve --share prints eight lines on how others join, and each way works: the invite, the line to paste, the passphrase", async () => {
  await using server = await serve(...SHARE);
  const { url, words } = await invitedBy(server.program);
  await server.program.stdout.next("Certificate SHA256:");
  await server.program.stdout.next(/^ +([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  const [, invite, paste, browse, phone, certificate] = server.program.stdout.all;
  assertEquals(server.program.stdout.all.length, 8);
  assertStringIncludes(paste!, `connect "${url}"`);
  assertEquals(`SHA256:${parseInvite(url).fingerprint}`, certificate!.split(" ")[1]);
  assert(invite!.includes("/lobby#") && phone!.endsWith(words));
  await assertJoins([url]);
  await assertJoins([browse!.slice(browse!.indexOf("https://"))]);
  await assertJoins([server.address, ...words.split(" ")]);
  await assertJoins([`${server.address} ${words.toUpperCase().replaceAll(" ", "-")}`]);
  const sent = await runConfab(["send", url, "hello"]);
  assertEquals(sent.code, 0, sent.stderr);
  await server.stop();
});

Deno.test("serve --share admits the whole network, and with --quiet prints only its address and the invite", async () => {
  await using server = await serve("--share", "--quiet");
  const url = (await server.program.stdout.next("Invite: ")).slice("Invite: ".length);
  assertEquals(server.program.stdout.all.length, 2);
  const { host, port } = parseInvite(url);
  assertEquals(formatEndpoint({ host, port }), server.address);
  assert(host !== "0.0.0.0");
  await assertJoins([url]);
  await assertJoins([url.replace(host, "127.0.0.1")]);
  await server.stop();
});

Deno.test("a client without the right invite is refused with the reason, without the secret", async () => {
  // Words that no error contains.
  await using server = await serve(...SHARE, "--password", "ocean lamp crane");
  const { url, words } = await invitedBy(server.program);
  await assertRefused([server.address], /has a password.*\n.*--password-file/, "--tls");
  const others = otherWords(words);
  await assertRefused([server.address, ...others.split(" ")], /Wrong password/);
  await assertRefused([url.replace(/\.[^.]*$/, `.${others.replaceAll(" ", "-")}`)], /Wrong password/);
  const misspelt = words.replace(/^\w+/, "zzzzzz");
  const { code, stderr } = await say([server.address, ...misspelt.split(" ")]);
  assertEquals(code, 2);
  assertOneLine(stderr);
  assertMatch(stderr, /word 1 is not in the word list/);
  for (const word of words.split(" ").slice(1)) assertFalse(stderr.includes(word), stderr);
  await server.stop();
});

Deno.test("an invite with another server's fingerprint fails, and nothing is sent to that server", async () => {
  await using server = await serve(...SHARE);
  await using other = await serve(...SHARE);
  const { url } = await invitedBy(server.program);
  const { fingerprint } = parseInvite((await invitedBy(other.program)).url);
  const { code, stderr } = await say([url.replace(parseInvite(url).fingerprint!, fingerprint!)]);
  assertEquals(code, 8, stderr);
  assertMatch(stderr, /does not match the invite; nothing was sent/);
  for (const each of [server, other]) await each.stop();
});

Deno.test("the invite stays the same after a restart, unless the password changes", async () => {
  await using server = await serve(...SHARE);
  const { url } = await invitedBy(server.program);
  await server.stop();
  await using again = await serveAgain(server, ...SHARE);
  assertEquals((await invitedBy(again.program)).url, url);
  await again.stop();
  await using changed = await serveAgain(again, ...SHARE, "--password", "It's our own!");
  const other = (await changed.program.stdout.next("Invite: ")).slice("Invite: ".length);
  assertEquals(parseInvite(other), { ...parseInvite(url), secret: "It's our own!" });
  await assertJoins([other]);
  await assertRefused([url], /Wrong password/);
  await changed.stop();
});

Deno.test("a password from a file or a variable works, and a missing one gives an error with the options", async () => {
  const file = `${newFolder()}/password`;
  await Deno.writeTextFile(file, "correct horse 7\n", { mode: 0o600 });
  await using server = await serve("--password-file", file);
  await assertJoins([server.address], "--password-file", file);
  await assertJoins([server.address], "--password", "correct horse 7");
  const sent = await runConfab(["send", server.address, "hello"], { env: { CONFAB_PASSWORD: "correct horse 7" } });
  assertEquals(sent.code, 0, sent.stderr);
  await assertRefused([server.address], /has a password.*\n.*--password-file FILE or CONFAB_PASSWORD/);
  const unsent = await runConfab(["send", server.address, "hello"]);
  assertEquals(unsent.code, 5);
  assertMatch(unsent.stderr, /has a password.*\n.*--password-file FILE or CONFAB_PASSWORD/);
  await server.stop();
});

Deno.test({
  name:
    "invites are created, listed and revoked while the server runs, and admit their number of members into their room",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve(...SHARE);
    const once = await invite(server, "--uses", "1", "--expires", "30m");
    await assertJoins([once.url]);
    await assertRefused([once.url], /is used up/);
    await assertRefused([server.address, once.words], /is used up/);
    const room = await invite(server, "--room", "ops");
    assertEquals(parseInvite(room.url).room, "ops");
    await assertJoins([room.url]);
    await assertJoins([server.address, ...room.words.split(" ")], "--room", "ops");
    await assertRefused([room.url], /for room "ops" alone/, "--room", "lobby");
    const gone = await invite(server);
    const { stdout } = await runConfab(["invite", "list", "--data", server.folder]);
    assertMatch(stdout, new RegExp(`^${once.id} +all .* 1 of 1 `, "m"));
    assertMatch(stdout, new RegExp(`^${room.id} +ops .* 2 `, "m"));
    for (const secret of [once, room, gone]) {
      for (const part of [parseInvite(secret.url).secret, secret.words]) assertFalse(stdout.includes(part));
    }
    assertEquals((await runConfab(["invite", "revoke", gone.id, "--data", server.folder])).code, 0);
    await assertRefused([gone.url], /Wrong password, or an invite that has expired/);
    const again = await runConfab(["invite", "revoke", gone.id, "--data", server.folder]);
    assertEquals(again.code, 5);
    assertOneLine(again.stderr);
    await server.stop();
  },
});

Deno.test("the owner of a remote server creates invites with the admin password, and no one without it", async () => {
  const file = `${newFolder()}/admin`;
  await Deno.writeTextFile(file, "the owner's own\n", { mode: 0o600 });
  await using server = await serve(...SHARE, "--admin-password-file", file);
  const home = newFolder();
  const ask = (env: Record<string, string>) => runConfab(["invite", server.address, "--tls"], { env, home });
  const { code, stdout, stderr } = await ask({ CONFAB_ADMIN_PASSWORD: "the owner's own" });
  assertEquals(code, 0, stderr);
  const [, url] = /^Invite: (.*)$/m.exec(stdout)!;
  await assertJoins([url!]);
  const wrong = await ask({ CONFAB_ADMIN_PASSWORD: "a guess" });
  assertEquals(wrong.code, 5, wrong.stderr);
  assertFalse(wrong.stderr.includes("a guess"));
  const without = await ask({});
  assertEquals(without.code, 2);
  assertMatch(without.stderr, /--admin-password-file FILE or CONFAB_ADMIN_PASSWORD/);
  await server.stop();
});

Deno.test({
  name: "invite without a running server says what to do",
  ignore: WINDOWS,
  async fn() {
    const { code, stderr } = await runConfab(["invite", "--data", newFolder()]);
    assertEquals(code, 4);
    assertOneLine(stderr);
    assertMatch(stderr, /it is not running; start it/);
  },
});

for (
  const [what, args] of [
    ["that lasts too long", ["--expires", "31d"]],
    ["that lasts no time", ["--expires", "0m"]],
    ["of no duration", ["--expires", "soon"]],
    ["for nobody", ["--uses", "0"]],
    ["to an impossible room", ["--room", "a b"]],
    ["to revoke, unnamed", ["revoke"]],
    ["with too many words", ["list", "host", "more"]],
    ["at a Unix socket's address", ["unix:/tmp/x"]],
  ] as const
) {
  Deno.test(`invite ${what} is a usage error`, async () => {
    const { code, stderr } = await runConfab(["invite", ...args, "--data", newFolder()]);
    assertEquals(code, 2, stderr);
    assertOneLine(stderr);
  });
}

Deno.test({
  name: "no secret is in the process list, in the log, or in a file that others may read",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = await serve(...SHARE);
    const { url, words } = await invitedBy(server.program);
    const password = words.replaceAll(" ", "-");
    const home = newFolder();
    const connect = ["connect", server.address, "--tls", "--name", "eve", "--json"];
    const options = { home, env: { CONFAB_PASSWORD: password } };
    // A pipe makes a key when it comes back.
    assertEquals((await runConfab(connect, options)).code, 0);
    await using client = confab(connect, options);
    await client.stdout.next('"joined"');
    const made = await invite(server);
    await assertJoins([made.url]);
    const secrets = [password, words, parseInvite(made.url).secret, made.words, made.words.replaceAll(" ", "-")];
    assertFalse(client.stdout.all.some((line) => line.includes('"token"')));
    const keyFile = filesBelow(home).find((path) => path.endsWith(".key"))!;
    const [, key] = /"ed25519":"([^"]+)"/.exec(Deno.readTextFileSync(`${home}/${keyFile}`))!;
    for (const { pid } of [server.program, client]) {
      const commandLine = (await run("cat", { args: [`/proc/${pid}/cmdline`] })).stdout;
      assertMatch(commandLine, /serve|connect/);
      for (const secret of secrets) assertFalse(commandLine.includes(secret), commandLine);
    }
    await client.endInput();
    await client.exit();
    await server.stop();
    const { stderr } = await server.program.exit();
    for (const secret of [...secrets, key!, url]) assertFalse(stderr.includes(secret));
    for (const name of filesBelow(server.folder)) {
      const path = `${server.folder}/${name}`;
      assertEquals(Deno.statSync(path).mode! & 0o077, 0, name);
      const bytes = new TextDecoder("latin1").decode(Deno.readFileSync(path));
      const kept = name === "confab.password" ? [] : [...secrets, key!].filter((secret) => bytes.includes(secret));
      assertEquals(kept, [], name);
    }
  },
});

Deno.test({
  name: "at a terminal connect asks for the password, hides it, and asks again if it is wrong (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve("--password", "correct horse 7");
    await using terminal = await Tmux.open();
    await terminal.enter(`confab connect ${server.address} --name ada`);
    await terminal.until(/Password of the chat: ?$/);
    await terminal.enter("a guess");
    await terminal.until(/Wrong password[^]*Password of the chat: ?$/);
    await terminal.type("correct horse 7");
    await terminal.until(/Password of the chat: \*{15}$/);
    await terminal.press("Enter");
    await terminal.until(/Ctrl-D quits/);
    await terminal.enter("hello");
    const screen = await terminal.until(/ada: hello/);
    assertFalse(/a guess|correct horse/.test(screen), screen);
    await terminal.press("C-d");
    await terminal.until(/^\$ ?$/m);
    await server.stop();
  },
});

Deno.test({
  name: "at a terminal serve --share also shows its web address as a QR code (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using terminal = await Tmux.open({ columns: 120, rows: 40 });
    await terminal.enter(`guided serve --memory --port 0 --no-announce ${SHARE.join(" ")}`);
    const screen = await terminal.until(/In a browser: [^]*▀▀▀▀▀▀▀ [^]*▀▀▀▀▀▀▀ /);
    const page = /In a browser: (\S+)/.exec(screen)![1]!;
    assertEquals(readQrCode(screen), page);
    await assertJoins([page]);
    await terminal.press("C-c");
    await terminal.until(/^\$ ?$/m);
  },
});

import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../src/cli/args/exit_codes.ts";
import { inviteWords, parseInvite } from "../../src/protocol/address/invite_link.ts";
import { commandLine, HAS_TMUX, serve } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { HAS_NETNS, Networks } from "../helpers/netns.ts";
import { Program } from "../helpers/process.ts";
import { readQrCode } from "../helpers/read_qr_code.ts";
import { Tmux } from "../helpers/tmux.ts";

const SIZE = { columns: 120, rows: 60 };
const NAME = /Your name \[\w+\]: ?$/;
const GOAL = /A number, or an invite \[1\]: ?$/;
const SHELL = /^\$ ?$/m;

/** Registers a test that types as a user does. */
function guidedTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `${name} (needs tmux)`, ignore: !HAS_TMUX, fn });
}

/** Starts the program without arguments, on loopback only: tests must not depend on the machine's networks. */
async function begin(terminal: Tmux, ...variables: readonly string[]): Promise<void> {
  await terminal.enter(["CONFAB_HOST=127.0.0.1 CONFAB_PORT=0 CONFAB_NO_ANNOUNCE=1", ...variables, "guided"].join(" "));
  await terminal.until(NAME);
}

/** Hosts a chat by pressing only Enter. */
async function hostByEnter(terminal: Tmux, ...variables: readonly string[]): Promise<string> {
  await begin(terminal, ...variables);
  await terminal.press("Enter");
  await terminal.until(GOAL);
  await terminal.press("Enter");
  return await terminal.until(/Ctrl-D quits[^]*\n#lobby>$/);
}

/** Types a name, and then a destination. */
async function joinAs(terminal: Tmux, name: string, where: string): Promise<void> {
  await begin(terminal);
  await terminal.enter(name);
  await terminal.until(GOAL);
  await terminal.enter(where);
}

/** The same by the last entry of the list: servers nearby come before it. */
async function joinByAddress(terminal: Tmux, name: string, address: string): Promise<void> {
  await begin(terminal);
  await terminal.enter(name);
  const [, last] = /^ {2}(\d+) {2}Join another chat/m.exec(await terminal.until(GOAL))!;
  await terminal.enter(last!);
  await terminal.until(/Paste the invite[^]*\nInvite \[.*\]: ?$/);
  await terminal.enter(address);
}

function inviteOn(screen: string): string {
  return /^Invite: (confab:\S+)$/m.exec(screen)![1]!;
}

async function assertEnded(terminal: Tmux, code: number): Promise<void> {
  await terminal.until(SHELL);
  await terminal.enter("code=$?; clear; echo ended with $code");
  const screen = await terminal.until(/^ended with \d+$/m);
  assertMatch(screen, new RegExp(`^ended with ${code}$`, "m"));
}

guidedTest(
  "a user who presses only Enter hosts a chat, which others join by its invite and by its address",
  async () => {
    await using host = await Tmux.open(SIZE);
    const screen = await hostByEnter(host);
    const invite = inviteOn(screen);
    const { port, secret } = parseInvite(invite);
    const page = `https://127.0.0.1:${port}/#.${secret}`;
    assertStringIncludes(screen, `In a browser: ${page}`);
    assertEquals(readQrCode(screen), page);
    assertStringIncludes(screen, "You are tester in #lobby");
    assertFalse(/ (started|connected) /.test(screen), screen);

    await using bob = await Tmux.open(SIZE);
    await joinAs(bob, "bob", `Invite: ${invite}`);
    await bob.until(/You are bob in #lobby/);
    await bob.enter("hello");
    await host.until(/bob: hello/);

    await using mia = await Tmux.open(SIZE);
    await joinByAddress(mia, "mia", `127.0.0.1:${port}`);
    await mia.until(/Password of the chat: ?$/);
    await mia.enter(inviteWords(secret).join(" "));
    await mia.until(/You are mia in #lobby/);
    assertStringIncludes(await mia.screen(), "First connection to 127.0.0.1");

    await host.enter("/clear");
    await host.enter("/invite");
    const again = await host.until(/Invite, valid until[^]*▀[^]*\n#lobby>$/);
    const other = /Invite: (confab:\S+)/.exec(again)![1]!;
    assertEquals(readQrCode(again), `https://127.0.0.1:${port}/#.${parseInvite(other).secret}`);

    await host.enter("/ban mia -all");
    await mia.until(/Press Enter to close\. ?$/);
    await mia.press("Enter");
    await assertEnded(mia, EXIT.refused);

    await host.press("C-d");
    await host.until(/1 other member is here, and the chat ends for everyone when you leave: quit again to end it/);
    await host.press("C-d");
    await host.until(/Closing the chat for everyone/);
    await bob.until(/shut|clos/i);
    await assertEnded(host, 0);
  },
);

guidedTest(
  "a user rejoins their running chat as its owner, and the last name is suggested",
  async () => {
    const data = `CONFAB_DATA=${newFolder()}`;
    await using first = await Tmux.open(SIZE);
    await hostByEnter(first, data);
    await using second = await Tmux.open(SIZE);
    await begin(second, data);
    await second.enter("ada");
    await second.until(/1 {2}Return to the chat that you host in another window/);
    await second.press("Enter");
    await second.until(/You are ada in #lobby, 2 here/);
    await second.enter("/invite");
    await second.until(/Invite: confab:\/\/127\.0\.0\.1/);
    await second.press("C-d");
    await second.until(SHELL);
    await second.enter("clear");
    await begin(second, data);
    await second.until(/Your name \[ada\]: ?$/);
    await second.press("C-c");
    await assertEnded(second, 0);
    await first.press("C-d");
    await assertEnded(first, 0);
  },
);

guidedTest("where the port is taken by another program, the chat takes a free one and says so", async () => {
  await using other = await serve("--memory");
  await using terminal = await Tmux.open(SIZE);
  const screen = await hostByEnter(terminal, `CONFAB_PORT=${other.port}`);
  assertStringIncludes(screen, `Port ${other.port} is already in use: this chat uses a free port instead`);
  const { port } = parseInvite(inviteOn(screen));
  assert(port !== other.port);
  await terminal.press("C-d");
  await assertEnded(terminal, 0);
  await other.stop();
});

guidedTest("what cannot be understood, or leads nowhere, is explained and asked again, and Ctrl-D leaves", async () => {
  await using open = await serve("--memory");
  await using terminal = await Tmux.open(SIZE);
  await begin(terminal);
  await terminal.enter("a b");
  await terminal.until(/Name "a b" is not valid: [^]*\nYour name \[tester\]: ?$/);
  await terminal.enter("ada");
  await terminal.until(GOAL);
  await terminal.enter("999");
  await terminal.until(/There is no choice 999: type a number from 1 to \d+\nA number, or an invite \[1\]: ?$/);
  // Port 1 is reserved for a service that is not in use: RFC 1078.
  await terminal.enter("127.0.0.1:1");
  await terminal.until(/Connection refused by 127\.0\.0\.1:1: check the address[^]*What would you like[^]*\[1\]: ?$/);
  await terminal.enter(open.address);
  await terminal.until(/The connection is not encrypted[^]*You are ada in #lobby[^]*\n#lobby>$/);
  await terminal.press("C-d");
  await assertEnded(terminal, 0);
  await begin(terminal);
  await terminal.press("C-d");
  await assertEnded(terminal, 0);
  await open.stop();
});

guidedTest("an error stays on the screen until it was read", async () => {
  await using terminal = await Tmux.open(SIZE);
  const file = `${newFolder()}/file`;
  await Deno.writeTextFile(file, "");
  await begin(terminal, `CONFAB_DATA=${file}/chat`);
  await terminal.press("Enter");
  await terminal.until(GOAL);
  await terminal.press("Enter");
  const screen = await terminal.until(/Press Enter to close\. ?$/);
  assertMatch(
    screen.replaceAll("\n", ""),
    /Cannot create the folder \/.*\/chat for the chat: .*; choose another with the variable CONFAB_DATA/,
  );
  assertFalse(/^\s+at /m.test(screen), screen);
  await terminal.press("Enter");
  await assertEnded(terminal, EXIT.cannotStore);
});

/** Waits until the chat on the hub can be found. A server looks for others of its name first. */
async function announced(networks: Networks): Promise<void> {
  const [command, ...args] = networks.commandLine("left", commandLine(["discover"]));
  await using discover = new Program(command, { args, cwd: new URL("../../", import.meta.url) });
  await discover.stdout.next("ada's chat");
}

Deno.test({
  name: "a chat opened with Enter is listed for users who start nearby (needs root and tmux)",
  ignore: !HAS_NETNS || !HAS_TMUX,
  async fn() {
    using networks = new Networks(["left"]);
    await using host = await Tmux.open(SIZE);
    await host.enter(networks.commandLine("hub", ["guided"]).join(" "));
    await host.until(NAME);
    await host.enter("ada");
    await host.until(GOAL);
    await host.press("Enter");
    const screen = await host.until(/Ctrl-D quits[^]*\n#lobby>$/);
    const { secret } = parseInvite(/^Invite: (confab:\S+)/m.exec(screen)![1]!);
    await announced(networks);
    await using guest = await Tmux.open(SIZE);
    await guest.enter(networks.commandLine("left", ["guided"]).join(" "));
    await guest.until(NAME);
    await guest.enter("bob");
    await guest.until(/ 2 {2}Join "ada's chat", nearby at 10\.77\.1\.1:5050\n {2}3 {2}Join another chat/);
    await guest.enter("2");
    await guest.until(/Password of the chat: ?$/);
    await guest.enter(inviteWords(secret).join(" "));
    await guest.until(/You are bob in #lobby/);
    await guest.press("C-d");
    await assertEnded(guest, 0);
    await host.press("C-d");
    await assertEnded(host, 0);
  },
});

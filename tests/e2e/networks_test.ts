import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../src/cli/args/exit_codes.ts";
import { commandLine } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { HAS_NETNS, Networks } from "../helpers/netns.ts";
import { type Exit, Program } from "../helpers/process.ts";

const ROOT = new URL("../../", import.meta.url);

function start(networks: Networks, machine: string, args: readonly string[]): Program {
  const [command, ...words] = networks.commandLine(machine, commandLine(args));
  return new Program(command, { args: words, cwd: ROOT });
}

async function run(networks: Networks, machine: string, args: readonly string[]): Promise<Exit> {
  await using program = start(networks, machine, args);
  return await program.exit();
}

/** The addresses of a new invite, in the order in which it shows them. */
async function invitedTo(networks: Networks, folder: string): Promise<string[]> {
  const { code, stdout, stderr } = await run(networks, "hub", ["invite", "--data", folder]);
  assertEquals([code, stderr], [EXIT.fine, ""]);
  const [first] = /(?<=Others join with: .*?confab:\/\/)[^/]+/.exec(stdout)!;
  const others = /(?<=use instead: ).*/.exec(stdout)?.[0].split(", ") ?? [];
  return [first, ...others].map((address) => address.replace(/:5050$/, ""));
}

Deno.test({
  name: "each invite has this machine's addresses of the moment, that of the default route first (needs root)",
  ignore: !HAS_NETNS,
  async fn() {
    using networks = new Networks(["left", "right"]);
    const folder = newFolder();
    networks.configure("hub", "route", "add", "default", "via", "10.77.2.2");
    await using server = start(networks, "hub", ["serve", "--share", "--no-announce", "--data", folder]);
    assertEquals(await server.stdout.next("Listening on "), "Listening on 10.77.2.1:5050");
    assertEquals(await invitedTo(networks, folder), ["10.77.2.1", "10.77.1.1"]);
    networks.configure("hub", "route", "replace", "default", "via", "10.77.1.2");
    assertEquals(await invitedTo(networks, folder), ["10.77.1.1", "10.77.2.1"]);
    networks.configure("hub", "addr", "del", "10.77.1.1/24", "dev", networks.device(1));
    networks.configure("hub", "addr", "add", "10.77.1.99/24", "dev", networks.device(1));
    networks.configure("hub", "route", "replace", "default", "via", "10.77.1.2");
    assertEquals(await invitedTo(networks, folder), ["10.77.1.99", "10.77.2.1"]);
    server.kill("SIGTERM");
    assertEquals((await server.exit()).code, EXIT.fine);
  },
});

Deno.test({
  name:
    "a server that starts without a network says so, and its invites have the address once there is one (needs root)",
  ignore: !HAS_NETNS,
  async fn() {
    using networks = new Networks(["left"]);
    const folder = newFolder();
    networks.configure("hub", "link", "set", networks.device(1), "down");
    networks.configure("hub", "addr", "del", "10.77.1.1/24", "dev", networks.device(1));
    await using server = start(networks, "hub", ["serve", "--share", "--no-announce", "--data", folder]);
    await server.stdout.next("In a browser: https://127.0.0.1:5050/");
    assertStringIncludes(server.stdout.all.join("\n"), "This machine is in no network");
    networks.configure("hub", "link", "set", networks.device(1), "up");
    networks.configure("hub", "addr", "add", "10.77.1.5/24", "dev", networks.device(1));
    assertEquals(await invitedTo(networks, folder), ["10.77.1.5"]);
    server.kill("SIGTERM");
    assertEquals((await server.exit()).code, EXIT.fine);
  },
});

Deno.test({
  name: "on a machine with IPv6 alone --share listens on ::, and the invite works (needs root)",
  ignore: !HAS_NETNS,
  async fn() {
    using networks = new Networks(["left"]);
    const peer = networks.device(1).replace(/l1$/, "r1");
    for (const [machine, device, last] of [["hub", networks.device(1), 1], ["left", peer, 2]] as const) {
      networks.configure(machine, "addr", "flush", "dev", device);
      networks.configure(machine, "addr", "add", `fd77::${last}/64`, "dev", device, "nodad");
    }
    await using server = start(networks, "hub", ["serve", "--share", "--no-announce", "--memory"]);
    assertEquals(await server.stdout.next("Listening on "), "Listening on [fd77::1]:5050");
    const [invite] = /confab:\/\/\S+/.exec(await server.stdout.next("Invite: "))!;
    assertMatch(invite, /^confab:\/\/\[fd77::1\]/);
    const sent = await run(networks, "left", ["send", invite, "hello"]);
    assertEquals([sent.code, sent.stdout], [EXIT.fine, ""]);
    server.kill("SIGTERM");
    assertEquals((await server.exit()).code, EXIT.fine);
  },
});

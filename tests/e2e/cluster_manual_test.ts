/** The commands of the manual's page on several servers, as printed. Only addresses, folders and the ID of a machine are replaced. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { readTopic } from "../../src/manual/topics.ts";
import { BINARY, commandLine } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { HAS_ETCD } from "../helpers/etcd.ts";
import { packedPageFlags } from "../helpers/packed_pages.ts";
import { isInstalled, Program } from "../helpers/process.ts";
import { poll } from "../helpers/process_lines.ts";

const HAS_ETCDCTL = HAS_ETCD && isInstalled("etcdctl", ["version"], /etcdctl version/);
if (HAS_ETCD && !HAS_ETCDCTL) console.log("A test is skipped: it needs etcdctl (Debian's etcd-client)");

/** Lines that are the same on all machines. */
const SHARED = /--initial-cluster |--cluster |--endpoints /;

/** A machine of the page: a folder and an address of this one. */
class Machine implements AsyncDisposable {
  readonly folder = newFolder();
  readonly #number: number;
  readonly #network: string;
  readonly #running: Program[] = [];

  constructor(number: number, network: string) {
    this.#number = number;
    this.#network = network;
  }

  get keyFile(): string {
    return `${this.folder}/etc/confab/cluster.key`;
  }

  /** Starts the command of a block, with this machine's own name and address in place of those of the first one. */
  start(block: string): Program {
    return this.#start(`exec ${block}`);
  }

  #start(block: string): Program {
    const own = block.split("\n").map((line) => SHARED.test(line) ? line : this.#own(line)).join("\n");
    const here = own.replaceAll("10.0.0.", this.#network).replaceAll(/ (\/(?:etc|var)\/)/g, ` ${this.folder}$1`);
    const program = new Program("sh", {
      args: ["-ec", here],
      env: { PATH: `${commandFolder()}:${Deno.env.get("PATH")}` },
      home: this.folder,
    });
    this.#running.push(program);
    return program;
  }

  #own(line: string): string {
    // Machines on one system cannot listen at all its addresses.
    const address = `10.0.0.${this.#number}`;
    return line.replaceAll("10.0.0.1", address).replace("--name e1 ", `--name e${this.#number} `)
      .replace("--host 0.0.0.0", `--host ${address}`);
  }

  /** Runs the commands of a block to their end. Resolves with what they print. */
  async run(block: string): Promise<string> {
    await using program = this.#start(block);
    const { code, stdout, stderr } = await program.exit();
    assertEquals(code, 0, `${block}\n${stdout}\n${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((program) => program[Symbol.asyncDispose]()));
  }
}

let commands: string | undefined;

/** A folder with a program called `confab`. */
function commandFolder(): string {
  if (commands !== undefined) return commands;
  commands = newFolder();
  const words = commandLine(["serve"], BINARY === undefined ? packedPageFlags() : []).slice(0, -1);
  const quoted = words.map((word) => `'${word}'`).join(" ");
  Deno.writeTextFileSync(`${commands}/confab`, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  return commands;
}

function copyKey(from: Machine, to: Machine): void {
  Deno.mkdirSync(`${to.folder}/etc/confab`, { recursive: true });
  Deno.copyFileSync(from.keyFile, to.keyFile);
}

Deno.test({
  name: "the commands of the manual lead from nothing to three machines, and replace one that is lost",
  ignore: !HAS_ETCDCTL,
  async fn() {
    const blocks = [...(await readTopic("cluster")).matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, block]) => block!);
    const [etcd, key, serve, status, invite, remove, members, newEtcd, newServe] = blocks;
    const [a, b] = crypto.getRandomValues(new Uint8Array(2));
    const network = `127.${1 + a! % 254}.${b}.`;
    await using stack = new AsyncDisposableStack();
    const machine = (number: number) => stack.use(new Machine(number, network));
    const machines = [machine(1), machine(2), machine(3)] as const;
    const [first, second, third] = machines;
    const engines = machines.map((machine) => machine.start(etcd!));
    for (const engine of engines) await engine.stderr.next("ready to serve client requests");
    await first.run(key!);
    for (const other of [second, third]) copyKey(first, other);
    const servers: Program[] = [];
    for (const machine of machines) {
      const server = machine.start(serve!);
      await server.stdout.next("Listening on ");
      servers.push(server);
    }
    const listed = (await first.run(status!)).match(/^\d+ {2}127\S+/gm);
    assertEquals(listed, [1, 2, 3].map((number) => `${number}  ${network}${number}:5050`));

    const link = /^Invite: (.*)$/m.exec(await first.run(invite!))![1]!;
    assert([2, 3].every((number) => link.includes(`${network}${number}:5050`)));
    const say = (text: string) => second.run(`confab send "${link}" --name ada ${text}`);
    await say("one");

    await first.run(remove!);
    assertMatch((await servers[2]!.exit()).stderr, /An operator has removed this server/);
    engines[2]!.kill("SIGKILL");
    const [list, out, add] = members!.split("\n");
    const id = /^(\w+), started, e3,/m.exec(await first.run(list!))![1]!;
    assert(out!.includes("fe9c64eaf3991d47"));
    const isDone = async (command: string) => (await first.start(command).exit()).code === 0;
    // They fail while etcd chooses another leader, and may be done nevertheless.
    await poll(async () => {
      await isDone(out!.replace("fe9c64eaf3991d47", id));
      return !(await first.run(list!)).includes(id);
    }, () => "etcd to remove the lost machine");
    await poll(async () => await isDone(add!) || /, e4,|unstarted/.test(await first.run(list!)), () => "a new machine");
    const fourth = machine(4);
    await fourth.start(newEtcd!).stderr.next("ready to serve client requests");
    copyKey(first, fourth);
    const server = fourth.start(newServe!.replace("--host 0.0.0.0", "--host 10.0.0.4"));
    await server.stdout.next("Listening on ");
    await say("two");
    server.kill("SIGTERM");
    assertEquals((await server.exit()).code, 0);
    const exported = await fourth.run("confab export --data /var/lib/confab");
    assertEquals(exported.match(/(?<="text":")\w+/g), ["one", "two"]);
  },
});

import { curlAt, curlGet, newName } from "./copies.ts";
import { Member, type Opened } from "./member.ts";
import { shell } from "./processes.ts";
import type { Site } from "./site.ts";

export interface TransfersOptions {
  readonly tls: boolean;
  /** In each direction. */
  readonly count: number;
  /** Further options of curl. */
  readonly more: string;
}

/** Uploads and downloads by curl, one process each, until they are disposed. A download begins again when it ends. */
export class Transfers implements AsyncDisposable {
  readonly #site: Site;
  readonly #tls: boolean;
  readonly #member: Member;
  readonly #slots: Opened[] = [];
  readonly #children: Deno.ChildProcess[] = [];

  private constructor(site: Site, tls: boolean, member: Member) {
    this.#site = site;
    this.#tls = tls;
    this.#member = member;
  }

  static async start(site: Site, { tls, count, more }: TransfersOptions): Promise<Transfers> {
    const member = await Member.join(site.served(tls).address, newName(), tls);
    const transfers = new Transfers(site, tls, member);
    const { file } = await member.put(site.part);
    const get = curlGet(site, tls, await member.fetch(file.id), "/dev/null");
    for (let nth = 0; nth < count; nth++) await transfers.#add(get, more);
    return transfers;
  }

  async #add(get: string, more: string): Promise<void> {
    const { size } = await Deno.stat(this.#site.part);
    const slot = await this.#member.offer(size);
    this.#slots.push(slot);
    const put = `${curlAt(this.#site, this.#tls, slot)} -o /dev/null -T ${this.#site.part} -H 'Expect:'`;
    this.#children.push(spawn(`while ${get} ${more} & wait $!; do :; done`), spawn(`${put} ${more} & wait $!`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill("SIGTERM");
    await Promise.all(this.#children.map(({ status }) => status));
    for (const slot of this.#slots) await shell(`${curlAt(this.#site, this.#tls, slot)} -X DELETE`);
    await this.#member[Symbol.asyncDispose]();
  }
}

/** Runs a shell command until SIGTERM, which ends its child as well. */
function spawn(command: string): Deno.ChildProcess {
  const script = `trap 'kill $!; exit' TERM; ${command}; sleep infinity & wait $!`;
  return new Deno.Command("bash", { args: ["-c", script], stdout: "null", stderr: "null" }).spawn();
}

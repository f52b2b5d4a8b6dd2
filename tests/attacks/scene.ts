/** A real server for one attack, and what attackers and members have to know of it. */

import { makeCertificate } from "../../src/cli/certificate.ts";
import { serve, type Served } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Chatters } from "./chatters.ts";
import { Wire } from "./wire.ts";

export interface SceneOptions {
  /** Whether everything on the port is inside TLS. */
  readonly tls?: boolean;
  /** Whether attackers come by this machine's address in the network, which is not exempt from bounds as loopback is. */
  readonly outside?: boolean;
  /** Further options of `serve`. */
  readonly serve: readonly string[];
}

/** Where attackers come, and what they have: it can be sent to a worker. */
export interface Target {
  readonly address: string;
  /** The server's certificate in PEM, where it speaks TLS. */
  readonly cert?: string;
  /** Secrets of invites that have let in people, and let in nobody any more. */
  readonly deadInvites: readonly string[];
}

/** What the server asks of whoever joins. */
const PASSWORD = "right horse battery";
const ADMIN_PASSWORD = "crane and gantry";
const CHATTERS = 10;

export class Scene implements AsyncDisposable {
  readonly target: Target;
  readonly chatters: Chatters;
  readonly server: Served;
  /** By which members come. */
  readonly #address: string;

  private constructor(server: Served, address: string, target: Target, chatters: Chatters) {
    this.server = server;
    this.#address = address;
    this.target = target;
    this.chatters = chatters;
  }

  static async open({ tls = false, outside = false, serve: further }: SceneOptions): Promise<Scene> {
    const folder = newFolder();
    const keep = async (name: string, text: string) => {
      await Deno.writeTextFile(`${folder}/${name}`, text);
      return `${folder}/${name}`;
    };
    const options = ["--password-file", await keep("password", PASSWORD)];
    options.push("--admin-password-file", await keep("admin", ADMIN_PASSWORD));
    const pair = tls ? await makeCertificate([], new Date()) : undefined;
    if (pair !== undefined) options.push("--cert", await keep("cert", pair.cert), "--key", await keep("key", pair.key));
    if (outside) options.push("--host", "0.0.0.0");
    const server = await serve(...options, ...further);
    const cert = pair?.cert;
    const address = `127.0.0.1:${server.port}`;
    const chatters = await Chatters.join(address, CHATTERS, PASSWORD, cert);
    const deadInvites = await makeDeadInvites(address, cert);
    return new Scene(server, address, { address: server.address, cert, deadInvites }, chatters);
  }

  /** Throws where nobody new can join. */
  async letOneIn(): Promise<void> {
    using late = await Wire.dial(this.#address, this.target.cert);
    await late.send({ type: "join", name: "late", password: PASSWORD });
    await late.until(({ type }) => type === "joined");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.chatters[Symbol.dispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

/** One that has let in as many as it may, and one whose time is over. */
async function makeDeadInvites(address: string, cert: string | undefined): Promise<string[]> {
  using owner = await Wire.dial(address, cert);
  await owner.send({ type: "auth", password: ADMIN_PASSWORD });
  await owner.until(({ type }) => type === "authenticated");
  await owner.send({ type: "invite", expires: 3_600, uses: 1 }, { type: "invite", expires: 1 });
  const usedUp = await owner.until(({ type }) => type === "invite");
  const brief = await owner.until(({ type }) => type === "invite");
  const secrets = [String(usedUp.secret), String(brief.secret)];
  for (const secret of secrets) while (await joins(address, cert, secret));
  return secrets;
}

async function joins(address: string, cert: string | undefined, password: string): Promise<boolean> {
  using guest = await Wire.dial(address, cert);
  await guest.send({ type: "join", name: "guest", password });
  const answer = await guest.until(({ type }) => type === "joined" || type === "error");
  if (answer.type !== "joined") return false;
  await guest.send({ type: "leave" });
  await guest.drain();
  return true;
}

/** A real server for one attack, and the details that attackers and members need. */

import { assertEquals } from "@std/assert";
import { makeCertificate } from "../../src/cli/hosting/certificate.ts";
import { type OtherProgram, serveBy, type Served } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Chatters } from "./chatters.ts";
import { Wire } from "./wire.ts";

export interface SceneOptions {
  /** True if the port uses TLS. */
  readonly tls?: boolean;
  /** True if attackers use this machine's network address, which has limits that loopback has not. */
  readonly outside?: boolean;
  /** True if attackers have invites that are used up or expired, which take a second to make. */
  readonly deadInvites?: boolean;
  /** Further options of `serve`. */
  readonly serve: readonly string[];
  /** What differs from the program of the checkout; nothing by default. */
  readonly program?: OtherProgram;
}

/** The address and secrets of attackers. It can be sent to a worker. */
export interface Target {
  readonly address: string;
  /** The server's certificate in PEM, if it uses TLS. */
  readonly cert?: string;
  /** Secrets of invites that are used up or expired; none unless the scene has them. */
  readonly deadInvites: readonly string[];
  /** The password for joining, for attackers who are members. */
  readonly password: string;
}

/** The password for joining. */
const PASSWORD = "right horse battery";
const ADMIN_PASSWORD = "crane and gantry";
const CHATTERS = 10;

interface Members {
  readonly address: string;
  readonly token: string;
  readonly chatters: Chatters;
}

export class Scene implements AsyncDisposable {
  readonly target: Target;
  readonly chatters: Chatters;
  readonly server: Served;
  /** The address that members use. */
  readonly #address: string;
  /** The token of a member who joined and left. */
  readonly #token: string;

  private constructor(server: Served, members: Members, target: Target) {
    this.server = server;
    this.#address = members.address;
    this.#token = members.token;
    this.target = target;
    this.chatters = members.chatters;
  }

  static async open(
    { tls = false, outside = false, deadInvites = false, serve: further, program = {} }: SceneOptions,
  ): Promise<Scene> {
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
    const server = await serveBy(program, ...options, ...further);
    const cert = pair?.cert;
    const address = `127.0.0.1:${server.port}`;
    const chatters = await Chatters.join(address, CHATTERS, PASSWORD, cert);
    const token = await visit(address, cert);
    return new Scene(server, { address, token, chatters }, {
      address: server.address,
      cert,
      deadInvites: deadInvites ? await makeDeadInvites(address, cert) : [],
      password: PASSWORD,
    });
  }

  /** Throws if the known member cannot rejoin. */
  async letOneBack(): Promise<void> {
    assertEquals(await this.#tryJoin({ token: this.#token, password: PASSWORD }), "joined");
  }

  /** Returns the type or error code of the reply to a new member with the right password, from the server's machine. */
  tryNewcomer(): Promise<string> {
    return this.#tryJoin({ name: "late", password: PASSWORD });
  }

  async #tryJoin(who: object): Promise<string> {
    using late = await Wire.dial(this.#address, this.target.cert);
    await late.send({ type: "join", ref: "late", ...who });
    const { type, code } = await late.until(({ ref }) => ref === "late");
    return String(code ?? type);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.chatters[Symbol.dispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

/** Joins, leaves, and returns the member's token. */
async function visit(address: string, cert: string | undefined): Promise<string> {
  using guest = await Wire.dial(address, cert);
  await guest.send({ type: "join", name: "visitor", password: PASSWORD }, { type: "leave" });
  const { you } = await guest.until(({ type }) => type === "joined");
  await guest.drain();
  return (you as { readonly token: string }).token;
}

/** Creates a used-up invite and an expired one. */
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

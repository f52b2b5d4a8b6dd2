/** The desks of the tour: a server, two users of the terminal client, and one of `nc`. */

import { Tmux } from "../helpers/tmux.ts";
import { type Camera, Desk, type DeskOptions } from "./desk.ts";

/** The default port of a server. */
export const DEFAULT_PORT = 5050;

const COLUMNS = 56;
const DESKS = [
  { name: "ada", title: "ada", columns: COLUMNS, rows: 16 },
  { name: "bob", title: "bob", columns: COLUMNS, rows: 16 },
  { name: "server", title: "the server", columns: COLUMNS, rows: 9 },
  { name: "mia", title: "mia, who has no Confab", columns: COLUMNS, rows: 9 },
] as const satisfies readonly DeskOptions[];

export type DeskName = typeof DESKS[number]["name"];

export class Stage implements AsyncDisposable {
  readonly desks: Readonly<Record<DeskName, Desk>>;
  readonly port: number;
  readonly #open: AsyncDisposableStack;

  private constructor(port: number, desks: Readonly<Record<DeskName, Desk>>, open: AsyncDisposableStack) {
    this.port = port;
    this.desks = desks;
    this.#open = open;
  }

  /** Opens a shell at each desk. The server will listen on `port`. */
  static async open(port: number, camera?: Camera): Promise<Stage> {
    await using open = new AsyncDisposableStack();
    const desks = await Promise.all(DESKS.map(async (options) => {
      const terminal = open.use(await openShell(options, port));
      return [options.name, new Desk(options, terminal, camera)] as const;
    }));
    return new Stage(port, Object.fromEntries(desks) as Record<DeskName, Desk>, open.move());
  }

  get all(): readonly Desk[] {
    return DESKS.map(({ name }) => this.desks[name]);
  }

  /** The address that users type. */
  get host(): string {
    return this.port === DEFAULT_PORT ? "localhost" : `localhost:${this.port}`;
  }

  /** Kills the server. */
  async crash(): Promise<void> {
    Deno.kill(await this.desks.server.terminal.programId(), "SIGKILL");
    await this.desks.server.reads(/Killed/);
  }

  /** The text of all desks with the same time, port and program name in every run. */
  async texts(): Promise<Record<DeskName, string>> {
    const texts = await Promise.all(this.all.map(async ({ options, terminal }) => {
      return [options.name, this.#normalize(await terminal.screen())] as const;
    }));
    return Object.fromEntries(texts) as Record<DeskName, string>;
  }

  #normalize(screen: string): string {
    return screen
      .replace(/(?<=\[)\d\d:\d\d/g, "12:00")
      .replace(/(?<=--- )\w+day, .+(?= ---)/, "Today")
      .replaceAll("deno task", "confab")
      .replaceAll(this.host, "localhost")
      .replaceAll(`connect 127.0.0.1:${this.port}`, "connect 127.0.0.1")
      .replaceAll(`${this.port}`, `${DEFAULT_PORT}`)
      // Each shell words this in its own way.
      .replace(/^.*Killed.*$/m, "Killed");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }
}

async function openShell({ name, columns, rows }: DeskOptions, port: number): Promise<Tmux> {
  const terminal = await Tmux.open({ columns, rows }, name === "server" ? "serve" : "connect");
  const settings = [`TZ=${noonZone(new Date())}`, ...(port === DEFAULT_PORT ? [] : [`CONFAB_PORT=${port}`])];
  await terminal.enter(`cd; export ${settings.join(" ")}; clear`);
  await terminal.until(/^\$$/);
  return terminal;
}

/** A time zone in which it is just past noon, so that midnight never falls into a run. POSIX reverses its sign. */
function noonZone(now: Date): string {
  const hours = now.getUTCHours() - 12;
  return `Etc/GMT${hours < 0 ? "" : "+"}${hours}`;
}

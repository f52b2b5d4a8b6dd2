import { newFolder } from "../../helpers/e2e_home.ts";
import { Program } from "../../helpers/process.ts";
import type { Lines } from "../../helpers/process_lines.ts";
import { flagsOf } from "../../helpers/task_flags.ts";

const CLIENT = new URL("terminal_client.ts", import.meta.url).href;

/** The real terminal client of a member, which can be killed at any moment and started again with its memory. */
export class MemberProcess implements AsyncDisposable {
  readonly #address: string;
  readonly #name: string;
  readonly #home = newFolder();
  #program: Program;

  private constructor(address: string, name: string) {
    this.#address = address;
    this.#name = name;
    this.#program = this.#spawn();
  }

  /** Resolves when the member is in the lobby. */
  static async start(address: string, name: string): Promise<MemberProcess> {
    const member = new MemberProcess(address, name);
    await member.#joined();
    return member;
  }

  /** The output of the running client so far. */
  get lines(): Lines {
    return this.#program.stdout;
  }

  async enter(line: string): Promise<void> {
    await this.#program.type(`${line}\n`);
  }

  /** Sends SIGKILL, and resolves when the process has ended. */
  async kill(): Promise<void> {
    this.#program.kill("SIGKILL");
    await this.#program.exit();
  }

  /** Starts again after `kill`. */
  async restart(): Promise<void> {
    this.#program = this.#spawn();
    await this.#joined();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }

  async #joined(): Promise<void> {
    await this.lines.first("Ctrl-D quits");
  }

  #spawn(): Program {
    const program = ["run", "--no-prompt", "--quiet", ...flagsOf("connect"), CLIENT];
    const args = [...program, "connect", this.#address, "--name", this.#name, "--plain"];
    return new Program(Deno.execPath(), { args, home: this.#home });
  }
}

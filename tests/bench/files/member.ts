import type { MessageFile } from "../../../src/protocol/messages/messages.ts";
import type { DriverCommand, Usage } from "./driver_command.ts";
import { denoProgram, LineProgram } from "./processes.ts";

/** The path that a slot or a grant opens. */
export interface Opened {
  readonly id: string;
  readonly path: string;
  /** Only a slot has one. */
  readonly token: string;
}

/** A member in a process of its own, which transfers files by the code of the terminal client. */
export class Member implements AsyncDisposable {
  readonly #program: LineProgram;

  private constructor(program: LineProgram) {
    this.#program = program;
  }

  static async join(address: string, name: string, tls: boolean): Promise<Member> {
    const program = new LineProgram(denoProgram("driver.ts", address, name, ...tls ? ["tls"] : []));
    await program.line();
    return new Member(program);
  }

  put(path: string): Promise<Usage & { readonly file: MessageFile }> {
    return this.#perform({ do: "put", path });
  }

  get(file: MessageFile, path: string): Promise<Usage> {
    return this.#perform({ do: "get", file, path });
  }

  offer(size: number): Promise<Opened> {
    return this.#perform({ do: "ask", command: { type: "offer", room: "lobby", name: "a.bin", size } });
  }

  fetch(id: string): Promise<Opened> {
    return this.#perform({ do: "ask", command: { type: "fetch", id } });
  }

  async #perform<T>(command: DriverCommand): Promise<T> {
    await this.#program.write(JSON.stringify(command));
    const answer = JSON.parse(await this.#program.line());
    if (answer.error !== undefined || answer.type === "error") throw new Error(answer.error ?? answer.message);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}

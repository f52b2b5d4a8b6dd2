/** The wall clock of one program, which can be set wrong while it runs. Its monotonic clock stays right. */

import { isInstalled } from "../../helpers/process.ts";

export class SettableClock {
  /** The words that start a program with this clock, before its own. */
  readonly words: readonly string[];
  readonly #file: string;

  /** `library` is that of libfaketime. `file` will hold the error of the clock. */
  constructor(library: string, file: string) {
    const changes = [`FAKETIME_TIMESTAMP_FILE=${file}`, "FAKETIME_NO_CACHE=1"];
    this.words = ["env", ...variables(library), ...changes];
    this.#file = file;
    this.set(0);
  }

  /** By how many seconds the clock is ahead, or behind if negative. */
  set(seconds: number): void {
    const next = `${this.#file}.next`;
    Deno.writeTextFileSync(next, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    // The program never reads half of it.
    Deno.renameSync(next, this.#file);
  }
}

function variables(library: string): string[] {
  return [`LD_PRELOAD=${library}`, "DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1"];
}

/** The library of libfaketime, which answers in place of the system's clock; `undefined` if it is absent or does not work. */
export function findClockLibrary(): string | undefined {
  if (Deno.build.os !== "linux" || !isInstalled("faketime", ["--version"], /faketime/i)) return undefined;
  const library = outputOf("faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD");
  // A library that is too old for this machine or this Deno changes nothing, or breaks the program.
  const probe = outputOf(
    "env",
    ...variables(library),
    "FAKETIME=-1000d",
    Deno.execPath(),
    "eval",
    "console.log(Date.now())",
  );
  const isFit = Math.abs(Number(probe) - (Date.now() - 1_000 * 24 * 3_600_000)) < 60_000;
  return isFit ? library : undefined;
}

function outputOf(command: string, ...args: readonly string[]): string {
  const { stdout } = new Deno.Command(command, { args: [...args], stdin: "null", stderr: "null" }).outputSync();
  return new TextDecoder().decode(stdout).trim();
}

/**
 * What is tried first in every run, a JSON string a line. `NAME.jsonl` has what mutations begin with, so a change there changes
 * what a seed brings about. `NAME.found.jsonl` has what runs by hand have found since: move it over when it is understood.
 */

const FOLDER = new URL("corpus/", import.meta.url);

export interface Corpus {
  readonly parents: readonly string[];
  readonly found: readonly string[];
}

export function readCorpus(target: string): Corpus {
  return { parents: read(`${target}.jsonl`), found: read(`${target}.found.jsonl`) };
}

/** Does nothing where it is there already. */
export function keep(target: string, input: string): void {
  const { parents, found } = readCorpus(target);
  if (parents.includes(input) || found.includes(input)) return;
  Deno.writeTextFileSync(new URL(`${target}.found.jsonl`, FOLDER), `${inAscii(input)}\n`, { append: true });
}

/** A JSON string that no editor and no terminal stumbles over. */
export function inAscii(text: string): string {
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(text).replace(/[^ -~]/g, escaped);
}

function read(name: string): string[] {
  try {
    return Deno.readTextFileSync(new URL(name, FOLDER)).split("\n").filter((line) => line !== "").map(parse);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function parse(line: string): string {
  const text: unknown = JSON.parse(line);
  if (typeof text === "string") return text;
  throw new Error(`Entry of the corpus is no string: ${line.slice(0, 80)}`);
}

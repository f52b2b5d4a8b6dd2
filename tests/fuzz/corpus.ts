/**
 * The inputs that run first, one JSON string per line. `NAME.jsonl` has the parents of mutations, so a change there changes
 * the inputs of a seed. `NAME.found.jsonl` has the findings of runs by hand: move them over when they are understood.
 */

const FOLDER = new URL("corpus/", import.meta.url);

export interface Corpus {
  readonly parents: readonly string[];
  readonly found: readonly string[];
}

export function readCorpus(target: string): Corpus {
  return { parents: read(`${target}.jsonl`), found: read(`${target}.found.jsonl`) };
}

/** Adds a finding unless it is known. */
export function keep(target: string, input: string): void {
  const { parents, found } = readCorpus(target);
  if (parents.includes(input) || found.includes(input)) return;
  Deno.writeTextFileSync(new URL(`${target}.found.jsonl`, FOLDER), `${inAscii(input)}\n`, { append: true });
}

/** Encodes a text as a JSON string in ASCII. */
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
  throw new Error(`The corpus entry is not a string: ${line.slice(0, 80)}`);
}

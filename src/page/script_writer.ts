/** Writes linked scripts: without comments, indentation and needless line breaks, each statement of a module on a line of its own. */

import type { Declared, ScriptLinker } from "./script_linker.ts";
import type { ScriptModule, ScriptStatement } from "./script_module.ts";
import type { ScriptNames } from "./script_names.ts";
import type { LinkedScript } from "./script_splitter.ts";
import { isDynamicImport, isPrivateMark, isShorthand, isVariable, textOfToken } from "./script_tokens.ts";

/** The text that is written for a token, and the index of the token after it. */
interface Word {
  readonly text: string;
  readonly next: number;
}

/** The expression for the address of a part; `undefined` if nothing has to be loaded for that module. */
export type AddressOfPart = (demanded: ScriptModule) => string | undefined;

export class ScriptWriter {
  readonly #linker: ScriptLinker;
  readonly #names: ScriptNames;

  constructor(linker: ScriptLinker, names: ScriptNames) {
    this.#linker = linker;
    this.#names = names;
  }

  /** Returns the statements of a script, each from a new line on. `pause` is awaited before each module. */
  async write({ modules }: LinkedScript, addressOf: AddressOfPart, pause: () => Promise<void>): Promise<string> {
    const parts: string[] = [];
    for (const { module, statements } of modules) {
      await pause();
      for (const statement of statements) parts.push(`${this.#statement(module, statement, addressOf)}\n`);
    }
    return parts.join("");
  }

  #statement(module: ScriptModule, { start, end }: ScriptStatement, addressOf: AddressOfPart): string {
    const { code, tokens } = module;
    const words: string[] = [];
    let before = "";
    for (let index = start, position = tokens[start]!.start; index < end;) {
      const gap = code.slice(position, tokens[index]!.start);
      const { text, next } = this.#word(module, index, addressOf);
      if (text === "," && isTrailing(module, index)) {
        position = tokens[index]!.end;
        index = next;
        continue;
      }
      if (gap !== "") words.push(separator(before, gap, text[0]!));
      words.push(text);
      before = text.at(-1) ?? before;
      position = tokens[next - 1]!.end;
      index = next;
    }
    return words.join("");
  }

  #word(module: ScriptModule, index: number, addressOf: AddressOfPart): Word {
    const { code, tokens } = module;
    if (isVariable(tokens[index]!)) return this.#variable(module, index);
    if (isPrivateMark(tokens[index]!)) {
      return { text: `#${this.#names.ofPrivate(textOfToken(code, tokens[index + 1]!))}`, next: index + 2 };
    }
    if (isDynamicImport(tokens, index)) {
      return { text: this.#demand(this.#linker.demandedAt(module, index), addressOf), next: index + 4 };
    }
    return { text: textOfToken(code, tokens[index]!), next: index + 1 };
  }

  #demand(demanded: ScriptModule, addressOf: AddressOfPart): string {
    const address = addressOf(demanded);
    if (address !== undefined) return `import(${address})`;
    return `Promise.resolve(${this.#members(this.#linker.exportsOf(demanded))})`;
  }

  #variable(module: ScriptModule, index: number): Word {
    const binding = this.#linker.bindingAt(module, index);
    const member = binding?.type === "namespace" ? this.#linker.memberAt(module, index, binding.module) : undefined;
    if (member !== undefined) return { text: this.#names.of(member.module, member.name), next: index + 3 };
    const token = module.tokens[index]!;
    const name = textOfToken(module.code, token);
    const written = binding?.type === "namespace"
      ? `(${this.#members(this.#linker.exportsOf(binding.module))})`
      : this.#names.at(module, index);
    return { text: isShorthand(token) && written !== name ? `${name}:${written}` : written, next: index + 1 };
  }

  /** The exports of a module that has run already, as they are now. */
  #members(exports: readonly [name: string, Declared][]): string {
    return `{${exports.map(([name, { module, name: own }]) => `${name}:${this.#names.of(module, own)}`).join(",")}}`;
  }
}

/** Whether the comma at this index only ends a list, and is no hole in an array. */
function isTrailing({ code, tokens }: ScriptModule, index: number): boolean {
  const [before, after] = [tokens[index - 1], tokens[index + 1]].map((token) => token && textOfToken(code, token));
  return before !== "," && before !== "[" && (after === ")" || after === "]" || after === "}");
}

/** A line break after or before these means nothing: they need no semicolon there, or are one, or get one without the break. */
const AFTER_WHICH_LINES_GO_ON = ",([{;:=?&|";
const BEFORE_WHICH_LINES_GO_ON = ")].,}";
/** Together they would be another token, the start of a comment, or the end of the script element. */
const APART: ReadonlySet<string> = new Set(["++", "--", "//", "/*", "<!", "</"]);

/** The part that must stay of the white space and comments between two tokens, by the characters before and after it. */
function separator(before: string, gap: string, after: string): string {
  const goesOn = AFTER_WHICH_LINES_GO_ON.includes(before) || BEFORE_WHICH_LINES_GO_ON.includes(after);
  if (!goesOn && gap.includes("\n")) return "\n";
  if (isWordChar(before)) return isWordChar(after) || after === "." ? " " : "";
  return APART.has(before + after) ? " " : "";
}

/** Also true for the last character of a number and of a regular expression's flags. */
function isWordChar(char: string): boolean {
  return /[\w$#\\\u0080-\uffff]/.test(char);
}

/** Writes linked modules: without comments and indentation, line by line as the sources. */

import type { LinkedModule, ScriptLinker } from "./script_linker.ts";
import type { ScriptModule, ScriptStatement } from "./script_module.ts";
import type { ScriptNames } from "./script_names.ts";
import { isDynamicImport, isPrivateMark, isShorthand, isVariable, textOfToken } from "./script_tokens.ts";

/** The text that is written for a token, and the index of the token after it. */
interface Word {
  readonly text: string;
  readonly next: number;
}

export class ScriptWriter {
  readonly #linker: Pick<ScriptLinker, "bindingAt" | "dynamicExports" | "exportsOf" | "memberAt">;
  readonly #names: Pick<ScriptNames, "at" | "of" | "ofPrivate">;

  constructor(
    linker: Pick<ScriptLinker, "bindingAt" | "dynamicExports" | "exportsOf" | "memberAt">,
    names: Pick<ScriptNames, "at" | "of" | "ofPrivate">,
  ) {
    this.#linker = linker;
    this.#names = names;
  }

  /** Returns the needed statements of a module, each from a new line on. */
  write({ module, statements }: LinkedModule): string {
    return statements.map((statement) => `${this.#statement(module, statement)}\n`).join("");
  }

  #statement(module: ScriptModule, { start, end }: ScriptStatement): string {
    const { code, tokens } = module;
    const words: string[] = [];
    let before = "";
    for (let index = start, position = tokens[start]!.start; index < end;) {
      const gap = code.slice(position, tokens[index]!.start);
      const { text, next } = this.#word(module, index);
      if (gap !== "") words.push(separator(before, gap, text[0]!));
      words.push(text);
      before = text.at(-1) ?? before;
      position = tokens[next - 1]!.end;
      index = next;
    }
    return words.join("");
  }

  #word(module: ScriptModule, index: number): Word {
    const { code, tokens } = module;
    if (isVariable(tokens[index]!)) return this.#variable(module, index);
    if (isPrivateMark(tokens[index]!)) {
      return { text: `#${this.#names.ofPrivate(textOfToken(code, tokens[index + 1]!))}`, next: index + 2 };
    }
    if (isDynamicImport(tokens, index)) {
      return {
        text: `Promise.resolve(${this.#members(this.#linker.dynamicExports(module, index))})`,
        next: index + 4,
      };
    }
    return { text: textOfToken(code, tokens[index]!), next: index + 1 };
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
  #members(exports: ReturnType<ScriptLinker["exportsOf"]>): string {
    return `{${exports.map(([name, { module, name: own }]) => `${name}:${this.#names.of(module, own)}`).join(",")}}`;
  }
}

const AFTER_WHICH_LINES_GO_ON = ",([{";
const BEFORE_WHICH_LINES_GO_ON = ")].,";
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

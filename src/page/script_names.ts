/** Names in a script that several modules share: none means two things at the same place. */

import type { ScriptLinker } from "./script_linker.ts";
import type { ScriptModule } from "./script_module.ts";
import type { InnerScope } from "./script_scopes.ts";
import type { LinkedModule } from "./script_splitter.ts";
import { isPrivateMark, isVariable, textOfToken } from "./script_tokens.ts";

/** Words of the language that are as short as the new names. */
const WORDS = ["as", "do", "if", "in", "of", "for", "get", "let", "new", "set", "try", "var"];
const FIRST_CHARS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
const CHARS = `${FIRST_CHARS}0123456789`;
/**
 * The new names of all variables, which are short. Declarations at the top level of a module get names with a `$`, which no
 * other declaration in any script has. Parameters and local variables get names that differ from those of all scopes around
 * theirs. A name that its module also needs at the top level gets the same new name in all scopes, and one that is also global stays.
 */
export class ScriptNames {
  readonly #linker: ScriptLinker;
  /** New names at the top level. */
  readonly #outer = new Map<ScriptModule, Map<string, string>>();
  readonly #globals = new Map<ScriptModule, ReadonlySet<string>>();
  readonly #short: ShortNames;
  readonly #fields: ReadonlyMap<string, string>;
  /** New names below it, and how many names the scopes around a scope have together with it. */
  readonly #inner = new Map<InnerScope, { readonly names: ReadonlyMap<string, string>; readonly count: number }>();

  /** `linked` has each module once, with all statements that any script needs. */
  constructor(linked: readonly LinkedModule[], linker: ScriptLinker) {
    this.#linker = linker;
    for (const part of linked) this.#globals.set(part.module, globalsOf(part, linker));
    const globals = [...this.#globals.values()].flatMap((names) => [...names]);
    this.#short = new ShortNames(new Set([...WORDS, ...globals]));
    let count = 0;
    for (const { module, statements } of linked) {
      const declared = statements.flatMap(({ declares }) => declares);
      this.#outer.set(module, new Map(declared.map((name) => [name, `$${this.#short.at(count++)}`])));
    }
    this.#fields = fieldNames(linked);
  }

  /** The new name of a declaration that is needed. */
  of(module: ScriptModule, name: string): string {
    return this.#outer.get(module)!.get(name)!;
  }

  /** The new name of the variable at that token, which is no namespace. */
  at(module: ScriptModule, index: number): string {
    const name = textOfToken(module.code, module.tokens[index]!);
    const binding = this.#linker.bindingOf(module, name);
    const outer = binding?.type === "declared" ? this.#outer.get(binding.module)!.get(binding.name) : undefined;
    if (outer !== undefined) return outer;
    const scope = this.#globals.get(module)!.has(name) ? undefined : module.scopes.declaring(index, name);
    return scope === undefined ? name : this.#in(scope).names.get(name)!;
  }

  /** The new name of a private field or method, without its `#`. */
  ofPrivate(name: string): string {
    return this.#fields.get(name)!;
  }

  #in(scope: InnerScope): { readonly names: ReadonlyMap<string, string>; readonly count: number } {
    const known = this.#inner.get(scope);
    if (known !== undefined) return known;
    const before = scope.parent === undefined ? 0 : this.#in(scope.parent).count;
    const names = new Map(Array.from(scope.names, (name, index) => [name, this.#short.at(before + index)]));
    const made = { names, count: before + names.size };
    this.#inner.set(scope, made);
    return made;
  }
}

/** Names that the module uses without declaring them. */
function globalsOf({ module, statements }: LinkedModule, linker: ScriptLinker): Set<string> {
  const globals = new Set<string>();
  for (const index of statements.flatMap(({ names }) => names)) {
    if (!isVariable(module.tokens[index]!)) continue;
    const name = textOfToken(module.code, module.tokens[index]!);
    const isDeclared = module.scopes.declaring(index, name) !== undefined ||
      linker.bindingOf(module, name) !== undefined;
    if (!isDeclared) globals.add(name);
  }
  return globals;
}

/** Short names of all private fields and methods, the most used first. */
function fieldNames(linked: readonly LinkedModule[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { module: { code, tokens }, statements } of linked) {
    for (const index of statements.flatMap(({ names }) => names)) {
      if (!isPrivateMark(tokens[index]!)) continue;
      const name = textOfToken(code, tokens[index + 1]!);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const short = new ShortNames(new Set());
  const fields = [...counts].toSorted(([, one], [, other]) => other - one);
  return new Map(fields.map(([name], index) => [name, short.at(index)]));
}

/** `a`, `b`, …, `aa`, … without those that are taken. */
class ShortNames {
  readonly #taken: ReadonlySet<string>;
  readonly #names: string[] = [];
  #tried = 0;

  constructor(taken: ReadonlySet<string>) {
    this.#taken = taken;
  }

  at(index: number): string {
    while (this.#names.length <= index) {
      const name = shortName(this.#tried++);
      if (!this.#taken.has(name)) this.#names.push(name);
    }
    return this.#names[index]!;
  }
}

function shortName(number: number): string {
  const first = FIRST_CHARS[number % FIRST_CHARS.length]!;
  const rest = Math.floor(number / FIRST_CHARS.length);
  return rest === 0 ? first : first + CHARS[(rest - 1) % CHARS.length];
}

/** Splits linked modules into the main script and the parts that are imported on demand, and leaves out what nothing needs. */

import type { Declared, ScriptLinker } from "./script_linker.ts";
import type { ScriptModule, ScriptStatement } from "./script_module.ts";
import { isDynamicImport } from "./script_tokens.ts";

export interface LinkedModule {
  readonly module: ScriptModule;
  readonly statements: readonly ScriptStatement[];
}

/** Statements that are loaded together, by module in the order in which they run. */
export interface LinkedScript {
  /** The module whose import on demand loads this script, if no other module's does; `undefined` for the main script. */
  readonly demanded?: ScriptModule;
  readonly modules: readonly LinkedModule[];
}

export interface SplitScripts {
  readonly main: LinkedScript;
  /** A part comes after those that have a statement which it needs. */
  readonly parts: readonly LinkedScript[];
  /** Each module once, with the statements of all scripts. */
  readonly all: readonly LinkedModule[];
}

/** A smaller shared part is not worth a request of its own. */
const MIN_SHARED_CHARS = 1_200;

/**
 * Splits modules, which are in the order in which they run. What the entry needs is the main script. A module that is imported
 * on demand becomes a part, with what it needs and the main script lacks. What several such modules need is a part as well, or
 * belongs to the main script if it is shorter than `MIN_SHARED_CHARS`.
 */
export function splitScripts(
  modules: readonly ScriptModule[],
  entry: ScriptModule,
  linker: ScriptLinker,
  alsoInMain: readonly Declared[] = [],
): SplitScripts {
  const split = splitByUsers(modules, entry, linker, alsoInMain);
  const small = split.parts.filter((part) => part.demanded === undefined && charsOf(part) < MIN_SHARED_CHARS);
  if (small.length === 0) return split;
  return splitByUsers(modules, entry, linker, [...alsoInMain, ...small.flatMap(declaredIn)]);
}

function splitByUsers(
  modules: readonly ScriptModule[],
  entry: ScriptModule,
  linker: ScriptLinker,
  alsoInMain: readonly Declared[],
): SplitScripts {
  const users = new StatementUsers(linker);
  users.add(entry, alsoInMain);
  const groups = new Map<string, readonly ScriptModule[]>();
  for (const group of users.groups().toSorted((one, other) => other.length - one.length)) {
    groups.set(keyOf(group), group);
  }
  const scriptOf = (key: string): LinkedModule[] => linked(modules, (statement) => keyOf(users.of(statement)) === key);
  const parts = [...groups].filter(([, [first]]) => first !== entry).map(([key, group]) => ({
    ...group.length === 1 && { demanded: group[0]! },
    modules: scriptOf(key),
  }));
  const all = linked(modules, (statement) => users.of(statement).length > 0);
  return { main: { modules: scriptOf(keyOf([entry])) }, parts, all };
}

/** The length of its statements as they are in their modules. */
function charsOf({ modules }: LinkedScript): number {
  return modules.reduce((sum, { module: { tokens }, statements }) => {
    return statements.reduce((chars, { start, end }) => chars + tokens[end - 1]!.end - tokens[start]!.start, sum);
  }, 0);
}

function declaredIn({ modules }: LinkedScript): Declared[] {
  return modules.flatMap(({ module, statements }) =>
    statements.flatMap(({ declares: [name] }) => name === undefined ? [] : { type: "declared" as const, module, name })
  );
}

function keyOf(group: readonly ScriptModule[]): string {
  return group.map(({ id }) => id).join(" ");
}

function linked(modules: readonly ScriptModule[], isNeeded: (statement: ScriptStatement) => boolean): LinkedModule[] {
  return modules.map((module) => ({ module, statements: module.statements.filter(isNeeded) }))
    .filter(({ statements }) => statements.length > 0);
}

/** For each statement, the roots that need it: the entry, and modules that are imported on demand, in the order of their discovery. */
class StatementUsers {
  readonly #linker: ScriptLinker;
  readonly #users = new Map<ScriptStatement, ScriptModule[]>();
  /** The entry first. */
  readonly roots: ScriptModule[] = [];

  constructor(linker: ScriptLinker) {
    this.#linker = linker;
  }

  /** Adds the entry, and all roots that are found on the way. */
  add(entry: ScriptModule, alsoInMain: readonly Declared[]): void {
    this.roots.push(entry);
    const own = entry.statements.map((statement) => [entry, statement] as const);
    this.#follow(entry, [...own, ...alsoInMain.map((each) => this.#placeOf(each))]);
    for (let next = 1; next < this.roots.length; next++) {
      const root = this.roots[next]!;
      this.#follow(root, this.#linker.exportsOf(root).map(([, each]) => this.#placeOf(each)));
    }
  }

  of(statement: ScriptStatement): readonly ScriptModule[] {
    return this.#users.get(statement) ?? [];
  }

  /** The users of each statement, and each root that has an export which the entry does not need. */
  groups(): (readonly ScriptModule[])[] {
    const [entry, ...demanded] = this.roots;
    const loaded = demanded.filter((root) =>
      this.#linker.exportsOf(root).some(([, each]) => this.of(this.#linker.statementOf(each))[0] !== entry)
    );
    return [...this.#users.values(), ...loaded.map((root) => [root])];
  }

  /**
   * A statement that declares nothing runs for its effect. A declaration is left out unless something names it: its initial
   * value may have no effect.
   */
  #follow(root: ScriptModule, named: readonly (readonly [ScriptModule, ScriptStatement])[]): void {
    const queue = [...named];
    for (const module of this.#withRequired(root)) {
      for (const statement of module.statements) if (statement.declares.length === 0) queue.push([module, statement]);
    }
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [module, statement] = next;
      const users = this.#users.get(statement);
      if (users === undefined) this.#users.set(statement, [root]);
      else if (users[0] === this.roots[0] || users.at(-1) === root) continue;
      else users.push(root);
      this.#noteDemands(module, statement);
      queue.push(...this.#linker.declarationsIn(module, statement).map((each) => this.#placeOf(each)));
    }
  }

  #noteDemands(module: ScriptModule, { names }: ScriptStatement): void {
    for (const index of names) {
      if (!isDynamicImport(module.tokens, index)) continue;
      const demanded = this.#linker.demandedAt(module, index);
      if (!this.roots.includes(demanded)) this.roots.push(demanded);
    }
  }

  #withRequired(root: ScriptModule): Set<ScriptModule> {
    const found = new Set([root]);
    for (const module of found) for (const required of this.#linker.requiredBy(module)) found.add(required);
    return found;
  }

  #placeOf(declared: Declared): [ScriptModule, ScriptStatement] {
    return [declared.module, this.#linker.statementOf(declared)];
  }
}

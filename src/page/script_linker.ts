/** Links modules into the statements of one scope: finds what each name means, and leaves out what nothing needs. */

import type { ScriptModule, ScriptStatement } from "./script_module.ts";
import { isDynamicImport, isVariable, textOfToken } from "./script_tokens.ts";

/** The meaning of a name at the top level of a module. */
export type Binding =
  | { readonly type: "declared"; readonly module: ScriptModule; readonly name: string }
  | { readonly type: "namespace"; readonly module: ScriptModule };

type Declared = Binding & { readonly type: "declared" };

export interface LinkedModule {
  readonly module: ScriptModule;
  readonly statements: readonly ScriptStatement[];
}

type Find = (from: string, importer: ScriptModule) => ScriptModule;

/** Modules in the order in which they run: each after those that it imports. */
export class ScriptLinker {
  readonly #modules: readonly ScriptModule[];
  readonly #find: Find;
  readonly #bindings = new Map<ScriptModule, Map<string, Binding | undefined>>();

  constructor(modules: readonly ScriptModule[], find: Find) {
    this.#modules = modules;
    this.#find = find;
  }

  /**
   * The modules with the statements that the entry, which is the last module, needs. Statements that declare nothing run for
   * their effect. A declaration is left out unless something names it: its initial value may have no effect.
   */
  link(): LinkedModule[] {
    const needed = new Set<ScriptStatement>();
    const declarations = new Map(this.#modules.map((module) => [module, declarationsOf(module)]));
    const queue: [ScriptModule, ScriptStatement][] = [];
    const need = (module: ScriptModule, statement: ScriptStatement) => {
      if (needed.has(statement)) return;
      needed.add(statement);
      queue.push([module, statement]);
    };
    for (const module of this.#modules) {
      for (const statement of module.statements) if (statement.declares.length === 0) need(module, statement);
    }
    const entry = this.#modules.at(-1)!;
    for (const statement of entry.statements) need(entry, statement);
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const { module, name } of this.#namesIn(...next)) {
        need(module, declarations.get(module)!.get(name)!);
      }
    }
    return this.#modules.map((module) => ({
      module,
      statements: module.statements.filter((statement) => needed.has(statement)),
    }));
  }

  /** The meaning of the variable at that token; `undefined` if it is a parameter, a local variable, or global. */
  bindingAt(module: ScriptModule, index: number): Binding | undefined {
    const token = module.tokens[index]!;
    if (!isVariable(token)) return undefined;
    const name = textOfToken(module.code, token);
    return module.scopes.declaring(index, name) === undefined ? this.bindingOf(module, name) : undefined;
  }

  /** The meaning of a name at the top level; `undefined` if it is global. */
  bindingOf(module: ScriptModule, name: string): Binding | undefined {
    let known = this.#bindings.get(module);
    if (known === undefined) this.#bindings.set(module, known = new Map());
    const binding = known.get(name);
    if (binding !== undefined || known.has(name)) return binding;
    const found = this.#findBinding(module, name);
    known.set(name, found);
    return found;
  }

  #findBinding(module: ScriptModule, name: string): Binding | undefined {
    const imported = module.imports.get(name);
    if (imported !== undefined) return this.#exported(this.#find(imported.from, module), imported.name);
    return declarationsOf(module).has(name) ? { type: "declared", module, name } : undefined;
  }

  /** The meaning of `namespace.name`, where the token at `index` is the namespace; `undefined` if it is used as a value. */
  memberAt(module: ScriptModule, index: number, namespace: ScriptModule): Declared | undefined {
    const [dot, member] = [1, 2].map((after) => textOfToken(module.code, module.tokens[index + after]!));
    return dot === "." ? this.#declared(namespace, member!) : undefined;
  }

  /** All exports of the module that `import("…")` at that token names. */
  dynamicExports(module: ScriptModule, index: number): [name: string, Declared][] {
    return this.exportsOf(this.#find(textOfToken(module.code, module.tokens[index + 2]!).slice(1, -1), module));
  }

  exportsOf(module: ScriptModule): [name: string, Declared][] {
    return Array.from(module.exports.keys(), (name) => [name, this.#declared(module, name)]);
  }

  #declared(module: ScriptModule, name: string): Declared {
    const binding = this.#exported(module, name);
    if (binding.type === "declared") return binding;
    throw new Error(`Cannot pack ${module.id}: it exports all of ${binding.module.id} as ${name}`);
  }

  #namesIn(module: ScriptModule, { names }: ScriptStatement): Declared[] {
    return names.flatMap((index) => {
      if (isDynamicImport(module.tokens, index)) {
        return this.dynamicExports(module, index).map(([, binding]) => binding);
      }
      const binding = this.bindingAt(module, index);
      if (binding === undefined) return [];
      if (binding.type === "declared") return binding;
      const member = this.memberAt(module, index, binding.module);
      return member ?? this.exportsOf(binding.module).map(([, each]) => each);
    });
  }

  #exported(module: ScriptModule, name: string): Binding {
    if (name === "*") return { type: "namespace", module };
    const target = module.exports.get(name);
    if (target === undefined) throw new Error(`Cannot pack ${module.id}: it does not export ${name}`);
    if (typeof target !== "string") return this.#exported(this.#find(target.from, module), target.name);
    const binding = this.bindingOf(module, target);
    if (binding === undefined) throw new Error(`Cannot pack ${module.id}: it does not declare ${target}`);
    return binding;
  }
}

const DECLARATIONS = new WeakMap<ScriptModule, Map<string, ScriptStatement>>();

function declarationsOf(module: ScriptModule): Map<string, ScriptStatement> {
  const known = DECLARATIONS.get(module);
  if (known !== undefined) return known;
  const declarations = new Map(
    module.statements.flatMap((statement) => statement.declares.map((name) => [name, statement] as const)),
  );
  DECLARATIONS.set(module, declarations);
  return declarations;
}

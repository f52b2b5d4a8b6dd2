/** Finds what each name of a module means, also across its imports. */

import type { ScriptModule, ScriptStatement } from "./script_module.ts";
import { isVariable, textOfToken } from "./script_tokens.ts";

/** The meaning of a name at the top level of a module. */
export type Binding =
  | { readonly type: "declared"; readonly module: ScriptModule; readonly name: string }
  | { readonly type: "namespace"; readonly module: ScriptModule };

export type Declared = Binding & { readonly type: "declared" };

type Find = (from: string, importer: ScriptModule) => ScriptModule;

/** Names of modules, in the order in which the modules run: each after those that it imports. */
export class ScriptLinker {
  readonly #find: Find;
  readonly #bindings = new Map<ScriptModule, Map<string, Binding | undefined>>();

  constructor(find: Find) {
    this.#find = find;
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
    return dot === "." ? this.exported(namespace, member!) : undefined;
  }

  /** The module that `import("…")` at that token names. */
  demandedAt(module: ScriptModule, index: number): ScriptModule {
    return this.#find(textOfToken(module.code, module.tokens[index + 2]!).slice(1, -1), module);
  }

  /** The modules that run before it. */
  requiredBy(module: ScriptModule): ScriptModule[] {
    return module.requires.map((name) => this.#find(name, module));
  }

  exportsOf(module: ScriptModule): [name: string, Declared][] {
    return Array.from(module.exports.keys(), (name) => [name, this.exported(module, name)]);
  }

  /** The declaration that the module exports by that name. Throws for a missing export and for a whole module. */
  exported(module: ScriptModule, name: string): Declared {
    const binding = this.#exported(module, name);
    if (binding.type === "declared") return binding;
    throw new Error(`Cannot pack ${module.id}: it exports all of ${binding.module.id} as ${name}`);
  }

  /** The declarations at the top level that a statement names. Modules that it imports on demand do not count. */
  declarationsIn(module: ScriptModule, { names }: ScriptStatement): Declared[] {
    return names.flatMap((index) => {
      const binding = this.bindingAt(module, index);
      if (binding === undefined) return [];
      if (binding.type === "declared") return binding;
      const member = this.memberAt(module, index, binding.module);
      return member ?? this.exportsOf(binding.module).map(([, each]) => each);
    });
  }

  /** The statement that declares the name. */
  statementOf({ module, name }: Declared): ScriptStatement {
    return declarationsOf(module).get(name)!;
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

/** The scopes below the top level of a module, and the parameters and local variables that each declares. */

/** A scope as sucrase's parser marks it: a range of tokens. */
export interface TokenRange {
  readonly startTokenIndex: number;
  readonly endTokenIndex: number;
  readonly isFunctionScope: boolean;
}

export interface InnerScope {
  /** `undefined` at the top level. */
  readonly parent: InnerScope | undefined;
  readonly isFunction: boolean;
  /** Names that it declares, in their order. */
  readonly names: Set<string>;
}

export class ScriptScopes {
  /** The innermost scope of each token. */
  readonly #scopes: readonly InnerScope[];

  /** `ranges` are sorted by their ends, inner ones first; the last is the top level. */
  constructor(ranges: readonly TokenRange[], tokenCount: number) {
    this.#scopes = scopesByToken(ranges, tokenCount);
  }

  /** Notes that the token declares a name in its block or function. */
  declare(index: number, name: string, inFunction: boolean): void {
    let scope = this.#scopes[index]!;
    while (inFunction && !scope.isFunction && scope.parent !== undefined) scope = scope.parent;
    scope.names.add(name);
  }

  /** The scope that declares what the name means at that token; `undefined` for the top level and for globals. */
  declaring(index: number, name: string): InnerScope | undefined {
    let scope = this.#scopes[index];
    while (scope?.parent !== undefined && !scope.names.has(name)) scope = scope.parent;
    return scope?.parent === undefined ? undefined : scope;
  }
}

function scopesByToken(ranges: readonly TokenRange[], tokenCount: number): InnerScope[] {
  const outerFirst = ranges.toReversed().toSorted((one, other) => one.startTokenIndex - other.startTokenIndex);
  const open: { readonly end: number; readonly scope: InnerScope }[] = [];
  const scopes: InnerScope[] = [];
  for (let index = 0, next = 0; index < tokenCount; index++) {
    while (open.length > 1 && open.at(-1)!.end <= index) open.pop();
    for (; outerFirst[next]?.startTokenIndex === index; next++) {
      const { endTokenIndex: end, isFunctionScope: isFunction } = outerFirst[next]!;
      if (end > index) open.push({ end, scope: { parent: open.at(-1)?.scope, isFunction, names: new Set() } });
    }
    scopes.push(open.at(-1)!.scope);
  }
  return scopes;
}

// Stands in for `@std/cli/parse-args` where JSR cannot be reached: same names, types, defaults and results.
// Names with dots nest in the result, as in the real one, but stay `unknown` to the compiler.

type Flag = string | boolean | undefined;
type Text = string | undefined;
type Names<T> = Extract<T, string>;
type Flat<T> = { [K in keyof T]: T[K] };
type Aliases<TKeys extends string = string, TNames extends string = string> = Partial<
  Record<TKeys, TNames | ReadonlyArray<TNames>>
>;

type OneText<S, C, N> = { [K in Exclude<Names<S>, C>]?: K extends N ? string | false : string };
type ManyTexts<S, C, N> = { [K in Extract<Names<S>, C>]: K extends N ? string[] | false : string[] };
type Switches<B, C> = { [K in Names<B>]: K extends C ? boolean[] : boolean };
type Untyped<B, S, C, N> = {
  [K in Exclude<Names<C>, Names<S> | Names<B>>]: K extends N ? unknown[] | false : unknown[];
};
type Named<B, S, C, N> = OneText<S, C, N> & ManyTexts<S, C, N> & Switches<B, C> & Untyped<B, S, C, N>;

type WithDefaults<T, D> = [D] extends [undefined] ? T
  : Omit<T, keyof D> & { [K in keyof D]: K extends keyof T ? D[K] | NonNullable<T[K]> : unknown };

type AliasOf<K, A> = K extends keyof A
  ? string extends A[K] ? never : A[K] extends string ? A[K] : A[K] extends string[] ? A[K][number] : never
  : never;
type WithAliases<T, A> = { [K in keyof T as K | AliasOf<K, A>]: T[K] };

type Values<B, S, C, N, D, A> = [Exclude<B, false | undefined> | Names<S> | Names<C>] extends [never]
  // deno-lint-ignore no-explicit-any -- the real type has it: with no names declared, nothing is known of the result
  ? Record<string, any>
  : Record<string, unknown> & WithAliases<WithDefaults<Named<B, S, C, N>, D>, A>;

interface DoubleDash {
  /** What stood after `--`. */
  "--"?: string[];
}

/** What {@linkcode parseArgs} returns. */
export type Args<
  // deno-lint-ignore no-explicit-any -- as in the real type
  TArgs extends Record<string, unknown> = Record<string, any>,
  TDoubleDash extends boolean | undefined = undefined,
> = Flat<
  & TArgs
  & {
    /** The arguments that belong to no option. */
    _: Array<string | number>;
  }
  & (boolean extends TDoubleDash ? DoubleDash : true extends TDoubleDash ? Required<DoubleDash> : Record<never, never>)
>;

/** Options of {@linkcode parseArgs}. */
export interface ParseOptions<
  TBooleans extends Flag = Flag,
  TStrings extends Text = Text,
  TCollectable extends Text = Text,
  TNegatable extends Text = Text,
  TDefault extends Record<string, unknown> | undefined = Record<string, unknown> | undefined,
  TAliases extends Aliases | undefined = Aliases | undefined,
  TDoubleDash extends boolean | undefined = boolean | undefined,
> {
  /** With `true`, what follows `--` goes to `result["--"]` instead of `result._`. */
  "--"?: TDoubleDash;
  /** Further names of an option. */
  alias?: TAliases;
  /** Options without a value; `true` makes every `--name` without `=` one. Absent ones are `false`. */
  boolean?: TBooleans | ReadonlyArray<Extract<TBooleans, string>>;
  /** Values of options that are absent. */
  default?: TDefault;
  /** Takes everything after the first argument that is no option as it stands. */
  stopEarly?: boolean;
  /** Options whose value is never turned into a number. */
  string?: TStrings | ReadonlyArray<Extract<TStrings, string>>;
  /** Options that may come more than once and give an array; of others the last one counts. */
  collect?: TCollectable | ReadonlyArray<Extract<TCollectable, string>>;
  /** Options that `--no-NAME` sets to `false`. */
  negatable?: TNegatable | ReadonlyArray<Extract<TNegatable, string>>;
  /** Called with what is not declared; returning `false` keeps it out of the result. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

type Value = string | number | boolean;
type Nested = Record<string, unknown>;

interface Grammar {
  aliases: Map<string, Set<string>>;
  booleans: Set<string>;
  strings: Set<string>;
  collected: Set<string>;
  negatable: Set<string>;
  allBoolean: boolean;
  unknown: (arg: string, key?: string, value?: unknown) => unknown;
}

/**
 * Sorts command line arguments into options (`--name value`, `--name=value`, `-n value`, `-abc`, `-n5`) and the rest.
 * Values that look like numbers become numbers unless their option is declared in `string`.
 *
 * @throws {TypeError} If an alias is undefined.
 */
export function parseArgs<
  TArgs extends Values<TBooleans, TStrings, TCollectable, TNegatable, TDefaults, TAliases>,
  TDoubleDash extends boolean | undefined = undefined,
  TBooleans extends Flag = undefined,
  TStrings extends Text = undefined,
  TCollectable extends Text = undefined,
  TNegatable extends Text = undefined,
  TDefaults extends Record<string, unknown> | undefined = undefined,
  TAliases extends Aliases<TAliasArgNames, TAliasNames> | undefined = undefined,
  TAliasArgNames extends string = string,
  TAliasNames extends string = string,
>(
  args: string[],
  options?: ParseOptions<TBooleans, TStrings, TCollectable, TNegatable, TDefaults, TAliases, TDoubleDash>,
): Args<TArgs, TDoubleDash> {
  const grammar = readGrammar((options ?? {}) as ParseOptions);
  const end = args.indexOf("--");
  const before = end === -1 ? args : args.slice(0, end);
  const after = end === -1 ? [] : args.slice(end + 1);

  const result: Nested & { _: Array<string | number> } = { _: [] };
  readArguments(before, grammar, result, options?.stopEarly ?? false);
  fillDefaults(result, grammar, options?.default ?? {});
  if (options?.["--"]) result["--"] = after;
  else result._.push(...after);
  return result as unknown as Args<TArgs, TDoubleDash>;
}

function readGrammar(options: ParseOptions): Grammar {
  const aliases = readAliases(options.alias ?? {});
  const withAliases = (names: unknown) => {
    const list = (Array.isArray(names) ? names : [names]).filter((name): name is string => !!name && name !== true);
    return new Set(list.flatMap((name) => [name, ...aliases.get(name) ?? []]));
  };
  return {
    aliases,
    booleans: withAliases(options.boolean),
    strings: withAliases(options.string),
    collected: withAliases(options.collect),
    negatable: withAliases(options.negatable),
    allBoolean: options.boolean === true,
    unknown: options.unknown ?? (() => true),
  };
}

function readAliases(given: Aliases): Map<string, Set<string>> {
  const aliases = new Map<string, Set<string>>();
  for (const [name, others] of Object.entries(given)) {
    if (others === undefined) throw new TypeError("Alias value must be defined");
    const group = [name, ...typeof others === "string" ? [others] : others];
    for (const member of group) aliases.set(member, new Set(group.filter((other) => other !== member)));
  }
  return aliases;
}

function readArguments(
  args: string[],
  grammar: Grammar,
  result: Nested & { _: Array<string | number> },
  stopEarly: boolean,
): void {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const set = (key: string, value: Value, collect = true) => setOption(result, grammar, arg, key, value, collect);
    if (arg.length > 2 && arg.startsWith("--")) {
      if (readLong(arg, args[i + 1], grammar, set)) i++;
    } else if (arg.length > 1 && arg.startsWith("-")) {
      if (readShort(arg, args[i + 1], grammar, set)) i++;
    } else {
      if (grammar.unknown(arg) !== false) result._.push(grammar.strings.has("_") ? arg : toNumber(arg));
      if (stopEarly) {
        result._.push(...args.slice(i + 1));
        return;
      }
    }
  }
}

type SetOption = (key: string, value: Value, collect?: boolean) => void;

/** Handles `--name`, `--name=value`, `--no-name`; returns whether `next` was its value. */
function readLong(arg: string, next: string | undefined, grammar: Grammar, set: SetOption): boolean {
  const negated = /^--no-./s.test(arg);
  const body = arg.slice(negated ? 5 : 2);
  // The first "=" that has something on both sides divides name and value.
  const divider = body.indexOf("=", 1);
  if (divider !== -1 && divider < body.length - 1) {
    const [key, value] = [body.slice(0, divider), body.slice(divider + 1)];
    set(key, grammar.booleans.has(key) ? value !== "false" : value);
    return false;
  }
  if (negated && grammar.negatable.has(body)) {
    set(body, false, false);
    return false;
  }
  const key = negated ? `no-${body}` : body;
  if (next && !next.startsWith("-") && !grammar.allBoolean && takesValue(key, grammar)) {
    set(key, next);
    return true;
  }
  return setSwitch(key, next, grammar, set);
}

/** Handles `-abc`, `-n5`, `-n=5`, `-n value`; returns whether `next` was its value. */
function readShort(arg: string, next: string | undefined, grammar: Grammar, set: SetOption): boolean {
  for (let i = 1; i < arg.length - 1; i++) {
    const letter = arg[i]!;
    const rest = arg.slice(i + 1);
    if (rest === "-") {
      set(letter, "-");
      continue;
    }
    const attached = attachedValue(letter, rest);
    if (attached !== undefined) {
      set(letter, attached);
      return false;
    }
    set(letter, grammar.strings.has(letter) ? "" : true);
  }
  const last = arg.at(-1)!;
  if (last === "-") return false;
  if (next && !/^--?[^-]/.test(next) && takesValue(last, grammar)) {
    set(last, next);
    return true;
  }
  return setSwitch(last, next, grammar, set);
}

function attachedValue(letter: string, rest: string): string | undefined {
  if (/[A-Za-z]/.test(letter)) {
    const assigned = /=(.+)/.exec(rest);
    if (assigned) return assigned[1]!;
    if (/-?\d+(\.\d*)?(e-?\d+)?$/.test(rest)) return rest;
  }
  return rest.length > 1 && /^\W/.test(rest) ? rest : undefined;
}

function setSwitch(key: string, next: string | undefined, grammar: Grammar, set: SetOption): boolean {
  if (next === "true" || next === "false") {
    set(key, next === "true");
    return true;
  }
  set(key, grammar.strings.has(key) ? "" : true);
  return false;
}

function takesValue(key: string, { booleans, aliases }: Grammar): boolean {
  return !booleans.has(key) && ![...aliases.get(key) ?? []].some((alias) => booleans.has(alias));
}

function setOption(result: Nested, grammar: Grammar, arg: string, key: string, given: Value, collect: boolean): void {
  const { aliases, booleans, strings, collected, allBoolean, unknown } = grammar;
  const known = booleans.has(key) || strings.has(key) || aliases.has(key) || (allBoolean && /^--[^=]+$/.test(arg));
  if (!known && unknown(arg, key, given) === false) return;
  const value = typeof given === "string" && !strings.has(key) ? toNumber(given) : given;
  for (const name of [key, ...aliases.get(key) ?? []]) {
    setNested(result, name, value, collect && collected.has(key));
  }
}

function fillDefaults(result: Nested, { aliases, booleans, strings, collected }: Grammar, defaults: Nested): void {
  for (const [key, value] of Object.entries(defaults)) {
    if (hasNested(result, key)) continue;
    for (const name of [key, ...aliases.get(key) ?? []]) setNested(result, name, value, false);
  }
  for (const key of booleans) {
    if (!hasNested(result, key)) setNested(result, key, collected.has(key) ? [] : false, false);
  }
  for (const key of strings) {
    if (collected.has(key) && !hasNested(result, key)) setNested(result, key, [], false);
  }
}

function setNested(target: Nested, dotted: string, value: unknown, collect: boolean): void {
  const path = dotted.split(".");
  // A name of this kind would reach the prototype of every object.
  if (path.includes("__proto__")) return;
  const last = path.pop()!;
  for (const part of path) target = (Object.hasOwn(target, part) ? target[part] : target[part] = {}) as Nested;
  const old = Object.hasOwn(target, last) ? target[last] : undefined;
  if (!collect) target[last] = value;
  else if (Array.isArray(old)) old.push(value);
  else target[last] = old ? [old, value] : [value];
}

function hasNested(target: unknown, dotted: string): boolean {
  for (const part of dotted.split(".")) {
    if (typeof target !== "object" || target === null || !Object.hasOwn(target, part)) return false;
    target = (target as Nested)[part];
  }
  return true;
}

function toNumber(text: string): string | number {
  return /\S/.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}

import { parseArgs } from "@std/cli/parse-args";
import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { type CommandUsage, type OptionSpec, type Right, variableOf } from "./command_spec.ts";
import { rejectDevices } from "./device_names.ts";
import { EXIT, type ExitCode, Failure } from "./exit_codes.ts";

/** The operands and option values of one call. The command line wins over the environment. */
export class Arguments {
  readonly operands: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(operands: readonly string[], values: ReadonlyMap<string, readonly string[]>) {
    this.operands = operands;
    this.#values = values;
  }

  /** Returns a copy in which `values` serve as defaults for options that are not set. */
  orElse(values: ReadonlyMap<string, readonly string[]>): Arguments {
    return new Arguments(this.operands, new Map([...values, ...this.#values]));
  }

  /** Returns a copy in which `values` replace those of the same options. */
  with(values: ReadonlyMap<string, readonly string[]>): Arguments {
    return new Arguments(this.operands, new Map([...this.#values, ...values]));
  }

  /** All values of a repeatable option; empty if it is not set. */
  list(option: string): readonly string[] {
    return this.#values.get(option) ?? [];
  }

  /** The value of an option; `undefined` if it is not set. */
  text(option: string): string | undefined {
    return this.list(option).at(-1);
  }

  flag(option: string): boolean {
    return this.text(option) === "true";
  }

  /** The option as a whole number from `min` to `max`; `undefined` if it is not set. Throws a usage failure. */
  number(option: string, min: number, max: number): number | undefined {
    const text = this.text(option);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (text.trim() !== "" && Number.isInteger(number) && number >= min && number <= max) return number;
    throw badValue(option, text, `a whole number from ${min} to ${max}`);
  }

  /** The option as one of `choices`; `undefined` if it is not set. Throws a usage failure. */
  choice<T extends string>(option: string, choices: readonly T[]): T | undefined {
    const text = this.text(option);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw badValue(option, text, choices.join(" or "));
    return found;
  }
}

/** A usage failure for an invalid value of an option. */
export function badValue(option: string, text: string, expected: string): Failure {
  return new Failure(EXIT.usage, `Option --${option} is ${JSON.stringify(text)}: expected ${expected}`);
}

/** Reads the arguments of a command. Throws a usage failure that suggests the nearest known option. */
export function readArguments(args: readonly string[], command: CommandUsage, env: Environment): Arguments {
  const parsed = parse(args, command);
  const operands = parsed._.map(String).map(withoutShield);
  if (operands.length > command.maxOperands) {
    throw new Failure(
      EXIT.usage,
      `Unexpected argument ${JSON.stringify(operands[command.maxOperands])}: see ${command.name} --help`,
    );
  }
  const values = new Map<string, readonly string[]>();
  for (const option of command.options) {
    const given = fromCommandLine(option, parsed[option.name]) ?? fromEnvironment(option, env);
    if (given !== undefined) values.set(option.name, given);
  }
  if (Deno.build.os === "windows") rejectDevices(command, operands, values);
  return new Arguments(operands, values);
}

/** Reads a variable; `undefined` if it is not set or may not be read. */
export type Environment = (variable: string) => string | undefined;

function parse(args: readonly string[], command: CommandUsage): Record<string, unknown> & { _: (string | number)[] } {
  const withValue = command.options.filter((option) => option.value !== undefined).map((option) => option.name);
  const flags = command.options.filter((option) => option.value === undefined).map((option) => option.name);
  rejectValues(args, flags);
  return parseArgs(shieldTexts(args), {
    string: ["_", ...withValue],
    boolean: flags,
    collect: withValue,
    unknown: (argument, key) => {
      if (key === undefined || argument === "-") return true;
      throw unknownOption(argument, command);
    },
  });
}

/** An option has a letter after one or two dashes, and no blank in its name. */
const OPTION = /^--?\p{L}[^\s=]*(?:=|$)/u;
/** In front of a text that begins with a dash, so that the parser takes it for no option. No argument can contain it. */
const SHIELD = "\0";

/** Marks texts that begin with a dash but are no options, such as `-5 degrees`. After `--` nothing is an option. */
function shieldTexts(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((argument, index) => {
    const isText = /^-./s.test(argument) && argument !== "--" && !OPTION.test(argument);
    return isText && (end < 0 || index < end) ? SHIELD + argument : argument;
  });
}

function withoutShield(argument: string): string {
  return argument.startsWith(SHIELD) ? argument.slice(SHIELD.length) : argument;
}

/** Throws a usage failure for a flag with a value: the parser would read `--share=no` as `--share`. */
function rejectValues(args: readonly string[], flags: readonly string[]): void {
  const end = args.indexOf("--");
  for (const argument of end < 0 ? args : args.slice(0, end)) {
    const name = /^--([^=]+)=/.exec(argument)?.[1];
    if (name === undefined || !flags.includes(name)) continue;
    throw new Failure(EXIT.usage, `Option --${name} takes no value: write --${name}, or leave it out`);
  }
}

function unknownOption(argument: string, command: CommandUsage): Failure {
  const name = argument.replace(/^-+/, "").replace(/=.*$/s, "");
  const nearest = nearestTo(name, [...command.options.map((option) => option.name), "help"]);
  const next = nearest !== undefined
    ? `did you mean --${nearest}?`
    : `see ${command.name} --help${command.maxOperands === Infinity ? ", or write -- before a text with a dash" : ""}`;
  // The part after the = may be a secret.
  return new Failure(EXIT.usage, `Unknown option ${JSON.stringify(argument.replace(/=.*$/s, ""))}: ${next}`);
}

/** The word with the smallest edit distance; `undefined` if none is similar. */
export function nearestTo(word: string, words: readonly string[]): string | undefined {
  if (word === "" || words.length === 0) return undefined;
  const nearest = closestString(word, [...words]);
  return levenshteinDistance(word, nearest) <= Math.max(1, Math.floor(nearest.length / 2)) ? nearest : undefined;
}

function fromCommandLine(option: OptionSpec, parsed: unknown): readonly string[] | undefined {
  if (option.value === undefined) return parsed === true ? ["true"] : undefined;
  const given = (Array.isArray(parsed) ? parsed : []).map(String).map(withoutShield);
  if (given.length === 0) return undefined;
  if (given.includes("")) {
    throw new Failure(EXIT.usage, `Option --${option.name} needs a value: write --${option.name} ${option.value}`);
  }
  if (given.length > 1 && !option.repeatable) {
    throw new Failure(EXIT.usage, `Option --${option.name} is given ${given.length} times: give it once`);
  }
  return given;
}

function fromEnvironment(option: OptionSpec, env: Environment): readonly string[] | undefined {
  const variable = variableOf(option.name);
  const text = env(variable);
  if (text === undefined || text === "") return undefined;
  if (option.value !== undefined) return option.repeatable ? text.split(",") : [text];
  const word = text.toLowerCase();
  if (["1", "true", "yes", "on"].includes(word)) return ["true"];
  if (["0", "false", "no", "off"].includes(word)) return ["false"];
  throw new Failure(EXIT.usage, `Variable ${variable} is ${JSON.stringify(text)}: expected 1 or 0`);
}

/** One command of the program. The help, the man page, the completions and the parser use it. */
export interface CommandSpec extends CommandUsage {
  /** Whether the command may start other programs. All others drop that permission first. */
  readonly startsPrograms?: true;
  /** The permissions that these arguments need. Absent if the command needs none. */
  readonly rights?: (args: Arguments) => readonly Right[];
  run(args: Arguments): Promise<ExitCode>;
}

/** Lines of text that tests wait for. */

/** Limit of a wait in milliseconds. No wait should take a second, but under wine a program takes seconds to start. */
const PATIENCE_MS = Deno.build.os === "windows" ? 60_000 : 20_000;

/** A matcher for a line: a substring, a pattern, or a predicate. */
export type Match = string | RegExp | ((line: string) => boolean);

export class Lines {
  /** All lines so far, without line ends. */
  readonly all: string[] = [];
  readonly #describe: () => string;
  /** Index of the next line for `next`. */
  #passed = 0;
  #rest = "";
  #ended = false;
  #changed = Promise.withResolvers<void>();

  /** `describe` returns the heading for the lines in a failure. */
  constructor(describe: () => string) {
    this.#describe = describe;
  }

  /** True if no more lines can arrive. */
  get ended(): boolean {
    return this.#ended;
  }

  add(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    if (lines.length === 0) return;
    for (const line of lines) this.all.push(line.endsWith("\r") ? line.slice(0, -1) : line);
    this.#wake();
  }

  /** The last line counts even without a line end. */
  end(): void {
    if (this.#rest !== "") this.all.push(this.#rest);
    this.#rest = "";
    this.#ended = true;
    this.#wake();
  }

  /** Returns the next matching line after the last one returned. */
  async next(match: Match): Promise<string> {
    const index = await this.#find(match, this.#passed);
    this.#passed = index + 1;
    return this.all[index]!;
  }

  /** Returns the first matching line of all, also those that `next` has passed. */
  async first(match: Match): Promise<string> {
    return this.all[await this.#find(match, 0)]!;
  }

  async #find(match: Match, from: number): Promise<number> {
    let index = from;
    await until(() => {
      while (index < this.all.length && !matches(this.all[index]!, match)) index++;
      if (index < this.all.length) return true;
      if (this.#ended) throw new Error(`Ended without a line that matches ${match}\n${this}`);
      return this.#changed.promise;
    }, () => `a line that matches ${match}\n${this}`);
    return index;
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /** The text for failures: the heading and the last lines. */
  toString(): string {
    const last = this.all.slice(-20).map((line) => `  | ${line.slice(0, 200)}`);
    return [this.#describe(), ...last, ...(this.#rest === "" ? [] : [`  > ${this.#rest.slice(0, 200)}`])].join("\n");
  }
}

export function matches(line: string, match: Match): boolean {
  if (typeof match === "string") return line.includes(match);
  return typeof match === "function" ? match(line) : match.test(line);
}

/** Repeats a check after each change until it is true. `what` names the goal in a failure. */
async function until(ask: () => true | Promise<void>, what: () => string): Promise<void> {
  await inTime(
    (async () => {
      for (let answer = ask(); answer !== true; answer = ask()) await answer;
    })(),
    what,
  );
}

/** Returns the promise's value. Throws an `Error` that names the goal after `PATIENCE_MS`. */
export async function inTime<T>(promise: Promise<T>, what: () => string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`Waited in vain for ${what()}`)), PATIENCE_MS);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Polls until the check is true: for state without change events, such as the
 * screen of tmux. It ends with the check: the interval only affects the load on the machine.
 */
export async function poll(ask: () => Promise<boolean>, what: () => string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!await ask()) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

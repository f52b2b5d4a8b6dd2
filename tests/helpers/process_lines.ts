/** Lines of text as they arrive, to be waited for. */

/** A wait that takes longer has failed: nothing here should take a second. */
const PATIENCE_MS = 20_000;

/** What a line is known by: a part of it, a pattern, or a test. */
export type Match = string | RegExp | ((line: string) => boolean);

export class Lines {
  /** All that has arrived, without line ends. */
  readonly all: string[] = [];
  readonly #describe: () => string;
  /** Lines before it were passed by `next`. */
  #passed = 0;
  #rest = "";
  #ended = false;
  #changed = Promise.withResolvers<void>();

  /** `describe` is what a wait that fails tells beside the lines. */
  constructor(describe: () => string) {
    this.#describe = describe;
  }

  /** Whether nothing more can come. */
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

  /** The last line counts without an end, too. */
  end(): void {
    if (this.#rest !== "") this.all.push(this.#rest);
    this.#rest = "";
    this.#ended = true;
    this.#wake();
  }

  /** The next line that matches, behind the one that was returned last. */
  async next(match: Match): Promise<string> {
    const index = await this.#find(match, this.#passed);
    this.#passed = index + 1;
    return this.all[index]!;
  }

  /** The first line of all that matches, whatever `next` has passed. */
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

  /** For failures: who speaks, and the end of what was said. */
  toString(): string {
    const last = this.all.slice(-20).map((line) => `  | ${line.slice(0, 200)}`);
    return [this.#describe(), ...last, ...(this.#rest === "" ? [] : [`  > ${this.#rest.slice(0, 200)}`])].join("\n");
  }
}

export function matches(line: string, match: Match): boolean {
  if (typeof match === "string") return line.includes(match);
  return typeof match === "function" ? match(line) : match.test(line);
}

/** Asks again whenever the promise it is given resolves, until it is told true. `what` was waited for in vain. */
async function until(ask: () => true | Promise<void>, what: () => string): Promise<void> {
  await inTime(
    (async () => {
      for (let answer = ask(); answer !== true; answer = ask()) await answer;
    })(),
    what,
  );
}

/** The promise, or after `PATIENCE_MS` an Error that says what did not happen. */
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
 * Asks again and again, a moment apart, until the answer is true: for what tells nobody that it has changed, such as the
 * screen of a tmux. The moment decides nothing but how busy the machine is kept.
 */
export async function poll(ask: () => Promise<boolean>, what: () => string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!await ask()) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

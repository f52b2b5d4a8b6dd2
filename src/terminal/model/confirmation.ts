/** What has to be asked for twice: the first time it is said what it means. */

export class Confirmation {
  readonly #question: () => string | undefined;
  #asked: string | undefined;

  /** `question` gives what to say now, or undefined where nothing is to be said. */
  constructor(question: () => string | undefined = () => undefined) {
    this.#question = question;
  }

  /** To be asked before it is done; undefined where it may be done. It is asked anew where there is another one by now. */
  question(): string | undefined {
    const question = this.#question();
    if (question === undefined || question === this.#asked) return undefined;
    return this.#asked = question;
  }

  /** Whoever goes on with something else did not mean it. */
  typed(line: string): void {
    if (!/^\s*\/quit\b/i.test(line)) this.#asked = undefined;
  }
}

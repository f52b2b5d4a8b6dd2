/** The work of the page on its messages. `page_bench.ts` packs this module and runs it in Chromium. */

import { systemClock } from "../../src/client/clock.ts";
import { SignatureChecker } from "../../src/client/delivery/signature_checker.ts";
import { formatText } from "../../src/client/formatting/text_formatter.ts";
import { verifyText } from "../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";
import type { RoomMessage } from "../../src/protocol/messages/messages.ts";

/** Milliseconds: until all is done, and the longest time in which the page could draw no frame. */
export interface Spent {
  readonly total: number;
  readonly blocked: number;
}

/** Formats the texts without a pause. */
function format(texts: readonly string[]): Spent {
  const begun = performance.now();
  for (const text of texts) formatText(text);
  const total = performance.now() - begun;
  return { total, blocked: total };
}

/** Checks the signatures as a session does. Rejects if one is false. */
async function verify(chat: string, messages: readonly RoomMessage[]): Promise<Spent> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let left = messages.length;
  const checker = new SignatureChecker({
    clock: systemClock,
    verify: (signed) => verifyText(WEB_CRYPTO_KEYS, signed).finally(() => --left === 0 && resolve()),
    onFalse: ({ id }) => reject(new Error(`The signature of ${id} is false`)),
  });
  using blocks = new BlockWatch();
  const begun = performance.now();
  for (const message of messages) checker.check(message, { chat, self: undefined });
  await promise;
  const total = performance.now() - begun;
  await checker.stop();
  return { total, blocked: blocks.longest };
}

/** Sends itself messages without end, and measures the time between two of them. */
class BlockWatch implements Disposable {
  readonly #channel = new MessageChannel();
  #last = performance.now();
  #longest = 0;

  constructor() {
    this.#channel.port1.onmessage = () => {
      this.#note();
      this.#channel.port2.postMessage(0);
    };
    this.#channel.port2.postMessage(0);
  }

  get longest(): number {
    this.#note();
    return this.#longest;
  }

  #note(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }

  [Symbol.dispose](): void {
    this.#channel.port1.close();
  }
}

/** The functions that the bench calls in the page. */
export interface PageWork {
  readonly format: typeof format;
  readonly verify: typeof verify;
}

Object.assign(globalThis, { pageWork: { format, verify } satisfies PageWork });

import { scrypt, timingSafeEqual } from "node:crypto";
import type { Effect, Hashed } from "../../core/effect.ts";
import { MAX_SCRYPT_AT_ONCE, MAX_SCRYPT_WAITING } from "../../protocol/limits.ts";
import { type Log, stackOf } from "../monitor/log_events.ts";

/** An effect `hash` with its password. */
type Job = Omit<Extract<Effect, { type: "hash" }>, "type"> & { readonly password: string };

/** Binary logarithm of the cost. */
const COST = 17;
const BLOCK_SIZE = 8;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const SPARE_BYTES = 1024 * 1024;
const BASE64 = { alphabet: "base64url" } as const;

/**
 * Hashes passwords by scrypt (RFC 7914), a few at a time and on other threads, so that the chat does not wait for it.
 * A hash has the form `scrypt$COST$SALT$HASH`, with the binary logarithm of the cost, and salt and hash in Base64url.
 */
export class PasswordHasher {
  readonly #done: (ticket: number, hashed: Hashed) => void;
  readonly #log: Log;
  readonly #cost: number;
  readonly #waiting: Job[] = [];
  readonly #running = new Set<Promise<void>>();
  #ended = false;

  /** `done` is called once for each job, never before `add` has returned, and never after `end`. */
  constructor(done: (ticket: number, hashed: Hashed) => void, log: Log, cost = COST) {
    this.#done = done;
    this.#log = log;
    this.#cost = cost;
  }

  /** Starts or queues a job. Answers `busy` if `MAX_SCRYPT_WAITING` jobs wait already. */
  add(job: Job): void {
    if (this.#waiting.length >= MAX_SCRYPT_WAITING) return queueMicrotask(() => this.#report(job, { busy: true }));
    this.#waiting.push(job);
    this.#start();
  }

  /** Drops the waiting jobs. Resolves when no job runs any more. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#waiting.length = 0;
    await Promise.all(this.#running);
  }

  #start(): void {
    while (this.#running.size < MAX_SCRYPT_AT_ONCE && this.#waiting.length > 0) {
      const job = this.#waiting.shift()!;
      const run = this.#run(job).catch((error) => this.#fail(error)).then((hashed) => {
        this.#running.delete(run);
        this.#report(job, hashed);
        this.#start();
      });
      this.#running.add(run);
    }
  }

  #report({ ticket }: Job, hashed: Hashed): void {
    if (!this.#ended) this.#done(ticket, hashed);
  }

  /** A hash can fail for lack of memory: the client may try again, as after `busy`. */
  #fail(error: unknown): Hashed {
    this.#log("error", "internal error", { stack: stackOf(error) });
    return { busy: true };
  }

  async #run({ password, against }: Job): Promise<Hashed> {
    if (against === undefined) {
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
      const hash = await derive(password, salt, this.#cost);
      return { hash: ["scrypt", this.#cost, salt.toBase64(BASE64), hash.toBase64(BASE64)].join("$") };
    }
    const [, cost, salt, hash] = against.split("$") as [string, string, string, string];
    const found = await derive(password, Uint8Array.fromBase64(salt, BASE64), Number(cost));
    return { matches: timingSafeEqual(found, Uint8Array.fromBase64(hash, BASE64)) };
  }
}

function derive(password: string, salt: Uint8Array, cost: number): Promise<Uint8Array<ArrayBuffer>> {
  const N = 2 ** cost;
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  // scrypt needs 128 * N * r bytes and a little more, which Deno counts too.
  const options = { N, r: BLOCK_SIZE, p: 1, maxmem: 128 * N * BLOCK_SIZE + SPARE_BYTES };
  scrypt(
    password.normalize("NFKC"),
    salt,
    HASH_BYTES,
    options,
    (error, key) => error ? reject(error) : resolve(new Uint8Array(key)),
  );
  return promise;
}

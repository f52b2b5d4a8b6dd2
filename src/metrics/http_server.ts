/** The HTTP server for readers of metrics. No error of a reader or of the system ends the server or the process. */

import { setTimeout as setTimer } from "node:timers";
import type { Frame } from "../framing/frame.ts";
import {
  ACCEPT_PAUSE_MS,
  FIRST_LINE_TIMEOUT_MS,
  HTTP_ANSWER_TIMEOUT_MS,
  LINGER_MS,
  MAX_METRICS_CONNECTIONS,
} from "../protocol/limits.ts";
import type { Connection, Listener } from "../transports/connection.ts";

export interface HttpServerOptions {
  /** The server closes it. */
  readonly listener: Listener;
  /** Returns the encoded response to the first frame of a connection, which may not be a request. Must not throw. */
  readonly answer: (first: Frame) => Uint8Array;
  /** Called when `accept` has failed. The server tries again after a pause. */
  readonly acceptFailed: (error: unknown) => void;
}

/** Answers one request on each connection. At most `MAX_METRICS_CONNECTIONS` are open: a new one closes the oldest. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  /** Open connections, oldest first, each with the promise of its end. */
  readonly #open = new Map<Connection, Promise<void>>();
  readonly #accepting: Promise<void>;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#accepting = this.#acceptAll();
  }

  /** Stops listening and closes all connections at once. */
  async close(): Promise<void> {
    this.#options.listener.close();
    await this.#accepting;
    for (const connection of this.#open.keys()) connection.close();
    await Promise.all(this.#open.values());
  }

  async #acceptAll(): Promise<void> {
    const { listener, acceptFailed } = this.#options;
    for (;;) {
      try {
        const connection = await listener.accept();
        if (connection === undefined) return;
        this.#take(connection);
        await yieldToChat();
      } catch (error) {
        acceptFailed(error);
        await pause();
      }
    }
  }

  #take(connection: Connection): void {
    if (this.#open.size >= MAX_METRICS_CONNECTIONS) this.#closeOldest();
    const end = serveOne(connection, this.#options.answer).finally(() => this.#open.delete(connection));
    this.#open.set(connection, end);
  }

  #closeOldest(): void {
    const [oldest] = this.#open.keys();
    oldest!.close();
    this.#open.delete(oldest!);
  }
}

/** Reads a request, answers it, and closes the connection: each step has a time limit. Never rejects. */
async function serveOne(connection: Connection, answer: HttpServerOptions["answer"]): Promise<void> {
  const deadline = new Deadline(() => connection.close());
  try {
    deadline.set(FIRST_LINE_TIMEOUT_MS);
    const frames = connection.frames.getReader();
    const { value } = await frames.read();
    if (value === undefined) return;
    deadline.set(HTTP_ANSWER_TIMEOUT_MS);
    await connection.write(answer(value[0]!));
    await connection.end();
    deadline.set(LINGER_MS);
    // The rest is read and ignored: a connection that is closed with unread bytes is reset, and the answer may be lost.
    while (!(await frames.read()).done);
  } catch {
    // The link is lost, so the response cannot arrive.
  } finally {
    deadline.clear();
    connection.close();
  }
}

/** One timer, restarted for each step. */
class Deadline {
  readonly #passed: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(passed: () => void) {
    this.#passed = passed;
  }

  set(ms: number): void {
    this.clear();
    this.#timer = setTimeout(this.#passed, ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

/** Lets the chat go on before the next reader is accepted, however many readers there are. */
function yieldToChat(): Promise<void> {
  return new Promise((resolve) => setTimer(resolve, 0));
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE_MS));
}

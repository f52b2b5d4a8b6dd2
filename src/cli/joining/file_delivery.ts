import type { Client } from "../../client/client.ts";
import { FileTransfers } from "../../client/files/file_transfers.ts";
import type { FileSource, OpenFileLink } from "../../client/files/file_ports.ts";
import { TransferError } from "../../client/files/transfer_error.ts";
import type { Target } from "../../client/delivery/message_intent.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { FileSetup } from "../../terminal/files/local_files.ts";
import { transferRows } from "../../terminal/files/transfer_rows.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { fileSetup } from "../files/file_setup.ts";
import { exitCodeOf } from "./dialer.ts";
import { explain } from "../platform/system_errors.ts";

/** The files and the text that `send` sends. */
export interface FileDeliveryPlan {
  /** Paths, at least one. */
  readonly files: readonly string[];
  readonly target: Target;
  /** The text of the message with the first file; may be empty. */
  readonly text: string;
}

/** Sends files one after the other, each with a message, over a client that it follows. */
export class FileDelivery {
  readonly #plan: FileDeliveryPlan;
  readonly #setup: FileSetup;
  readonly #transfers: FileTransfers;
  readonly #online = Promise.withResolvers<void>();
  readonly #cancelled = Promise.withResolvers<void>();
  #isCancelled = false;
  #client: Client | undefined;

  /** Throws a failure if a file cannot be read. */
  constructor(plan: FileDeliveryPlan, openLink: OpenFileLink, showProgress: (row: string) => void) {
    this.#plan = plan;
    this.#setup = fileSetup(openLink);
    for (const path of plan.files) this.#open(path).close();
    this.#transfers = new FileTransfers({
      ...this.#setup,
      client: () => this.#client!,
      changed: () => showProgress(transferRows(this.#transfers.states)[0] ?? ""),
    });
  }

  /** Takes the events of the client before the listener. */
  following(listener: ClientListener): ClientListener {
    return this.#transfers.following((event, ...states) => {
      listener(event, ...states);
      if (event.type === "status" && event.status.kind === "online") this.#online.resolve();
    });
  }

  /** Resolves when a message with each file is queued. Rejects with a failure, also if the client is closed before. */
  async run(client: Client): Promise<void> {
    this.#client = client;
    void client.closed.then(() => this.#transfers.cancel());
    await Promise.race([this.#online.promise, client.closed, this.#cancelled.promise]);
    try {
      await this.#sendAll(client);
    } finally {
      await this.#transfers.settled;
    }
  }

  /** Ends the delivery: the file on its way is not sent, and no further one. */
  cancel(): void {
    this.#isCancelled = true;
    this.#cancelled.resolve();
    this.#transfers.cancel();
  }

  async #sendAll(client: Client): Promise<void> {
    const { files, target, text } = this.#plan;
    for (const [index, path] of files.entries()) {
      const mayGo = client.status.kind !== "closed" && !this.#isCancelled;
      if (mayGo) await this.#send(path, { target, text: index === 0 ? text : "" });
      if (this.#isCancelled) throw new Failure(EXIT.lost, sanitizeLine(`Cancelled: ${path} was not sent`));
      if (client.status.kind === "closed") throw new Failure(exitCodeOf(client.status), client.status.reason);
    }
  }

  #open(path: string): FileSource {
    try {
      return this.#setup.local.openSource(path);
    } catch (error) {
      throw new Failure(EXIT.usage, explain(error), { cause: error });
    }
  }

  async #send(path: string, message: { readonly target: Target; readonly text: string }): Promise<void> {
    try {
      await this.#transfers.send(this.#open(path), message);
    } catch (error) {
      if (error instanceof Failure) throw error;
      // The client is closed, and has the reason.
      if (error instanceof TransferError && error.kind === "cancelled") return;
      const isLost = error instanceof TransferError && error.isPassing;
      throw new Failure(isLost ? EXIT.lost : EXIT.refused, sanitizeLine(`${path} was not sent: ${explain(error)}`));
    }
  }
}

/** Shows one row at a terminal for people: each one replaces the one before, an empty one removes it. */
export function showProgressRow(row: string): void {
  if (Deno.stderr.isTerminal()) {
    Deno.stderr.writeSync(new TextEncoder().encode(`\r${row.slice(0, MAX_ROW_CHARS)}\x1b[K`));
  }
}

/** Fits a terminal of 80 columns. */
const MAX_ROW_CHARS = 79;

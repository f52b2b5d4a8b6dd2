/** Requests of uploads by XMLHttpRequest: `fetch` tells no progress in most browsers. */

import { systemClock } from "../../../client/clock.ts";
import { cancelledTransfer, TransferError } from "../../../client/files/transfer_error.ts";
import { MAX_REPLY_BODY_BYTES, TRANSFER_STALL_MS } from "../../../protocol/limits.ts";
import type { SendRequest, SliceReply } from "./upload_request.ts";

export const sendRequest: SendRequest = async ({ method, path, headers, body, signal, progress }) => {
  if (signal.aborted) throw cancelledTransfer();
  const { promise, resolve, reject } = Promise.withResolvers<SliceReply>();
  const request = new XMLHttpRequest();
  const stop = (error: TransferError) => {
    reject(error);
    request.abort();
  };
  const cancel = () => stop(cancelledTransfer());
  const watch = new StallWatch(() => stop(broken(`No data for ${TRANSFER_STALL_MS / 1_000} s`)));
  request.upload.onprogress = ({ loaded }) => {
    watch.touch();
    progress?.(loaded);
  };
  request.onload = () => resolve(replyOf(request));
  request.onerror = () => reject(broken("The connection is lost"));
  request.open(method, path);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  signal.addEventListener("abort", cancel);
  try {
    request.send(body);
    return await promise;
  } finally {
    signal.removeEventListener("abort", cancel);
    watch.end();
  }
};

/** Calls back once if it is not touched for `TRANSFER_STALL_MS`. */
class StallWatch {
  readonly #onStall: () => void;
  #timer = new AbortController();

  constructor(onStall: () => void) {
    this.#onStall = onStall;
    this.touch();
  }

  touch(): void {
    this.end();
    this.#timer = new AbortController();
    systemClock.after(TRANSFER_STALL_MS, this.#onStall, this.#timer.signal);
  }

  end(): void {
    this.#timer.abort();
  }
}

/** A proxy answers with a page of its own, which is no sentence. */
const READABLE = /^(?:text\/plain|application\/json)\b/;

function replyOf(request: XMLHttpRequest): SliceReply {
  const lines = request.getAllResponseHeaders().split("\r\n").map((line) => line.split(/: (.*)/) as [string, string]);
  const headers = new Map(lines);
  const isReadable = READABLE.test(headers.get("content-type") ?? "") &&
    request.responseText.length <= MAX_REPLY_BODY_BYTES;
  return { status: request.status, headers, text: isReadable ? request.responseText.trim() : "" };
}

function broken(why: string): TransferError {
  return new TransferError("broken", why);
}

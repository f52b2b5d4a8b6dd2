import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { FileLink } from "../../../src/client/files/file_ports.ts";
import { FileDownload } from "../../../src/client/files/file_download.ts";
import { FileUpload } from "../../../src/client/files/file_upload.ts";
import { TransferError } from "../../../src/client/files/transfer_error.ts";
import { bytesOf, makeHash, MemorySink, sha256Of, sourceOf } from "../../client/files/fake_link.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { Random } from "../../helpers/random.ts";
import { hash, pure, type Target, toBytes } from "../target.ts";
import { assertHarmlessLine, cutAnywhere } from "./checks.ts";

const BYTES = bytesOf(12);
const TEXT = String.fromCharCode(...BYTES);
const FOUND = JSON.stringify({ sha256: sha256Of(BYTES), size: 12, media: "image/png" });
const REPLIES = [
  `HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n${TEXT}`,
  `HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-11/12\r\nContent-Length: 7\r\n\r\n${TEXT.slice(5)}`,
  `HTTP/1.1 201 Created\r\nUpload-Complete: ?1\r\nContent-Length: ${FOUND.length}\r\n\r\n${FOUND}`,
  "HTTP/1.1 204 No Content\r\nUpload-Offset: 5\r\n\r\n",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone",
  "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n",
];

export const FILE_REPLIES: Target = {
  name: "file-replies",
  gateInputs: 1_500,
  bytes: true,
  words: [
    ...REPLIES,
    "\r\n",
    "\n\n",
    "Content-Length: 13\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Upload-Offset: 99\r\n",
    TEXT,
  ],
  arbitrary: fc.array(fc.constantFrom(...REPLIES), { maxLength: 3 }).map((replies) => replies.join("")),
  open: pure(run),
};

/**
 * Whatever a server answers to a download, a resumed download, and a resumed upload: each succeeds with the right bytes or
 * fails with an error that is safe to show, and only the right bytes get a name.
 */
async function run(input: string): Promise<string> {
  const bytes = toBytes(input);
  const outcomes = [
    await download(bytes, new MemorySink()),
    await download(bytes, new MemorySink(BYTES.slice(0, 5))),
    await upload(bytes),
  ];
  return outcomes.join(", ");
}

async function download(answer: Uint8Array, sink: MemorySink): Promise<string> {
  const clock = new FakeClock();
  const outcome = await outcomeOf(() =>
    new FileDownload({
      openLink: () => Promise.resolve(answering(answer)),
      clock,
      signal: new AbortController().signal,
      file: { id: "f", size: BYTES.length, sha256: sha256Of(BYTES) },
      sink,
      fetch: () => Promise.resolve({ path: "/files/f/g" }),
      progress: (count) => assert(count >= 0 && count <= BYTES.length),
    }).attempt()
  );
  assert(sink.size <= BYTES.length);
  assertEquals(sink.finished, outcome === "done");
  if (sink.finished) assertEquals(sink.bytes, BYTES);
  assertEquals(clock.timers, 0);
  return outcome;
}

async function upload(answer: Uint8Array): Promise<string> {
  const clock = new FakeClock();
  const upload = new FileUpload({
    openLink: () => Promise.resolve(answering(answer)),
    clock,
    signal: new AbortController().signal,
    slot: { path: "/files/f", token: "t" },
    source: sourceOf(BYTES),
    hash: makeHash(),
    progress: (count) => assert(count >= 0 && count <= BYTES.length),
  });
  const first = await outcomeOf(() => upload.attempt());
  const second = await outcomeOf(() => upload.attempt());
  assertEquals(clock.timers, 0);
  return `${first} and ${second}`;
}

async function outcomeOf(attempt: () => Promise<unknown>): Promise<string> {
  try {
    await attempt();
    return "done";
  } catch (error) {
    assert(error instanceof TransferError, String(error));
    assertHarmlessLine(error.message);
    return error.kind;
  }
}

/** A server that gives this answer to anything, in pieces, and ends. */
function answering(answer: Uint8Array): FileLink {
  const pieces = cutAnywhere(answer, new Random(hash(String(answer))));
  return {
    read(buffer) {
      const piece = pieces[0]?.subarray(0, buffer.length);
      if (piece === undefined) return Promise.resolve(null);
      buffer.set(piece);
      if (piece.length === pieces[0]!.length) pieces.shift();
      else pieces[0] = pieces[0]!.subarray(piece.length);
      return Promise.resolve(piece.length);
    },
    write: () => Promise.resolve(),
    close() {},
  };
}

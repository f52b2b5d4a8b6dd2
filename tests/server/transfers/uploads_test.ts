import { assertEquals, assertMatch } from "@std/assert";
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers";
import { FileStoreError } from "../../../src/files/file_store.ts";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import {
  FILE_PIECE_BYTES,
  MAX_REFUSED_UPLOAD_BYTES,
  TRANSFER_RECHECK_BYTES,
  UPLOAD_TAKEOVER_MS,
} from "../../../src/protocol/limits.ts";
import { headOf, type HttpAnswer, textOfAnswer } from "../../helpers/http_end.ts";
import { FileStage, type Offered, partAt, sampleBytes } from "./file_stage.ts";

const PNG = Uint8Array.from([0x89, ...new TextEncoder().encode("PNG\r\n\x1a\n"), ...sampleBytes(1_000)]);

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}

/** The status, the offset and whether the upload is complete. */
function progress({ status, headers }: HttpAnswer): unknown[] {
  return [status, headers.get("upload-offset"), headers.get("upload-complete")];
}

function isClosed({ headers }: HttpAnswer): boolean {
  return headers.get("connection") === "close";
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Resolves when so many bytes of the upload are stored. */
async function stored(files: FileStage, { id }: Offered, bytes: number): Promise<void> {
  while ((files.store.partial.get(id)?.length ?? 0) < bytes) await turn();
}

Deno.test("a whole file is stored, hashed and reported, and its connection goes on", async () => {
  await using files = new FileStage();
  const slot = files.offer(PNG.length);
  const end = files.dial();
  const answer = await end.ask(`PUT ${slot.path}`, slot.auth, PNG);
  assertEquals(progress(answer), [201, String(PNG.length), "?1"]);
  assertEquals(JSON.parse(textOfAnswer(answer)), { sha256: sha256Of(PNG), size: PNG.length, media: "image/png" });
  assertEquals([answer.headers.get("content-type"), answer.headers.get("connection")], [
    "application/json",
    "keep-alive",
  ]);
  assertEquals(files.desk.done.map(([id, { sha256 }]) => [id, sha256]), [[slot.id, sha256Of(PNG)]]);
  assertEquals(files.store.blobs.get(sha256Of(PNG)), PNG);
  const state = await end.ask(`HEAD ${slot.path}`, slot.auth);
  assertEquals([...progress(state), state.headers.get("upload-length")], [204, "1008", "?1", "1008"]);
  assertEquals([state.headers.get("cache-control"), state.headers.has("content-length")], ["no-store", false]);
});

Deno.test("an empty file is complete at once", async () => {
  await using files = new FileStage();
  const slot = files.offer(0);
  assertEquals(progress(await files.dial().ask(`PUT ${slot.path}`, slot.auth, new Uint8Array(0))), [201, "0", "?1"]);
});

Deno.test("parts go on from where the upload is, on the same connection or another", async () => {
  await using files = new FileStage();
  const bytes = sampleBytes(100);
  for (const cuts of [[0], [1], [50], [99], [100], [1, 2, 50], [0, 0, 99, 99], []]) {
    const slot = files.offer(bytes.length);
    const end = files.dial();
    let at = 0;
    for (const cut of cuts) {
      const answer = await end.ask(`PATCH ${slot.path}`, partAt(at, slot), bytes.subarray(at, cut));
      assertEquals(progress(answer), cut === 100 ? [201, "100", "?1"] : [204, String(cut), "?0"]);
      at = cut;
      const state = await end.ask(`HEAD ${slot.path}`, slot.auth);
      assertEquals(progress(state), [204, String(at), at === 100 ? "?1" : "?0"]);
    }
    const last = await files.dial().ask(`PATCH ${slot.path}`, partAt(at, slot, true), bytes.subarray(at));
    assertEquals(progress(last), [201, "100", "?1"], cuts.join());
    assertEquals(JSON.parse(textOfAnswer(last)).sha256, sha256Of(bytes));
  }
});

Deno.test("a part at another offset gets the real one, and the connection goes on", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  const end = files.dial();
  await end.ask(`PATCH ${slot.path}`, partAt(0, slot), sampleBytes(4));
  for (const offset of [0, 3, 5, 9]) {
    const answer = await end.ask(`PATCH ${slot.path}`, partAt(offset, slot), sampleBytes(1));
    assertEquals(progress(answer), [409, "4", "?0"]);
    assertMatch(textOfAnswer(answer), /^The upload has 4 bytes/);
  }
  assertEquals(progress(await end.ask(`PATCH ${slot.path}`, partAt(4, slot), sampleBytes(6))), [201, "10", "?1"]);
});

Deno.test("a whole file replaces the parts that were there", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  const end = files.dial();
  await end.ask(`PATCH ${slot.path}`, partAt(0, slot), sampleBytes(4, 2));
  const answer = await end.ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10));
  assertEquals(JSON.parse(textOfAnswer(answer)).sha256, sha256Of(sampleBytes(10)));
});

Deno.test("a client that has not got the last response gets it again, and nothing is added to a complete file", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  const end = files.dial();
  const first = await end.ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10));
  const again = [
    await end.ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10)),
    await end.ask(`PATCH ${slot.path}`, partAt(10, slot, true), new Uint8Array(0)),
  ];
  for (const answer of again) assertEquals(textOfAnswer(answer), textOfAnswer(first));
  assertEquals(progress(await end.ask(`PATCH ${slot.path}`, partAt(9, slot), sampleBytes(1))), [409, "10", "?1"]);
  assertEquals(progress(await end.ask(`PATCH ${slot.path}`, partAt(10, slot), sampleBytes(1))), [409, "10", "?1"]);
  assertEquals(files.desk.done.length, 1);
});

Deno.test("a size that differs from the offered one is refused before a byte is stored", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  const end = files.dial();
  const cases: readonly (readonly [number, string, Record<string, string>, number])[] = [
    [413, "PUT", slot.auth, 11],
    [400, "PUT", slot.auth, 9],
    [413, "PATCH", partAt(0, slot), 11],
    [413, "PATCH", partAt(10, slot), 1],
    [413, "PATCH", partAt(11, slot), 0],
    [400, "PATCH", partAt(0, slot, true), 9],
  ];
  for (const [status, method, headers, bytes] of cases) {
    const answer = await end.ask(`${method} ${slot.path}`, headers, sampleBytes(bytes));
    assertEquals([answer.status, isClosed(answer)], [status, false], `${method} ${bytes}`);
    assertMatch(textOfAnswer(answer), /10 bytes/);
  }
  assertEquals([files.store.usedBytes, files.store.appends], [0, 0]);
});

Deno.test("a body without a length, or with an unclear one, is refused and ends the connection", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  const cases: readonly (readonly [number, readonly string[]])[] = [
    [411, []],
    [501, ["Transfer-Encoding: chunked"]],
    [400, ["Transfer-Encoding: chunked", "Content-Length: 10"]],
    [400, ["Content-Length: 10", "Content-Length: 10"]],
    [400, ["Content-Length: ten"]],
  ];
  for (const [status, lines] of cases) {
    const end = files.dial();
    const fields = [`Authorization: ${slot.auth.Authorization}`, "Host: localhost", ...lines];
    await end.write(
      `PUT ${slot.path} HTTP/1.1\r\n${fields.join("\r\n")}\r\n\r\n`,
      headOf(`HEAD ${slot.path}`, slot.auth),
    );
    const answer = await end.answer();
    assertEquals([answer.status, isClosed(answer)], [status, true], lines.join());
    assertEquals((await end.rest()).length, 0);
  }
  assertEquals(files.store.usedBytes, 0);
});

Deno.test("a wrong token and an unknown file get the same answer", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  const other = files.offer(10);
  const unknown = slot.path.replace("0190", "0191");
  const end = files.dial();
  for (const method of ["PUT", "PATCH", "HEAD"]) {
    const headers = { ...partAt(0, other) };
    const [wrong, none] = [
      await end.ask(`${method} ${slot.path}`, headers, sampleBytes(10)),
      await end.ask(`${method} ${unknown}`, headers, sampleBytes(10)),
    ];
    assertEquals(wrong, none);
    assertEquals(wrong.status, 404);
  }
  for (const auth of ["", "Basic abc", "Bearer", "Bearer a b", `Bearer ${"x".repeat(129)}`]) {
    const answer = await end.ask(`PUT ${slot.path}`, { Authorization: auth }, sampleBytes(10));
    assertEquals([answer.status, answer.headers.get("www-authenticate")], [401, "Bearer"], auth);
  }
  assertEquals(files.store.appends, 0);
});

Deno.test("DELETE ends a slot and removes what has arrived, once", async () => {
  await using files = new FileStage();
  const [half, none, complete] = [files.offer(10), files.offer(10), files.offer(10)];
  const end = files.dial();
  await end.ask(`PATCH ${half.path}`, partAt(0, half), sampleBytes(4));
  await end.ask(`PUT ${complete.path}`, complete.auth, sampleBytes(10));
  for (const slot of [half, none, complete]) {
    const answer = await end.ask(`DELETE ${slot.path}`, slot.auth);
    assertEquals([answer.status, answer.body.length, isClosed(answer)], [204, 0, false]);
    for (const method of ["DELETE", "HEAD", "PUT"]) {
      const body = method === "PUT" ? sampleBytes(10) : undefined;
      assertEquals((await end.ask(`${method} ${slot.path}`, slot.auth, body)).status, 404, method);
    }
  }
  assertEquals(files.desk.cancelled, [[half.id, true], [none.id, false], [complete.id, true]]);
  assertEquals(files.store.partial.size, 0);
});

Deno.test("transfers are counted: those that run, their bytes in each direction, and refused requests", async () => {
  await using files = new FileStage();
  const { transfers } = files.stage.server.statistics;
  const [slot, other] = [files.offer(10), files.offer(40)];
  const end = files.dial();
  await end.ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10));
  await end.ask(`PUT ${slot.path}`, other.auth, sampleBytes(10));
  await end.ask(`GET ${files.share(sampleBytes(5))}`);
  assertEquals({ ...transfers }, { open: 0, uploadedBytes: 10, downloadedBytes: 5, refused: 1 });
  await end.write(headOf(`PUT ${other.path}`, { ...other.auth, "Content-Length": "40" }), sampleBytes(20));
  await stored(files, other, 20);
  assertEquals({ ...transfers }, { open: 1, uploadedBytes: 30, downloadedBytes: 5, refused: 1 });
});

Deno.test("DELETE needs the token of the slot, and takes no path of a download", async () => {
  await using files = new FileStage();
  const [slot, other] = [files.offer(10), files.offer(10)];
  const end = files.dial();
  await end.ask(`PATCH ${slot.path}`, partAt(0, slot), sampleBytes(4));
  const wrong = await end.ask(`DELETE ${slot.path}`, other.auth);
  assertEquals(wrong, await end.ask(`DELETE ${slot.path.replace("0190", "0191")}`, other.auth));
  assertEquals([wrong.status, (await end.ask(`DELETE ${slot.path}`)).status], [404, 401]);
  const shared = await end.ask(`DELETE ${files.share(sampleBytes(5))}`, slot.auth);
  assertEquals([shared.status, shared.headers.get("allow")], [405, "GET, HEAD"]);
  const foreign = { ...slot.auth, Origin: "http://evil.example" };
  assertEquals((await end.ask(`DELETE ${slot.path}`, foreign)).status, 403);
  assertEquals([files.desk.cancelled, files.store.partial.get(slot.id)?.length], [[], 4]);
});

Deno.test("DELETE ends the connection that is sending, also while the disk works, and of two only one succeeds", async () => {
  await using files = new FileStage();
  const slot = files.offer(40);
  const gate = Promise.withResolvers<void>();
  files.store.gate = gate.promise;
  const sender = files.dial();
  await sender.write(headOf(`PUT ${slot.path}`, { ...slot.auth, "Content-Length": "40" }), sampleBytes(20));
  while (files.store.appends === 0) await turn();
  const ends = [files.dial(), files.dial()];
  const late = files.dial();
  const answers = Promise.all(ends.map((end) => end.ask(`DELETE ${slot.path}`, slot.auth)));
  files.stage.pass(UPLOAD_TAKEOVER_MS);
  const put = late.ask(`PUT ${slot.path}`, slot.auth, sampleBytes(40));
  assertEquals((await sender.rest()).length, 0);
  gate.resolve();
  assertEquals((await answers).map(({ status }) => status).sort(), [204, 404]);
  assertEquals([(await put).status, files.desk.cancelled], [404, [[slot.id, true]]]);
  while (files.store.openUploads.size > 0) await turn();
  assertEquals(files.store.partial.size, 0);
});

Deno.test("a part needs its type and its offset", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  const end = files.dial();
  for (const type of ["", "application/octet-stream", "application/partial-uploads"]) {
    const headers = { ...partAt(0, slot), "Content-Type": type };
    assertEquals((await end.ask(`PATCH ${slot.path}`, headers, sampleBytes(1))).status, 415, type);
  }
  for (const offset of ["", "-1", "0x0", "1.0", "a", "9".repeat(16)]) {
    const headers = { ...partAt(0, slot), "Upload-Offset": offset };
    assertEquals((await end.ask(`PATCH ${slot.path}`, headers, sampleBytes(1))).status, 400, offset);
  }
  const withParameter = { ...partAt(0, slot), "Content-Type": "Application/Partial-Upload; a=b" };
  assertEquals((await end.ask(`PATCH ${slot.path}`, withParameter, sampleBytes(1))).status, 204);
});

Deno.test("what arrived before a cut is kept, at any byte, and the upload goes on from there", async () => {
  await using files = new FileStage();
  const bytes = sampleBytes(40);
  for (const cut of [0, 1, 20, 39]) {
    const slot = files.offer(bytes.length);
    const end = files.dial();
    await end.write(headOf(`PUT ${slot.path}`, { ...slot.auth, "Content-Length": "40" }), bytes.subarray(0, cut));
    await stored(files, slot, cut);
    end.hangUp();
    const next = files.dial();
    while (files.store.openUploads.size > 0) await turn();
    assertEquals(progress(await next.ask(`HEAD ${slot.path}`, slot.auth)), [204, String(cut), "?0"]);
    const answer = await next.ask(`PATCH ${slot.path}`, partAt(cut, slot, true), bytes.subarray(cut));
    assertEquals(JSON.parse(textOfAnswer(answer)).sha256, sha256Of(bytes));
  }
});

Deno.test("bytes that are being stored during a cut are kept as well", async () => {
  await using files = new FileStage();
  const slot = files.offer(40);
  const gate = Promise.withResolvers<void>();
  files.store.gate = gate.promise;
  const end = files.dial();
  await end.write(headOf(`PUT ${slot.path}`, { ...slot.auth, "Content-Length": "40" }), sampleBytes(20));
  while (files.store.appends === 0) await turn();
  end.hangUp();
  await turn();
  assertEquals(files.store.openUploads.size, 1);
  gate.resolve();
  await files.stage.deserted();
  while (files.store.openUploads.size > 0) await turn();
  assertEquals(files.store.partial.get(slot.id)?.length, 20);
});

Deno.test("of two uploads of one file the later waits while the earlier moves, and replaces a silent one", async () => {
  await using files = new FileStage();
  const bytes = sampleBytes(40);
  const slot = files.offer(bytes.length);
  const [first, second] = [files.dial(), files.dial()];
  await first.write(headOf(`PUT ${slot.path}`, { ...slot.auth, "Content-Length": "40" }), bytes.subarray(0, 20));
  await stored(files, slot, 20);
  const locked = await second.ask(`PATCH ${slot.path}`, partAt(20, slot), bytes.subarray(20));
  assertEquals([locked.status, locked.headers.get("retry-after"), isClosed(locked)], [423, "1", false]);
  assertEquals(progress(await second.ask(`HEAD ${slot.path}`, slot.auth)), [204, "20", "?0"]);
  files.stage.pass(UPLOAD_TAKEOVER_MS);
  const taken = await second.ask(`PATCH ${slot.path}`, partAt(20, slot), bytes.subarray(20));
  assertEquals(JSON.parse(textOfAnswer(taken)).sha256, sha256Of(bytes));
  await first.rest();
});

Deno.test("an upload that the store has open already is refused for a while", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  const held = await files.store.openUpload(slot.id);
  const end = files.dial();
  assertEquals((await end.ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10))).status, 423);
  await held.close();
  assertEquals((await end.ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10))).status, 201);
});

Deno.test("a full disk ends the upload with 507, and what arrived before is kept", async () => {
  await using files = new FileStage();
  const bytes = sampleBytes(40);
  const slot = files.offer(bytes.length);
  const end = files.dial();
  await end.write(headOf(`PUT ${slot.path}`, { ...slot.auth, "Content-Length": "40" }), bytes.subarray(0, 20));
  await stored(files, slot, 20);
  files.store.fault = new FileStoreError("full", "No space left");
  await end.write(bytes.subarray(20, 30));
  assertEquals((await end.answer()).status, 507);
  await end.rest();
  files.store.fault = undefined;
  const next = files.dial();
  assertEquals(progress(await next.ask(`HEAD ${slot.path}`, slot.auth)), [204, "20", "?0"]);
  assertEquals((await next.ask(`PATCH ${slot.path}`, partAt(20, slot, true), bytes.subarray(20))).status, 201);
  assertEquals(files.logged.filter((line) => line.includes("No space left")).length, 1);
});

Deno.test("parts that arrive while the disk works are gathered in one piece, and read no faster than the disk takes them", async () => {
  await using files = new FileStage();
  const bytes = sampleBytes(3 * FILE_PIECE_BYTES);
  const slot = files.offer(bytes.length);
  const gate = Promise.withResolvers<void>();
  files.store.gate = gate.promise;
  const end = files.dial();
  const part = 1_000;
  await end.write(headOf(`PUT ${slot.path}`, { ...slot.auth, "Content-Length": String(bytes.length) }));
  for (let at = 0; at < bytes.length; at += part) await end.write(bytes.subarray(at, at + part));
  for (let turns = 0; turns < 50; turns++) await turn();
  assertEquals(files.store.appends, 1);
  gate.resolve();
  assertEquals(JSON.parse(textOfAnswer(await end.answer())).sha256, sha256Of(bytes));
  assertEquals(files.store.largestPiece, FILE_PIECE_BYTES);
});

Deno.test("an error of the store is logged and answered with 500", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  for (const fault of [new FileStoreError("failed", "The disk is broken"), new Error("a bug")]) {
    files.store.fault = fault;
    assertEquals((await files.dial().ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10))).status, 500);
  }
  files.store.fault = undefined;
  const events = files.logged.map((line) => JSON.parse(line)[1]);
  assertEquals([events.includes("store failed"), events.includes("internal error")], [true, true]);
  assertEquals((await files.dial().ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10))).status, 201);
});

Deno.test("a ban in the middle of an upload ends it, and one before its end refuses it", async () => {
  await using files = new FileStage();
  const size = 2 * TRANSFER_RECHECK_BYTES;
  const slot = files.offer(size);
  const end = files.dial();
  await end.write(headOf(`PUT ${slot.path}`, { ...slot.auth, "Content-Length": String(size) }));
  files.desk.slots.delete(slot.id);
  const piece = sampleBytes(TRANSFER_RECHECK_BYTES / 4);
  for (let sent = 0; sent < 4; sent++) await end.write(piece);
  assertEquals((await end.answer()).status, 404);
  assertEquals(files.store.partial.get(slot.id)?.length, TRANSFER_RECHECK_BYTES);
  const small = files.offer(10);
  const other = files.dial();
  await other.write(headOf(`PUT ${small.path}`, { ...small.auth, "Content-Length": "10" }), sampleBytes(5));
  await stored(files, small, 5);
  files.desk.slots.delete(small.id);
  await other.write(sampleBytes(5));
  assertEquals((await other.answer()).status, 404);
  assertEquals(files.desk.done, []);
});

Deno.test("a file that the chat does not take after all is refused with its reason", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  files.desk.refusal = new ProtocolError("forbidden", "You may not write in this room");
  const answer = await files.dial().ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10));
  assertEquals([answer.status, textOfAnswer(answer)], [403, "You may not write in this room\n"]);
});

Deno.test("the body of a refused upload is discarded up to a bound, beyond which the connection ends", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  const [short, long] = [files.dial(), files.dial()];
  const piece = new Uint8Array(MAX_REFUSED_UPLOAD_BYTES / 16);
  await short.write(headOf(`PUT ${slot.path}`, { ...slot.auth, "Content-Length": String(16 * piece.length) }));
  for (let sent = 0; sent < 16; sent++) await short.write(piece);
  const answer = await short.answer();
  assertEquals([answer.status, isClosed(answer)], [413, false]);
  assertEquals(progress(await short.ask(`HEAD ${slot.path}`, slot.auth)), [204, "0", "?0"]);
  await long.write(headOf(`PUT ${slot.path}`, { ...slot.auth, "Content-Length": String(16 * piece.length + 1) }));
  const last = await long.answer();
  assertEquals([last.status, isClosed(last)], [413, true]);
});

import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import {
  FILE_PIECE_BYTES,
  MAX_DISCARDED_BODY_BYTES,
  MAX_HTTP_HEAD_BYTES,
  MAX_SERVER_TRANSFERS,
  MAX_TRANSFERS_PER_MEMBER,
  MIN_TRANSFER_BYTES,
  TRANSFER_IDLE_MS,
  TRANSFER_LAPSE_MS,
} from "../../../src/protocol/limits.ts";
import { headOf, type HttpEnd, textOfAnswer } from "../../helpers/http_end.ts";
import { FileStage, type Offered, partAt, sampleBytes } from "./file_stage.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Sends the head of an upload, and resolves when the server has opened it. */
async function begin(files: FileStage, end: HttpEnd, slot: Offered, size: number): Promise<void> {
  await end.write(headOf(`PUT ${slot.path}`, { ...slot.auth, "Content-Length": String(size) }));
  while (!files.store.openUploads.has(slot.id)) await turn();
}

Deno.test("requests that are sent at once are answered in order, wherever their bytes are split", async () => {
  await using files = new FileStage();
  const bytes = sampleBytes(20);
  const path = files.share(sampleBytes(5, 2));
  for (const size of [1, 7, 64, 10_000]) {
    const slot = files.offer(20);
    const text = [
      headOf(`HEAD ${slot.path}`, slot.auth),
      headOf(`PATCH ${slot.path}`, { ...partAt(0, slot), "Content-Length": "10" }),
      String.fromCharCode(...bytes.subarray(0, 10)),
      headOf(`HEAD ${slot.path}`, slot.auth),
      headOf(`GET ${path}`, { "Content-Length": "3" }) + "abc",
      headOf(`PATCH ${slot.path}`, { ...partAt(3, slot), "Content-Length": "2" }) + "xx",
      headOf(`PATCH ${slot.path}`, { ...partAt(10, slot), "Content-Length": "10" }),
      String.fromCharCode(...bytes.subarray(10)),
      headOf("PUT /files/x", { "Content-Length": "2" }) + "yy",
      headOf(`HEAD ${slot.path}`, slot.auth),
    ].join("");
    const raw = Uint8Array.from(text, (char) => char.charCodeAt(0));
    const end = files.dial();
    for (let at = 0; at < raw.length; at += size) await end.write(raw.subarray(at, at + size));
    const answers = [];
    for (const withBody of [false, true, false, true, true, true, true, false]) {
      answers.push(await end.answer(withBody));
    }
    assertEquals(answers.map(({ status }) => status), [204, 204, 204, 200, 409, 201, 404, 204], `${size} at a time`);
    assertEquals(answers.map(({ headers }) => headers.get("upload-offset")), [
      ...["0", "10", "10", undefined, "10", "20", undefined, "20"],
    ]);
  }
});

Deno.test("a client that asks for a 100 gets it before it sends the body, unless the upload is refused", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  const end = files.dial();
  const expecting = { ...slot.auth, "Expect": "100-Continue", "Content-Length": "10" };
  await end.write(headOf(`PUT ${slot.path}`, expecting));
  assertEquals((await end.answer(false)).status, 100);
  assertEquals(files.store.appends, 0);
  await end.write(sampleBytes(10));
  assertEquals((await end.answer()).status, 201);
  assertEquals((await end.ask(`HEAD ${slot.path}`, slot.auth)).status, 204);
  await end.write(headOf(`PATCH ${slot.path}`, { ...partAt(5, slot), ...expecting }));
  const refused = await end.answer();
  assertEquals([refused.status, refused.headers.get("connection")], [409, "close"]);
  await end.rest();
});

Deno.test("a client that asks by the draft is told with a 104 where its upload can go on, before it sends the body", async () => {
  await using files = new FileStage();
  const draft = { "Upload-Complete": "?1", "Upload-Draft-Interop-Version": "8" };
  const slot = files.offer(10);
  const end = files.dial();
  const length = { "Content-Length": "10" };
  await end.write(headOf(`PUT ${slot.path}`, { ...slot.auth, ...draft, ...length, Expect: "100-continue" }));
  const told = await end.answer();
  assertEquals([told.status, Object.fromEntries(told.headers)], [104, {
    "location": slot.id,
    "upload-draft-interop-version": "8",
    "upload-limit": "max-size=10",
  }]);
  assertEquals((await end.answer()).status, 100);
  await end.write(sampleBytes(10));
  assertEquals((await end.answer()).status, 201);
  const others: Record<string, string>[] = [{}, { ...draft, "Upload-Draft-Interop-Version": "7" }, {
    "Upload-Draft-Interop-Version": "8",
  }];
  for (const headers of others) {
    const other = files.offer(10);
    assertEquals((await end.ask(`PUT ${other.path}`, { ...other.auth, ...headers }, sampleBytes(10))).status, 201);
  }
  const refused = await end.ask(`PUT ${files.offer(9).path}`, { ...slot.auth, ...draft }, sampleBytes(10));
  assertEquals(refused.status, 404);
});

Deno.test("requests for other hosts, from other sites and with other methods are refused", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  const path = files.share(sampleBytes(10));
  const cases: readonly (readonly [number, string, Record<string, string>])[] = [
    [403, `PUT ${slot.path}`, { Host: "evil.example" }],
    [403, `GET ${path}`, { Host: "evil.example" }],
    [403, `PUT ${slot.path}`, { Origin: "http://evil.example" }],
    [403, `PUT ${slot.path}`, { Origin: "null" }],
    [403, `GET ${path}`, { Origin: "http://localhost:1" }],
    [405, `POST ${slot.path}`, {}],
    [405, `OPTIONS ${slot.path}`, {}],
    [405, `DELETE ${path}`, {}],
    [501, `put ${slot.path}`, {}],
    [400, `GET ${path}`, { Host: "localhost", "Content-Length": "1,1" }],
  ];
  for (const [status, line, headers] of cases) {
    const answer = await files.dial().ask(line, { ...slot.auth, "Content-Length": "10", ...headers });
    assertEquals(answer.status, status, line);
    assert(/^[^\n]{20,}\n$/.test(textOfAnswer(answer)));
  }
  const own = await files.dial().ask(`PUT ${slot.path}`, { ...slot.auth, Origin: "http://localhost" }, sampleBytes(10));
  assertEquals(own.status, 201);
  const events = files.logged.map((line) => JSON.parse(line)[1]);
  assertEquals(events.filter((event) => /(host|origin) refused/.test(event)), ["host refused", "origin refused"]);
});

Deno.test("an old client and one that asks for it get one response, and the connection ends", async () => {
  await using files = new FileStage();
  const path = files.share(sampleBytes(10));
  for (const text of [headOf(`GET ${path}`).replace("1.1", "1.0"), headOf(`GET ${path}`, { Connection: "close" })]) {
    const end = files.dial();
    await end.write(text, headOf(`GET ${path}`));
    const answer = await end.answer();
    assertEquals([answer.status, answer.headers.get("connection")], [200, "close"]);
    assertEquals((await end.rest()).length, 0);
  }
});

Deno.test("a connection from a trusted proxy has one request, since the next may be from another client", async () => {
  await using files = new FileStage({ isProxy: (address) => address === "10.0.0.1" });
  const path = files.share(sampleBytes(10));
  const end = files.dial({ remoteAddress: "10.0.0.1", isProxy: true });
  await end.write(headOf(`GET ${path}`, { "X-Forwarded-For": "192.0.2.7" }), headOf(`GET ${path}`));
  assertEquals((await end.answer()).headers.get("connection"), "close");
  assertEquals((await end.rest()).length, 0);
});

Deno.test("after a file the same connection gets the page, and then ends; a WebSocket needs another one", async () => {
  await using files = new FileStage();
  const path = files.share(sampleBytes(10));
  const [page, socket] = [files.dial(), files.dial()];
  await page.write(headOf(`GET ${path}`), headOf("GET /"), headOf(`GET ${path}`));
  assertEquals((await page.answer()).status, 200);
  assertEquals(textOfAnswer(await page.answer()), "hello\n");
  assertEquals((await page.rest()).length, 0);
  await socket.ask(`GET ${path}`);
  assertEquals((await socket.ask("GET /ws", { Upgrade: "websocket", Connection: "Upgrade" })).status, 400);
  await socket.rest();
});

Deno.test("a server without files has no page there", async () => {
  await using files = new FileStage({ files: undefined });
  assertEquals((await files.dial().ask(`PUT ${files.offer(1).path}`, {}, sampleBytes(1))).status, 404);
});

Deno.test("a head that is too long or malformed ends the connection", async () => {
  await using files = new FileStage();
  const path = files.share(sampleBytes(10));
  for (
    const bad of [headOf(`GET ${path}`, { X: "x".repeat(MAX_HTTP_HEAD_BYTES) }), `GET ${path} HTTP/1.1\r\nX Y\r\n\r\n`]
  ) {
    const end = files.dial();
    await end.ask(`GET ${path}`);
    await end.write(bad, headOf(`GET ${path}`));
    assertEquals((await end.answer()).status, 400);
    assertEquals((await end.rest()).length, 0);
  }
});

Deno.test("bytes after a refused request are discarded up to a bound, beyond which the connection breaks", async () => {
  await using files = new FileStage();
  const end = files.dial();
  await end.write(headOf("PUT /files/x", { "Transfer-Encoding": "chunked" }));
  assertEquals((await end.answer()).status, 501);
  const part = new Uint8Array(MAX_DISCARDED_BODY_BYTES / 4);
  for (let sent = 0; sent < 4; sent++) await end.write(part).then(turn);
  assertEquals(end.connection.other.closed, false);
  await end.write(part.subarray(0, 1)).then(turn);
  assertEquals(end.connection.other.closed, true);
});

Deno.test("transfers are no attempts of an address, unless the token or the grant is wrong", async () => {
  await using files = new FileStage({ attemptsPerAddress: 3 });
  const from = { remoteAddress: "192.0.2.7" };
  for (let time = 0; time < 10; time++) {
    const slot = files.offer(10);
    assertEquals((await files.dial(from).ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10))).status, 201);
    assertEquals((await files.dial(from).ask(`GET ${files.share(sampleBytes(1))}`)).status, 200);
  }
  for (let time = 0; time < 3; time++) assertEquals((await files.dial(from).ask("HEAD /files/x")).status, 404);
  const refused = files.dial(from);
  assertEquals(new TextDecoder().decode(await refused.rest()).includes("too_many_connections"), true);
});

Deno.test("an upload that stalls ends with 408 and keeps what arrived; one that moves does not", async () => {
  await using files = new FileStage();
  const size = 100 * MIN_TRANSFER_BYTES;
  const [slow, stuck, dribbling] = [files.offer(size), files.offer(size), files.offer(size)];
  const ends = [files.dial(), files.dial(), files.dial()] as const;
  await begin(files, ends[0], slow, size);
  await begin(files, ends[1], stuck, size);
  await begin(files, ends[2], dribbling, size);
  await ends[1].write(sampleBytes(10));
  for (let time = 0; time < 6; time++) {
    await ends[0].write(sampleBytes(MIN_TRANSFER_BYTES)).then(turn);
    if (!ends[2].ended) await ends[2].write(sampleBytes(1)).then(turn);
    files.stage.pass(TRANSFER_LAPSE_MS / 3);
    await turn();
  }
  assertEquals((await ends[1].answer()).status, 408);
  assertEquals((await ends[2].answer()).status, 408);
  await ends[1].rest();
  await ends[2].rest();
  assertEquals([...files.store.openUploads], [slow.id]);
  assertEquals(files.store.partial.get(stuck.id)?.length, 10);
  ends[0].hangUp();
});

Deno.test("a slow disk is not the client's fault", async () => {
  await using files = new FileStage();
  const slot = files.offer(10);
  const gate = Promise.withResolvers<void>();
  files.store.gate = gate.promise;
  const end = files.dial();
  await begin(files, end, slot, 10);
  await end.write(sampleBytes(10));
  while (files.store.appends === 0) await turn();
  for (let time = 0; time < 4; time++) files.stage.pass(TRANSFER_LAPSE_MS);
  gate.resolve();
  assertEquals((await end.answer()).status, 201);
});

Deno.test("a client that does not take its file is cut off, and delays nobody", async () => {
  await using files = new FileStage();
  const path = files.share(new Uint8Array(4 * FILE_PIECE_BYTES));
  const end = files.dial();
  const release = end.connection.other.stall();
  await end.write(headOf(`GET ${path}`));
  while (files.store.openBlobs === 0) await turn();
  const ada = await files.join("ada");
  await ada.events();
  const other = files.dial();
  assertEquals((await other.ask(`GET ${path}`)).status, 200);
  files.stage.pass(TRANSFER_LAPSE_MS);
  await end.rest();
  while (files.store.openBlobs > 0) await turn();
  release();
});

Deno.test("a connection that asks for nothing more ends, also in the middle of a head", async () => {
  await using files = new FileStage();
  const path = files.share(sampleBytes(10));
  const [silent, slow] = [files.dial(), files.dial()];
  await silent.ask(`GET ${path}`);
  await slow.ask(`GET ${path}`);
  await turn();
  files.stage.pass(TRANSFER_IDLE_MS - 1);
  await slow.write("GET ");
  assertEquals([silent.ended, slow.ended], [false, false]);
  files.stage.pass(1);
  await silent.rest();
  await slow.rest();
});

Deno.test("a member and the server have a bound for transfers, and say when to try again", async () => {
  await using files = new FileStage();
  const busy: HttpEnd[] = [];
  const start = async (member: string) => {
    const slot = files.offer(10, member);
    const end = files.dial();
    busy.push(end);
    await begin(files, end, slot, 10);
  };
  for (let own = 0; own < MAX_TRANSFERS_PER_MEMBER; own++) await start("ada");
  const [mine, theirs] = [files.offer(10, "ada"), files.offer(10, "bob")];
  const end = files.dial();
  const tooMany = await end.ask(`PUT ${mine.path}`, mine.auth, sampleBytes(10));
  assertEquals([tooMany.status, tooMany.headers.get("retry-after")], [429, "2"]);
  assertEquals((await end.ask(`GET ${files.share(sampleBytes(1), "a", "ada")}`)).status, 429);
  assertEquals((await end.ask(`HEAD ${mine.path}`, mine.auth)).status, 204);
  for (let others = MAX_TRANSFERS_PER_MEMBER; others < MAX_SERVER_TRANSFERS; others++) {
    await start(`member-${others % 99}`);
  }
  const full = await end.ask(`PUT ${theirs.path}`, theirs.auth, sampleBytes(10));
  assertEquals([full.status, full.headers.get("retry-after")], [503, "2"]);
  busy[0]!.hangUp();
  while (files.store.openUploads.size === MAX_SERVER_TRANSFERS) await turn();
  assertEquals((await end.ask(`PUT ${theirs.path}`, theirs.auth, sampleBytes(10))).status, 201);
});

Deno.test("1,000 uploads that stop take no more than their share, and leave nothing behind", async () => {
  await using files = new FileStage({ maxConnections: 2_000 });
  const ends: HttpEnd[] = [];
  const refused = new Set<number>();
  for (let index = 0; index < 1_000; index++) {
    const slot = files.offer(1_000, `member-${index}`);
    const end = files.dial();
    ends.push(end);
    await end.write(headOf(`PUT ${slot.path}`, { ...slot.auth, "Content-Length": "1000" }), sampleBytes(10));
  }
  for (const end of ends.slice(MAX_SERVER_TRANSFERS)) refused.add((await end.answer()).status);
  assertEquals([...refused], [503]);
  assertEquals([files.store.openUploads.size, files.store.usedBytes], [
    MAX_SERVER_TRANSFERS,
    10 * MAX_SERVER_TRANSFERS,
  ]);
  await (await files.join("ada")).events();
  files.stage.pass(TRANSFER_LAPSE_MS);
  for (const end of ends) await end.rest();
  assertEquals(files.store.openUploads.size, 0);
  const slot = files.offer(10);
  assertEquals((await files.dial().ask(`PUT ${slot.path}`, slot.auth, sampleBytes(10))).status, 201);
});

Deno.test("a server that shuts down ends transfers at once, and keeps what has arrived", async () => {
  await using files = new FileStage();
  const [waiting, storing] = [files.offer(20), files.offer(20)];
  const ends = [files.dial(), files.dial(), files.dial(), files.dial()] as const;
  await begin(files, ends[0], waiting, 20);
  await ends[0].write(sampleBytes(10));
  while (files.store.partial.get(waiting.id)?.length !== 10) await turn();
  await ends[3].ask(`GET ${files.share(sampleBytes(1))}`);
  const gate = Promise.withResolvers<void>();
  files.store.gate = gate.promise;
  await begin(files, ends[1], storing, 20);
  await ends[1].write(sampleBytes(10));
  while (files.store.appends < 2) await turn();
  ends[2].connection.other.stall();
  await ends[2].write(headOf(`GET ${files.share(new Uint8Array(4 * FILE_PIECE_BYTES))}`));
  while (files.store.openBlobs === 0) await turn();
  const drained = files.stage.server.drain();
  assertEquals((await ends[0].answer()).status, 503);
  assertEquals((await ends[1].answer()).status, 503);
  gate.resolve();
  for (const end of ends) await end.rest();
  for (const end of ends) end.hangUp();
  await drained;
  assertEquals([files.store.openUploads.size, files.store.openBlobs], [0, 0]);
  assertEquals([waiting, storing].map(({ id }) => files.store.partial.get(id)?.length), [10, 10]);
});

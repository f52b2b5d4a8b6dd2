import { assertEquals, assertMatch } from "@std/assert";
import { FileShare } from "../../../src/client/direct/file_share.ts";
import type { StraightListener } from "../../../src/client/direct/straight_ports.ts";
import { DIRECT_HEAD_MS, MAX_DIRECT_CONNECTIONS } from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { bytesOf, FakeLink, sourceOf } from "../files/fake_link.ts";

const BYTES = bytesOf(1_000);

/** A share that is reached over links in memory, of which the test is the receiver. */
class Stage implements Disposable {
  readonly clock = new FakeClock();
  readonly moved: number[] = [];
  #waiting = Promise.withResolvers<FakeLink>();
  readonly #share: FileShare;

  constructor() {
    const accept = () => this.#waiting.promise;
    const listener: StraightListener = { hosts: [], port: 1, certificate: "", accept, close: () => {} };
    const progress = (bytes: number) => void this.moved.push(bytes);
    this.#share = new FileShare({ listener, source: sourceOf(BYTES), token: "t", clock: this.clock, progress });
  }

  [Symbol.dispose](): void {
    this.#share[Symbol.dispose]();
  }

  async connect(request = ""): Promise<FakeLink> {
    const link = new FakeLink();
    const { resolve } = this.#waiting;
    this.#waiting = Promise.withResolvers();
    resolve(link);
    if (request !== "") link.send(`${request}\r\n\r\n`);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    return link;
  }
}

Deno.test("a share serves the file and its parts to clients that have the token, and nothing else", async () => {
  using stage = new Stage();
  const whole = await (await stage.connect("GET /direct/t HTTP/1.1")).request(BYTES.length);
  assertMatch(whole, /^HTTP\/1\.1 200 OK\r\n[^]*Content-Length: 1000\r\n/);
  assertEquals(stage.moved.at(-1), 1_000);
  const part = await (await stage.connect("GET /direct/t HTTP/1.1\r\nRange: bytes=990-")).request(10);
  assertMatch(part, /^HTTP\/1\.1 206 [^]*Content-Range: bytes 990-999\/1000\r\n/);
  for (
    const request of [
      "GET /direct/x HTTP/1.1",
      "GET / HTTP/1.1",
      "PUT /direct/t HTTP/1.1",
      "GET /direct/t HTTP/1.1\r\nRange: bytes=1000-",
      "nonsense",
    ]
  ) {
    const link = await stage.connect(request);
    assertMatch(await link.request(), /^HTTP\/1\.1 404 /, request);
    assertEquals(link.isClosed, true, request);
  }
});

Deno.test("connections that ask for nothing end in time, and make room for the receiver before that", async () => {
  using stage = new Stage();
  const silent = [];
  for (let nth = 0; nth < MAX_DIRECT_CONNECTIONS; nth++) silent.push(await stage.connect());
  const receiver = await stage.connect("GET /direct/t HTTP/1.1");
  assertMatch(await receiver.request(BYTES.length), /^HTTP\/1\.1 200 /);
  assertEquals(silent.map(({ isClosed }) => isClosed), silent.map((_, nth) => nth === 0));
  stage.clock.advance(DIRECT_HEAD_MS);
  assertEquals(silent.map(({ isClosed }) => isClosed), silent.map(() => true));
});

Deno.test("a head without an end is refused", async () => {
  using stage = new Stage();
  const link = await stage.connect(`GET /direct/t HTTP/1.1\r\nX: ${"x".repeat(40_000)}`);
  assertMatch(await link.request(), /^HTTP\/1\.1 404 /);
});

Deno.test("a receiver that comes back takes the place of its earlier connection", async () => {
  using stage = new Stage();
  const first = await stage.connect("GET /direct/t HTTP/1.1");
  await stage.connect("GET /direct/t HTTP/1.1");
  assertEquals(first.isClosed, true);
});

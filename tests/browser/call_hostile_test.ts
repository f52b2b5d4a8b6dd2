/** A member of a call who sends what no page sends. */

import { assertEquals } from "@std/assert";
import { encodeMediaFrame, type MediaFrame } from "../../src/protocol/calls/media_frame.ts";
import { MEDIA_PATH } from "../../src/protocol/calls/media_handshake.ts";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { inTime } from "../helpers/process_lines.ts";
import { smallPicture } from "../helpers/small_pictures.ts";
import { sameOrigin } from "../helpers/websocket_frames.ts";
import { HAS_CHROMIUM, joinAs, say, Visitors, waitForMessage } from "./browser.ts";
import { FAKE_DEVICES, SHOWN_PICTURE } from "./call_pages.ts";

/** The media connection of a peer in a call. */
class RawMember implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #ended = Promise.withResolvers<void>();
  #time = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("close", () => this.#ended.resolve());
  }

  /** Answers the call that rings. */
  static async answer(peer: Peer, address: string): Promise<RawMember> {
    const { id: call } = await peer.next({ type: "call" });
    await peer.send({ type: "answer", call });
    const { token } = await peer.next({ type: "media" });
    const url = `ws://${address}${MEDIA_PATH}`;
    // The types of browsers do not know the options of Deno.
    const socket = new WebSocket(url, sameOrigin(url) as unknown as string[]);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "media", call, token })));
    socket.addEventListener("message", resolve, { once: true });
    socket.addEventListener("close", ({ reason }) => reject(new Error(reason)), { once: true });
    await inTime(promise, () => "a media connection");
    return new RawMember(socket);
  }

  /** Sends a frame, a second after the one before by the sender's clock. */
  send(frame: DistributiveOmit<MediaFrame, "stream" | "time">): void {
    this.#time += 1_000;
    this.#socket.send(encodeMediaFrame({ ...frame, stream: 0, time: this.#time } as MediaFrame));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#ended.promise;
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

const jpeg = smallPicture("image/jpeg");
const half = jpeg.slice(0, jpeg.length - 100);

/** Pictures that the page must not show, with the size that is said. */
const PICTURES: readonly (readonly [width: number, height: number, bytes: Uint8Array<ArrayBuffer>])[] = [
  [8, 6, smallPicture("image/png")],
  [8, 6, smallPicture("image/webp")],
  [8, 6, new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg' width='8' height='6'/>")],
  [6, 8, jpeg],
  [640, 360, jpeg],
  [8, 6, jpeg.slice(0, 20)],
  [8, 6, new Uint8Array(48 * 1024).fill(0xff)],
];

Deno.test({
  name: "hostile pictures and sounds in a call leave the page as it was, and its chat goes on",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await Visitors.open({ args: FAKE_DEVICES });
    await using mallory = await Peer.join(server.address, "mallory");
    const page = await visitors.visit(`http://${server.address}/`);
    await joinAs(page, "ada");
    await page.getByRole("button", { name: "Call", exact: true }).click();
    await using member = await RawMember.answer(mallory, server.address);
    member.send({ kind: "state", camera: true, microphone: true });
    await page.locator(".call-others .call-tile").waitFor();
    const drawn = () => page.locator(".call-others canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).width);
    const empty = await drawn();
    for (const [width, height, bytes] of PICTURES) member.send({ kind: "video", width, height, jpeg: bytes });
    for (let length = 1; length < 40; length++) {
      member.send({ kind: "sound", packet: crypto.getRandomValues(new Uint8Array(length)) });
    }
    member.send({ kind: "demand", width: 640, height: 0, rate: 255 });
    member.send({ kind: "got", of: "video" });
    await mallory.send({ type: "message", room: "lobby", text: "was that all?" });
    await waitForMessage(page, "was that all?");
    assertEquals(await drawn(), empty);
    member.send({ kind: "video", width: 8, height: 6, jpeg: half });
    member.send({ kind: "video", width: 8, height: 6, jpeg });
    await page.locator(SHOWN_PICTURE).waitFor();
    assertEquals(await drawn(), 8);
    await say(page, "yes");
    await mallory.next({ type: "message", text: "yes" });
    await server.stop();
  },
});

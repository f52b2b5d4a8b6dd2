/** The camera, microphone, loudspeaker and codecs of the page, with Chromium's fake devices: a moving picture and beeps. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { contentPolicy } from "../../src/page/content_policy.ts";
import { bundle } from "../../src/page/module_bundle.ts";
import { SOURCES } from "../../src/page/source_files.ts";
import { SCRIPTS_PATH } from "../../src/protocol/address/page_paths.ts";
import { HAS_CHROMIUM, Visitors } from "./browser.ts";
import type { CallDevices } from "./call_devices_page.ts";

declare const devices: CallDevices;

const FAKE_DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const PART_ADDRESS = { module: "src/web/page_address.ts", name: "partAddress" };

/** Serves the page of the devices. */
async function serveDevices(): Promise<Deno.HttpServer<Deno.NetAddr>> {
  const { main, parts } = await bundle(SOURCES, "tests/browser/call_devices_page.ts", { partAddress: PART_ADDRESS });
  const policy = await contentPolicy({ scripts: [main], styles: [] });
  return Deno.serve({ port: 0, onListen: () => {} }, ({ url }) => {
    const script = parts.get(new URL(url).pathname.slice(SCRIPTS_PATH.length));
    if (script !== undefined) return new Response(script, { headers: { "Content-Type": "text/javascript" } });
    const headers = { "Content-Type": "text/html", "Content-Security-Policy": policy };
    return new Response(`<!DOCTYPE html><link rel="icon" href="data:,"><script>${main}</script>`, { headers });
  });
}

interface Taken {
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly at: number;
}

/** Takes ten pictures, decodes them, and checks their size. */
function takePictures(page: Page): Promise<Taken[]> {
  return page.evaluate(async () => {
    const stop = new AbortController();
    const taken: Taken[] = [];
    const camera = new devices.PageCamera();
    for await (const { width, height, jpeg } of camera.pictures({ width: 160, height: 90, rate: 10 }, stop.signal)) {
      const bitmap = await createImageBitmap(new Blob([jpeg]));
      if (bitmap.width !== width || bitmap.height !== height) throw new Error("another size than said");
      taken.push({ width, height, bytes: jpeg.length, at: performance.now() });
      if (taken.length === 10) stop.abort();
    }
    return taken;
  });
}

/** Encodes and decodes what the microphone hears; returns the loudness of each block. */
function hearMicrophone(page: Page) {
  return page.evaluate(async () => {
    const stop = new AbortController();
    const encoder = new devices.PageVoiceEncoder();
    const decoder = new devices.PageVoiceDecoder();
    const graph = new devices.SoundGraph();
    const loudness = (block: Float32Array) =>
      Math.sqrt(block.reduce((sum, each) => sum + each * each, 0) / block.length);
    const said: number[] = [];
    const heard: number[] = [];
    const sizes: number[] = [];
    for await (const block of new devices.PageMicrophone(graph).blocks(stop.signal)) {
      said.push(loudness(block));
      encoder.encode(block, (packet) => {
        sizes.push(packet.length);
        heard.push(loudness(decoder.decode(packet)));
        if (heard.length === 100) stop.abort();
      });
    }
    encoder.close();
    decoder.close();
    return { said, heard, sizes };
  });
}

/** Records half a second in a browser that, as Firefox, connects microphones only to contexts of their own rate. */
function recordAtOwnRate(page: Page): Promise<readonly [blocks: number, contexts: number]> {
  return page.evaluate(async () => {
    const { createMediaStreamSource } = AudioContext.prototype;
    const rates: number[] = [];
    AudioContext.prototype.createMediaStreamSource = function (stream) {
      rates.push(this.sampleRate);
      if (rates.length === 1) throw new DOMException("another rate", "NotSupportedError");
      return createMediaStreamSource.call(this, stream);
    };
    const stop = new AbortController();
    let blocks = 0;
    for await (const block of new devices.PageMicrophone(new devices.SoundGraph()).blocks(stop.signal)) {
      if (block.length === 960 && ++blocks === 25) stop.abort();
    }
    AudioContext.prototype.createMediaStreamSource = createMediaStreamSource;
    return [blocks, rates.length];
  });
}

/** Plays a second of a tone, and returns how many blocks were asked for. */
function playTone(page: Page) {
  return page.evaluate(async () => {
    const stop = new AbortController();
    let asked = 0;
    await new devices.PageLoudspeaker(new devices.SoundGraph()).play(() => {
      if (++asked === 50) stop.abort();
      return Float32Array.from({ length: 960 }, (_, index) => Math.sin(index / 10));
    }, stop.signal);
    return asked;
  });
}

/** What keeps the page from its devices, or ends them: one sentence for the camera and one for the microphone. */
function faultsOf(page: Page, unplug = false): Promise<string[]> {
  return page.evaluate(async (unplug) => {
    const signal = AbortSignal.timeout(5_000);
    const take = [
      () => new devices.PageCamera().pictures({ width: 160, height: 90, rate: 10 }, signal),
      () => new devices.PageMicrophone(new devices.SoundGraph()).blocks(signal),
    ];
    const tracks: MediaStreamTrack[] = [];
    const media = navigator.mediaDevices as MediaDevices | undefined;
    const open = media?.getUserMedia.bind(media);
    if (unplug) {
      media!.getUserMedia = async (constraints) => {
        const stream = await open!(constraints);
        tracks.push(...stream.getTracks());
        return stream;
      };
    }
    const faults: string[] = [];
    for (const start of take) {
      try {
        for await (const _taken of start()) {
          // As the browser ends a track whose device is gone.
          for (const track of tracks) {
            track.stop();
            track.dispatchEvent(new Event("ended"));
          }
        }
        faults.push("it ended");
      } catch (error) {
        faults.push(`${(error as Error).name}: ${(error as Error).message}`);
      }
    }
    return faults;
  }, unplug);
}

const loudest = (levels: readonly number[]) => Math.max(...levels);

Deno.test({
  name: "the page takes pictures of the asked size, records, encodes, decodes and plays, under its own policy",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using visitors = await Visitors.open({ args: FAKE_DEVICES });
    await using server = await serveDevices();
    const page = await visitors.visit(`http://localhost:${server.addr.port}/`);
    const pictures = await takePictures(page);
    assertEquals(pictures.length, 10);
    for (const { width, height, bytes } of pictures) {
      assertEquals([width, height], [160, 90]);
      assert(bytes > 500 && bytes < 6_000, `${bytes} bytes`);
    }
    const { said, heard, sizes } = await hearMicrophone(page);
    assert(loudest(said) > 0.2 && loudest(heard) > 0.2, `${loudest(said)} and ${loudest(heard)}`);
    assert(loudest(sizes) < 200, `${loudest(sizes)} bytes`);
    assertEquals(await recordAtOwnRate(page), [25, 2]);
    assertEquals(await playTone(page), 50);
    assertEquals(await faultsOf(page, true), [
      "DeviceError: The camera has stopped: connect it again, then /camera on",
      "DeviceError: The microphone has stopped: connect it again, then /mic on",
    ]);
  },
});

/** Chromium's arguments, the host, and what a user reads. */
const FAULTS:
  readonly (readonly [what: string, args: readonly string[], host: string, camera: RegExp, microphone: RegExp])[] = [
    [
      "no permission is",
      ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"],
      "localhost",
      /^DeviceError: The browser does not let this page use the camera: .*, then \/camera on$/,
      /^DeviceError: The browser does not let this page use the microphone: .*, then \/mic on$/,
    ],
    [
      "devices that are absent are",
      ["--use-fake-ui-for-media-stream"],
      "localhost",
      /^DeviceError: The browser finds no camera: connect one, then \/camera on$/,
      /^DeviceError: The browser finds no microphone: connect one, then \/mic on$/,
    ],
    [
      "a page without https is",
      [...FAKE_DEVICES, "--host-resolver-rules=MAP plain.example 127.0.0.1"],
      "plain.example",
      /^DeviceError: Browsers give a page camera, microphone and sound only over https: /,
      /^DeviceError: Browsers give a page camera, microphone and sound only over https: /,
    ],
  ];

for (const [what, args, host, ...sentences] of FAULTS) {
  Deno.test({
    name: `${what} one sentence with the next step`,
    ignore: !HAS_CHROMIUM,
    async fn() {
      await using visitors = await Visitors.open({ args });
      await using server = await serveDevices();
      const page = await visitors.visit(`http://${host}:${server.addr.port}/`);
      const faults = await faultsOf(page);
      for (const [index, sentence] of sentences.entries()) assertMatch(faults[index]!, sentence);
    },
  });
}

/** The microphone of the browser, which takes out the echo of the loudspeaker. */

import { DeviceError, type Microphone, type SoundBlock } from "../../../client/calls/call_ports.ts";
import { NewestFeed } from "../newest_feed.ts";
import { deviceStopped } from "./device_faults.ts";
import { openDevice } from "./device_opener.ts";
import type { SoundGraph } from "./sound_graph.ts";

/** Half a second: older sound is too late for a call. */
const MAX_WAITING_BLOCKS = 25;

export class PageMicrophone implements Microphone {
  readonly #graph: SoundGraph;

  constructor(graph: SoundGraph) {
    this.#graph = graph;
  }

  async *blocks(signal: AbortSignal): AsyncGenerator<SoundBlock> {
    const track = await openDevice("microphone", {
      channelCount: 1,
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    });
    const feed = new NewestFeed<SoundBlock>(MAX_WAITING_BLOCKS);
    const stop = () => feed.end();
    signal.addEventListener("abort", stop);
    track.addEventListener("ended", () => feed.end(new DeviceError(deviceStopped("microphone"))));
    try {
      const node = record(await this.#graph.open(), track, (block) => feed.push(block));
      if (signal.aborted) stop();
      try {
        yield* feed;
      } finally {
        node.port.postMessage("end");
        node.port.close();
      }
    } finally {
      signal.removeEventListener("abort", stop);
      track.stop();
      this.#graph.close();
    }
  }
}

function record(context: AudioContext, track: MediaStreamTrack, take: (block: SoundBlock) => void): AudioWorkletNode {
  const node = new AudioWorkletNode(context, "confab-microphone", {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: "explicit",
  });
  node.port.onmessage = ({ data }) => take(data);
  context.createMediaStreamSource(new MediaStream([track])).connect(node);
  return node;
}

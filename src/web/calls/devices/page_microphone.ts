/** The microphone of the browser, which takes out the echo of the loudspeaker. */

import { DeviceError, type Microphone, type SoundBlock } from "../../../client/calls/call_ports.ts";
import { NewestFeed } from "../newest_feed.ts";
import { deviceStopped } from "./device_faults.ts";
import { openDevice } from "./device_opener.ts";
import { SoundGraph } from "./sound_graph.ts";

/** Half a second: older sound is too late for a call. */
const MAX_WAITING_BLOCKS = 25;

type TakeBlock = (block: SoundBlock) => void;

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
      const end = await this.#connect(track, (block) => feed.push(block));
      if (signal.aborted) stop();
      try {
        yield* feed;
      } finally {
        end();
      }
    } finally {
      signal.removeEventListener("abort", stop);
      track.stop();
    }
  }

  /** Firefox records a microphone only at the microphone's own rate. */
  async #connect(track: MediaStreamTrack, take: TakeBlock): Promise<() => void> {
    try {
      return await connect(this.#graph, track, take);
    } catch (error) {
      if ((error as Error).name !== "NotSupportedError") throw error;
      return await connect(new SoundGraph("device"), track, take);
    }
  }
}

/** Returns the function that ends the recording. */
async function connect(graph: SoundGraph, track: MediaStreamTrack, take: TakeBlock): Promise<() => void> {
  try {
    const node = record(await graph.open(), track, take);
    return () => {
      node.port.postMessage("end");
      node.port.close();
      graph.close();
    };
  } catch (error) {
    graph.close();
    throw error;
  }
}

function record(context: AudioContext, track: MediaStreamTrack, take: TakeBlock): AudioWorkletNode {
  const node = new AudioWorkletNode(context, "confab-microphone", {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: "explicit",
  });
  node.port.onmessage = ({ data }) => take(data);
  context.createMediaStreamSource(new MediaStream([track])).connect(node);
  return node;
}

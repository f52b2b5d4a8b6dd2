/** The loudspeaker of the browser. */

import { DeviceError, type Loudspeaker, type SoundBlock } from "../../../client/calls/call_ports.ts";
import type { SoundGraph } from "./sound_graph.ts";

export class PageLoudspeaker implements Loudspeaker {
  readonly #graph: SoundGraph;

  constructor(graph: SoundGraph) {
    this.#graph = graph;
  }

  async play(next: () => SoundBlock, signal: AbortSignal): Promise<void> {
    try {
      const context = await this.#graph.open();
      if (!signal.aborted) await playUntil(context, next, signal);
    } finally {
      this.#graph.close();
    }
  }
}

async function playUntil(context: AudioContext, next: () => SoundBlock, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const node = new AudioWorkletNode(context, "confab-loudspeaker", { numberOfInputs: 0, outputChannelCount: [1] });
  node.onprocessorerror = () => reject(new DeviceError("The sound of this page has stopped: reload the page"));
  node.port.onmessage = () => node.port.postMessage(next());
  const stop = () => resolve();
  signal.addEventListener("abort", stop);
  node.connect(context.destination);
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    node.port.postMessage("end");
    node.port.close();
    node.disconnect();
  }
}

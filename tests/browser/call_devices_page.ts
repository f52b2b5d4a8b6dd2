// A page with nothing but the devices of calls, which `call_devices_test.ts` packs as the real page is packed.

import * as devices from "../../src/web/calls/devices/mod.ts";
import { SoundGraph } from "../../src/web/calls/devices/sound_graph.ts";

/** The same for the test. */
export type CallDevices = typeof devices & { readonly SoundGraph: typeof SoundGraph };

Object.assign(globalThis, { devices: { ...devices, SoundGraph } });

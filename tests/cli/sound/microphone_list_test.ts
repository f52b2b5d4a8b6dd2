import { assertEquals } from "@std/assert";
import { listMicrophones, readAlsaCards, readPulseSources } from "../../../src/cli/sound/microphone_list.ts";
import { WINDOWS } from "../../helpers/e2e.ts";
import { fakeProgram } from "../../helpers/fake_program.ts";

const ALSA = `**** List of CAPTURE Hardware Devices ****
card 0: PCH [HDA Intel PCH], device 0: ALC257 Analog [ALC257 Analog]
  Subdevices: 1/1
  Subdevice #0: subdevice #0
card 2: C920 [HD Pro Webcam C920], device 0: USB Audio [USB Audio]
  Subdevices: 0/1
  Subdevice #0: subdevice #0
`;

const PULSE = `Auto-detected sources for pulse:
  alsa_output.pci-0000_00_1f.3.analog-stereo.monitor [Monitor of Built-in Audio Analog Stereo] (none)
* alsa_input.pci-0000_00_1f.3.analog-stereo [Built-in Audio Analog Stereo] (none)
  alsa_input.usb-046d_C920-02.analog-stereo [HD Pro Webcam C920] (none)
`;

Deno.test("the cards that arecord lists are microphones, by their names, which stay when others are plugged in", () => {
  assertEquals(readAlsaCards(ALSA), [
    { id: "plughw:PCH,0", name: "HDA Intel PCH, ALC257 Analog" },
    { id: "plughw:C920,0", name: "HD Pro Webcam C920, USB Audio" },
  ]);
});

Deno.test("the sources of PulseAudio are microphones, but for what records the loudspeaker", () => {
  assertEquals(readPulseSources(PULSE), [
    { id: "alsa_input.pci-0000_00_1f.3.analog-stereo", name: "Built-in Audio Analog Stereo" },
    { id: "alsa_input.usb-046d_C920-02.analog-stereo", name: "HD Pro Webcam C920" },
  ]);
});

Deno.test("lists of nothing, and other texts, have no microphones", () => {
  for (const read of [readAlsaCards, readPulseSources]) {
    for (const text of ["", "arecord: device_list:274: no soundcards found...", "Unknown input format: 'dshow'"]) {
      assertEquals(read(text), []);
    }
  }
});

Deno.test("names of devices cannot control the terminal", () => {
  assertEquals(readPulseSources("  x [a\x1b[2J] (none)")[0]?.name, "a␛[2J");
});

Deno.test({
  name: "the lists of all installed programs are one list",
  ignore: WINDOWS,
  fn: async () => {
    await using _ffmpeg = await fakeProgram("ffmpeg", `cat <<'END'\n${PULSE}END`);
    await using _arecord = await fakeProgram("arecord", `cat >&2 <<'END'\n${ALSA}END`);
    assertEquals((await listMicrophones(new AbortController().signal, "linux")).map(({ id }) => id), [
      "alsa_input.pci-0000_00_1f.3.analog-stereo",
      "alsa_input.usb-046d_C920-02.analog-stereo",
      "plughw:PCH,0",
      "plughw:C920,0",
    ]);
  },
});

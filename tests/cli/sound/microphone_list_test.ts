import { assertEquals } from "@std/assert";
import {
  listMicrophones,
  readAlsaCards,
  readAvFoundation,
  readDirectShow,
  readPulseSources,
} from "../../../src/cli/sound/microphone_list.ts";
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

const MAC = `[AVFoundation indev @ 0x7f8f1a704080] AVFoundation video devices:
[AVFoundation indev @ 0x7f8f1a704080] [0] FaceTime HD Camera
[AVFoundation indev @ 0x7f8f1a704080] [1] Capture screen 0
[AVFoundation indev @ 0x7f8f1a704080] AVFoundation audio devices:
[AVFoundation indev @ 0x7f8f1a704080] [0] MacBook Pro Microphone
[AVFoundation indev @ 0x7f8f1a704080] [1] Soundflower (2ch)
: Input/output error
`;

const OLD_WINDOWS = `[dshow @ 000001b4f22a92c0] DirectShow video devices (some may be both video and audio devices)
[dshow @ 000001b4f22a92c0]  "Integrated Camera"
[dshow @ 000001b4f22a92c0]     Alternative name "@device_pnp_\\\\?\\usb#vid_04f2&pid_b449"
[dshow @ 000001b4f22a92c0] DirectShow audio devices\r
[dshow @ 000001b4f22a92c0]  "Microphone Array (Realtek High Definition Audio)"\r
[dshow @ 000001b4f22a92c0]     Alternative name "@device_cm_{33D9A762}\\wave_{A934E8B8}"\r
[dshow @ 000001b4f22a92c0]  "Headset (Jabra)"
dummy: Immediate exit requested
`;

const NEW_WINDOWS = `[dshow @ 0000020a9a7dd240] "HD Webcam" (video)
[dshow @ 0000020a9a7dd240]   Alternative name "@device_pnp_\\\\?\\usb#vid_0c45"
[dshow @ 0000020a9a7dd240] "Microphone (2- USB Audio)" (audio)\r
[dshow @ 0000020a9a7dd240]   Alternative name "@device_cm_{33D9A762}\\wave_{2F4B}"
[in#0 @ 0000020a9a7dd000] Error opening input: Immediate exit requested
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

Deno.test("the audio devices of AVFoundation are microphones, and its video devices are not", () => {
  assertEquals(readAvFoundation(MAC).map(({ id }) => id), ["MacBook Pro Microphone", "Soundflower (2ch)"]);
});

Deno.test("the audio devices of DirectShow are microphones, in the lists of old and new versions of ffmpeg", () => {
  assertEquals(readDirectShow(OLD_WINDOWS).map(({ id }) => id), [
    "Microphone Array (Realtek High Definition Audio)",
    "Headset (Jabra)",
  ]);
  assertEquals(readDirectShow(NEW_WINDOWS).map(({ id }) => id), ["Microphone (2- USB Audio)"]);
});

Deno.test("lists of nothing, and other texts, have no microphones", () => {
  for (const read of [readAlsaCards, readPulseSources, readAvFoundation, readDirectShow]) {
    for (const text of ["", "arecord: device_list:274: no soundcards found...", "Unknown input format: 'dshow'"]) {
      assertEquals(read(text), []);
    }
  }
});

Deno.test("names of devices cannot control the terminal", () => {
  assertEquals(readAvFoundation("AVFoundation audio devices:\n[AVFoundation x] [0] a\x1b[2J")[0]?.name, "a␛[2J");
});

Deno.test({
  name: "the lists of all installed programs are one list",
  ignore: WINDOWS,
  fn: async () => {
    await using _ffmpeg = await fakeProgram("ffmpeg", `cat <<'END'\n${PULSE}END`);
    await using _arecord = await fakeProgram("arecord", `cat >&2 <<'END'\n${ALSA}END`);
    assertEquals((await listMicrophones("linux")).map(({ id }) => id), [
      "alsa_input.pci-0000_00_1f.3.analog-stereo",
      "alsa_input.usb-046d_C920-02.analog-stereo",
      "plughw:PCH,0",
      "plughw:C920,0",
    ]);
  },
});

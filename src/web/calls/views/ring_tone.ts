/** The sound of a call: two tones for a second, every three seconds. Browsers stay silent before the user's first click or key. */

const FREQUENCIES = [440, 554];
const TONE_SECONDS = 1;
const PERIOD_MS = 3_000;
const VOLUME = 0.08;
const FADE_SECONDS = 0.03;

export class RingTone {
  readonly #audio = new AudioContext();
  readonly #timer: ReturnType<typeof setInterval>;

  /** Rings until it is stopped. */
  constructor() {
    void this.#audio.resume();
    this.#ring();
    this.#timer = setInterval(() => this.#ring(), PERIOD_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    void this.#audio.close();
  }

  #ring(): void {
    const { currentTime, destination } = this.#audio;
    const end = currentTime + TONE_SECONDS;
    const volume = this.#audio.createGain();
    volume.gain.setValueAtTime(0, currentTime);
    volume.gain.linearRampToValueAtTime(VOLUME, currentTime + FADE_SECONDS);
    volume.gain.setValueAtTime(VOLUME, end - FADE_SECONDS);
    volume.gain.linearRampToValueAtTime(0, end);
    volume.connect(destination);
    for (const frequency of FREQUENCIES) {
      const tone = new OscillatorNode(this.#audio, { frequency });
      tone.connect(volume);
      tone.start(currentTime);
      tone.stop(end);
    }
  }
}

/** Starts the programs that are a camera, a microphone or a loudspeaker, and ends them. */

import { SHELL } from "./text_editor.ts";

/** The only programs that are started for calls. */
export const MEDIA_PROGRAMS = ["ffmpeg", "ffplay", "pw-cat", "arecord", "aplay"] as const;
export type MediaProgram = typeof MEDIA_PROGRAMS[number];

/** The programs that exist on Windows: its executable may start them by these names. */
export const WINDOWS_MEDIA_PROGRAMS: readonly string[] = ["ffmpeg.exe", "ffplay.exe"];

export interface MediaStreams {
  readonly stdin: "null" | "piped";
  readonly stdout: "null" | "piped";
}

export type MediaEnd =
  /** The program is not installed, or Deno may not start it. */
  | { readonly type: "missing" | "forbidden" }
  /** It has ended. `complaint` is the end of what it wrote to standard error, which may contain anything. */
  | { readonly type: "ended"; readonly code: number; readonly complaint: string };

/** A running program. Its standard error is read here, and never reaches the screen. */
export interface MediaProcess {
  /** Standard output. A reader that does not read stops the program in its next write. */
  readonly output: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Standard input. Bytes go nowhere if it is not piped. */
  readonly input: WritableStream<Uint8Array>;
  /** Never rejects. */
  readonly ended: Promise<MediaEnd>;
}

/** Where programs are searched, in place of `PATH`: tests put scripts in their place, each thread its own. */
export const mediaSearch: { path?: string | undefined } = {};

/** What a shell answers if it does not find a program. */
const NOT_FOUND = 127;
/** UTF-16 units that are kept of the complaints of a program. */
const MAX_COMPLAINT_CHARS = 4_096;

/**
 * The program and the arguments that start it. A shell finds it in `PATH`, so that the executable needs no right for each of
 * them, and Deno does not warn of those that are missing.
 */
export function mediaCommand(
  program: MediaProgram,
  args: readonly string[],
  os: string = Deno.build.os,
): readonly [program: string, args: readonly string[]] {
  if (os === "windows") return [`${program}.exe`, args];
  return [SHELL, ["-c", `exec ${program} "$@"`, "sh", ...args]];
}

/**
 * Starts a program. It ends when `signal` is aborted, and with this process: at a regular end it is killed, otherwise its
 * streams break. One that cannot start has ended: it says so by `ended` alone.
 */
export function startMedia(
  program: MediaProgram,
  args: readonly string[],
  streams: MediaStreams,
  signal: AbortSignal,
): MediaProcess {
  const [command, words] = mediaCommand(program, args);
  if (Deno.permissions.querySync({ name: "run", command }).state !== "granted") return notStarted("forbidden");
  const env = mediaSearch.path === undefined ? {} : { env: { PATH: mediaSearch.path } };
  try {
    return watched(
      new Deno.Command(command, { args: [...words], ...env, ...streams, stderr: "piped" }).spawn(),
      streams,
      signal,
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return notStarted("missing");
    throw error;
  }
}

function notStarted(type: "missing" | "forbidden"): MediaProcess {
  return { output: emptyStream(), input: new WritableStream(), ended: Promise.resolve({ type }) };
}

function emptyStream(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ start: (stream) => stream.close() });
}

function watched(child: Deno.ChildProcess, streams: MediaStreams, signal: AbortSignal): MediaProcess {
  const kill = () => {
    try {
      // It has nothing to save, and on its own it might wait for a device or for a full pipe.
      child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  signal.addEventListener("abort", kill, { once: true });
  addEventListener("unload", kill);
  if (signal.aborted) kill();
  const ended = endOf(child).finally(() => {
    signal.removeEventListener("abort", kill);
    removeEventListener("unload", kill);
  });
  return {
    output: streams.stdout === "piped" ? child.stdout : emptyStream(),
    input: streams.stdin === "piped" ? child.stdin : new WritableStream(),
    ended,
  };
}

async function endOf(child: Deno.ChildProcess): Promise<MediaEnd> {
  const [{ code }, complaint] = await Promise.all([child.status, lastOf(child.stderr)]);
  return code === NOT_FOUND ? { type: "missing" } : { type: "ended", code, complaint };
}

/** The last characters of a stream. */
async function lastOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let last = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    last = (last + text).slice(-MAX_COMPLAINT_CHARS);
  }
  return last;
}

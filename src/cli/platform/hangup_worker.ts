/**
 * The worker of `process_signals.ts`, for Windows. The system calls a handler in a thread of its own and ends the program when
 * the handler returns (`HandlerRoutine` of the Console API). This handler reports the closing of the window and returns
 * later than the program needs to end. The worker's own thread waits with it, the main thread goes on.
 */

/** `CTRL_CLOSE_EVENT`. Lower numbers are Ctrl-C and Ctrl-Break, which Deno handles; higher ones the end of the session. */
const CLOSE_EVENT = 2;
/** Windows itself waits for 5 s. */
const WAIT_MS = 4_500;

/** The types are those of the main thread, which has no such function. */
declare function postMessage(message: "ready" | "closed"): void;

const { symbols: kernel32 } = Deno.dlopen(self.name, {
  SetConsoleCtrlHandler: { parameters: ["function", "i32"], result: "i32" },
});

const handler = Deno.UnsafeCallback.threadSafe({ parameters: ["u32"], result: "i32" }, (event) => {
  if (event < CLOSE_EVENT) return 0;
  postMessage("closed");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
  return 1;
});

kernel32.SetConsoleCtrlHandler(handler.pointer, 1);
postMessage("ready");

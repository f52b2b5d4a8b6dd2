/** The window of a program is closed, as Windows does it. The program has the rights that its executable has there. */

import { assert } from "@std/assert";
import { assertUntroubled, WINDOWS } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Program } from "../helpers/process.ts";

const MAIN = import.meta.resolve("../../main.ts");

/** Windows gives the handlers of a program this long. */
const SYSTEM_WAITS_MS = 5_000;
const PROCESS_ALL_ACCESS = 0x1f_ffff;
const CTRL_CLOSE_EVENT = 2n;

/**
 * Does what Windows does when a window is closed: runs the handlers of the program in a new thread of it, and ends the
 * program once they have returned, or after 5 s.
 */
async function closeWindow(pid: number): Promise<void> {
  const kernel32 = Deno.dlopen("C:/Windows/System32/kernel32.dll", {
    OpenProcess: { parameters: ["u32", "i32", "u32"], result: "pointer" },
    GetModuleHandleA: { parameters: ["buffer"], result: "pointer" },
    GetProcAddress: { parameters: ["pointer", "buffer"], result: "pointer" },
    CreateRemoteThread: {
      parameters: ["pointer", "pointer", "usize", "pointer", "usize", "u32", "pointer"],
      result: "pointer",
    },
    WaitForSingleObject: { parameters: ["pointer", "u32"], result: "u32", nonblocking: true },
    TerminateProcess: { parameters: ["pointer", "u32"], result: "i32" },
    CloseHandle: { parameters: ["pointer"], result: "i32" },
  });
  using stack = new DisposableStack();
  stack.defer(() => kernel32.close());
  const { symbols: system } = kernel32;
  const text = (name: string) => new TextEncoder().encode(`${name}\0`);
  const program = system.OpenProcess(PROCESS_ALL_ACCESS, 0, pid);
  const runHandlers = system.GetProcAddress(system.GetModuleHandleA(text("kernelbase.dll")), text("CtrlRoutine"));
  assert(program !== null && runHandlers !== null);
  const thread = system.CreateRemoteThread(program, null, 0n, runHandlers, CTRL_CLOSE_EVENT, 0, null);
  await system.WaitForSingleObject(thread, SYSTEM_WAITS_MS);
  system.TerminateProcess(program, 1);
  for (const handle of [thread, program]) system.CloseHandle(handle);
}

function confab(...words: readonly string[]): Program {
  return new Program(Deno.execPath(), { args: ["run", "-A", "--no-prompt", MAIN, ...words] });
}

async function serve(): Promise<{ readonly program: Program; readonly address: string }> {
  const program = confab("serve", "--port", "0", "--data", newFolder());
  const line = await program.stdout.next("Listening on ");
  return { program, address: line.slice("Listening on ".length) };
}

Deno.test({
  name: "a client whose window is closed leaves the chat",
  ignore: !WINDOWS,
  async fn() {
    const server = await serve();
    await using _server = server.program;
    await using ada = await Peer.join(server.address, "ada");
    await using bob = confab("connect", server.address, "--name", "bob");
    await ada.next({ type: "join" });
    await closeWindow(bob.pid);
    await ada.next({ type: "leave", reason: "left" });
    assertUntroubled(server.program.stderr.all.join("\n"));
  },
});

Deno.test({
  name: "a server whose window is closed says goodbye to its members",
  ignore: !WINDOWS,
  async fn() {
    const server = await serve();
    await using _server = server.program;
    await using ada = await Peer.join(server.address, "ada");
    await closeWindow(server.program.pid);
    await ada.next({ type: "goodbye", reason: "shutdown" });
    assertUntroubled((await server.program.exit()).stderr);
  },
});

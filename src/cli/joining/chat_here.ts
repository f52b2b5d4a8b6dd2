import { pictureDisplay } from "../platform/picture_display.ts";
import type { CloseStatus, TerminalOptions } from "../../terminal/app.ts";
import { runTerminal } from "../../terminal/app.ts";
import { DenoTerminal, readInput } from "../../terminal/screen/deno_terminal.ts";
import { runPlain } from "../../terminal/plain/plain_app.ts";
import { hideInput } from "../../terminal/screen/raw_mode.ts";
import { exitCodeOf } from "./dialer.ts";
import { askDefaultRoute } from "../platform/default_route.ts";
import { garbageCollection } from "../platform/garbage_collection.ts";
import { onHangup, onSignals } from "../platform/process_signals.ts";
import { readVariable } from "../platform/program.ts";
import { EXIT, type ExitCode } from "../args/exit_codes.ts";
import { consoleLines, supportsHyperlinks } from "../platform/user_terminal.ts";
import { type MakeClient, openClient } from "./open_client.ts";
import { qrCodeHere } from "../invites/qr_code.ts";
import { invitation, linkAddress, linkWays, pageAddress, type Reach } from "../invites/share.ts";
import { complain, type Complaints, Output } from "../platform/standard_io.ts";
import { runEditor } from "../platform/text_editor.ts";

export interface ChatHereOptions extends
  Pick<
    TerminalOptions,
    "room" | "confirmQuit" | "typed" | "settings" | "keepSetting" | "themes" | "bindings" | "files" | "calls"
  > {
  readonly makeClient: (password: string | undefined) => MakeClient;
  readonly password: string | undefined;
  /** Whether the view only appends lines. */
  readonly plain: boolean;
  /** How others reach the server, as far as is known. */
  readonly reach: () => Reach | undefined;
  /** Lines for standard error, held back while the view uses the terminal. */
  readonly complaints: Complaints;
}

/** Runs the terminal client until the user quits or the client is closed. */
export async function chatHere(options: ChatHereOptions): Promise<ExitCode> {
  const { makeClient, password, plain, reach, complaints, ...rest } = options;
  // The server's password is asked for before a view takes over the terminal.
  const opened = await openClient(makeClient, password);
  if ("closed" in opened) return opened.reported ? exitCodeOf(opened.closed) : finish(opened.closed);
  complaints.hold();
  await askDefaultRoute();
  // Each use asks again for the next: the machine may change its network while the chat goes on.
  const reachNow = () => {
    void askDefaultRoute();
    return reach();
  };
  const run = plain || readVariable("TERM") === "dumb" ? plainTerminal : liveTerminal;
  const closed = await run({
    makeClient: opened.show,
    invitation: (event) => invitation(reachNow(), event),
    qrCode: (event) => qrCodeHere(pageAddress(reach(), event)),
    linking: (offer) => {
      const address = linkAddress(reachNow(), offer);
      return { lines: linkWays(reach(), offer), qrCode: qrCodeHere(address) };
    },
    ...rest,
  }).finally(() => complaints.release());
  return finish(closed);
}

type ViewOptions =
  & { readonly makeClient: MakeClient }
  & Pick<
    TerminalOptions,
    | "room"
    | "invitation"
    | "linking"
    | "qrCode"
    | "confirmQuit"
    | "typed"
    | "settings"
    | "keepSetting"
    | "themes"
    | "bindings"
    | "files"
    | "calls"
  >;

async function liveTerminal(options: ViewOptions): Promise<CloseStatus> {
  const color = (readVariable("NO_COLOR") ?? "") === "";
  const hyperlinks = supportsHyperlinks(readVariable);
  return await runTerminal({
    ...options,
    terminal: new DenoTerminal(onHangup),
    runEditor,
    color,
    hyperlinks,
    pictures: pictureDisplay(readVariable),
    collect: garbageCollection(),
  });
}

async function plainTerminal(options: ViewOptions): Promise<CloseStatus> {
  const output = new Output(() => {});
  const closed = await runPlain({
    ...options,
    input: consoleLines?.bytes() ?? readInput(),
    hide: () => consoleLines?.hide() ?? hideInput(),
    onStop: (leave) => onSignals((count) => count > 1 ? Deno.exit(EXIT.lost) : leave()),
    write: (text) => output.write(text),
    now: Date.now,
  });
  await output.flushed();
  return closed;
}

/** Prints why the client closed and returns the exit code. */
function finish(closed: CloseStatus): ExitCode {
  if (closed.cause !== "left") complain(closed.reason);
  return exitCodeOf(closed);
}

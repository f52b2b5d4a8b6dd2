/** Sending, saving and opening files by the commands of a chat. */

import { type FileMessage, FileTransfers } from "../../client/files/file_transfers.ts";
import { TransferError } from "../../client/files/transfer_error.ts";
import type { Client } from "../../client/client.ts";
import type { ClientListener, ClientState } from "../../client/state/client_state.ts";
import type { UploadRecord } from "../../client/delivery/kept_uploads.ts";
import type { FileSource } from "../../client/files/file_ports.ts";
import { targetOf } from "../../client/text/message_reference.ts";
import type { SlashInput } from "../../presentation/commands/slash_input.ts";
import { fileText } from "../../presentation/sentences/file_text.ts";
import { isCheckedMedia } from "../../protocol/files/media_types.ts";
import { MAX_TRANSFERS } from "../../protocol/limits.ts";
import { type Message, type MessageFile, placeKey } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { nameForMedia } from "./media_names.ts";
import type { FileSetup, LocalFiles } from "./local_files.ts";
import type { PathCompletion } from "../input/completion.ts";
import { openFileSources } from "./file_sources.ts";
import { droppedPaths, pathWords, quotePath, splitSend, splitStraight } from "./path_words.ts";
import { StraightFiles } from "./straight_files.ts";
import type { PictureScreen } from "../chat_options.ts";
import { PreviewLoader } from "../pictures/preview_loader.ts";
import { INDENT, type Style } from "../render/line_style.ts";
import { EarlierUploads } from "./earlier_uploads.ts";
import { ShownFiles } from "./shown_files.ts";
import { transferRows } from "./transfer_rows.ts";

export type FileInput = Extract<
  SlashInput,
  { readonly type: "send" | "save" | "view" | "accept" | "decline" | "cancel" }
>;

export interface ChatFilesOptions {
  /** Absent: the chat cannot send and receive files. */
  readonly setup: FileSetup | undefined;
  readonly client: () => Pick<Client, "command" | "isReady" | "remembers" | "save" | "send" | "uploads" | "ignored">;
  /** The key of the current room or conversation; `undefined` outside of all. */
  readonly place: () => string | undefined;
  /** As `place`. Throws an Error for users outside of all. */
  readonly here: () => string;
  readonly say: (text: string) => void;
  readonly fail: (text: string) => void;
  /** Called when `rows` has changed. Absent where no rows are drawn: then the beginning of each transfer is said. */
  readonly changed?: () => void;
  /** How pictures are shown. Absent: they are not. */
  readonly pictures?: PictureScreen | undefined;
  /** Whether the user wants to see pictures now. */
  readonly previews: () => boolean;
  readonly print: (lines: readonly string[]) => void;
  readonly style: () => Style;
}

export class ChatFiles {
  readonly #options: ChatFilesOptions;
  readonly #shown = new ShownFiles();
  readonly #transfers: FileTransfers | undefined;
  readonly #previews: PreviewLoader | undefined;
  readonly #earlier: EarlierUploads | undefined;
  readonly #straight: StraightFiles | undefined;

  constructor(options: ChatFilesOptions) {
    this.#options = options;
    const { setup, client, changed } = options;
    this.#transfers = setup && new FileTransfers({ ...setup, client, changed });
    this.#previews = this.#newPreviews();
    this.#earlier = this.#newEarlier();
    this.#straight = this.#newStraight();
  }

  /** The rows of all transfers; empty without transfers. */
  get rows(): readonly string[] {
    return transferRows(this.#transfers?.states ?? []);
  }

  /** The question before the chat ends while files are on their way. */
  get question(): string | undefined {
    const states = this.#transfers?.states ?? [];
    if (states.length === 0) return undefined;
    const what = states.length === 1 ? "A file is" : `${states.length} files are`;
    const mayGoOn = this.#options.client().remembers && states.some(({ direction }) => direction === "send");
    return `${what} still on the way: quit again to stop${mayGoOn ? ", uploads go on at the next start" : ""}`;
  }

  /** Takes the events of the client before the listener. */
  following(listener: ClientListener): ClientListener {
    const withPreviews = this.#previews?.following(listener) ?? listener;
    const withStraight = this.#straight?.following(withPreviews) ?? withPreviews;
    const following = this.#transfers?.following(withStraight) ?? withStraight;
    return (event, ...states) => {
      const received = event.type === "received" ? event.event : undefined;
      if (received !== undefined) this.#shown.received(received);
      following(event, ...states);
      this.#earlier?.check();
      if (received?.type === "message") this.#preview(received, states[0]);
    };
  }

  /** Performs a command. What takes time is told later. Throws an Error for users. */
  perform(input: FileInput): void {
    switch (input.type) {
      case "send":
        return this.#send(input.argument);
      case "save":
        return this.#save(input.seq, input.path);
      case "view":
        return this.#view(input.seq);
      case "accept":
        return this.#needStraight().accept(input.number, this.#typedPath(input.path));
      case "decline":
        return this.#needStraight().decline(input.number);
      case "cancel":
        return this.#cancel(input.number);
      default:
        return input satisfies never;
    }
  }

  /** The command that sends the files whose paths a line consists of; `undefined` for any other line. */
  commandFor(line: string): string | undefined {
    const local = this.#options.setup?.local;
    if (local === undefined) return undefined;
    const paths = droppedPaths(line, local, (path) => local.sizeOf(path) !== undefined);
    return paths && `/send ${paths.map((path) => quotePath(path, local)).join(" ")}`;
  }

  /** Paths that continue the last word of an argument: where the word begins, and words to replace it. */
  complete(argument: string): PathCompletion | undefined {
    const local = this.#options.setup?.local;
    if (local === undefined) return undefined;
    const last = pathWords(argument, local).at(-1);
    const { path, start } = last?.end === argument.length ? last : { path: "", start: argument.length };
    return { start, words: local.pathsFrom(path).filter(isPlain).map((found) => candidate(found, local)) };
  }

  /** Ends everything, at the end of the chat. */
  stop(): void {
    this.#transfers?.stop();
    this.#previews?.stop();
    this.#straight?.stop();
  }

  #newEarlier(): EarlierUploads | undefined {
    const { setup, client, say } = this.#options;
    if (setup === undefined) return undefined;
    const failed = (error: unknown, { path, text }: UploadRecord) => this.#ended(error, `${path} was not sent`, text);
    return new EarlierUploads({ client, transfers: this.#transfers!, local: setup.local, say, failed });
  }

  #newPreviews(): PreviewLoader | undefined {
    const { setup, client, pictures, previews: wanted, print, style } = this.#options;
    if (pictures === undefined || setup?.scalePicture === undefined) return undefined;
    const below = (caption: string, lines: readonly string[]) =>
      print([`${INDENT}${style().palette.dim(`[${caption}]`)}`, ...lines]);
    return new PreviewLoader({ setup, client, ...pictures, wanted, print: below });
  }

  /** Shows the picture of another member's message, if it is in the place on the screen. */
  #preview(message: Message, { you }: ClientState): void {
    if (message.from.id === you?.id || placeKey(message) !== this.#options.place()) return;
    this.#previews?.show(message);
  }

  #send(argument: string): void {
    const { setup, here } = this.#needSetup();
    const { local } = setup;
    const isFile = (path: string) => local.sizeOf(path) !== undefined;
    const straight = splitStraight(argument, local, isFile);
    if (straight !== undefined) return this.#needStraight().send(straight.name, straight.paths);
    const words = splitSend(argument, local, isFile);
    if (words === undefined) throw new Error("Name a file: write /send FILE");
    const place = here();
    if (words.paths.length > MAX_TRANSFERS) throw new Error(`Send at most ${MAX_TRANSFERS} files at once`);
    // All are opened before any is sent, so that a wrong path sends nothing.
    const sources = openFileSources(words.paths, local);
    // The files move side by side, and their messages go out in the order of the line.
    let before = Promise.resolve();
    for (const [index, source] of sources.entries()) {
      before = this.#upload(source, { target: targetOf(place), text: index === 0 ? words.text : "" }, before);
    }
  }

  async #upload(source: FileSource, message: FileMessage, before: Promise<void>): Promise<void> {
    this.#begin(`Sending ${fileText(source)}`);
    try {
      await this.#transfers!.send(source, message, { before });
    } catch (error) {
      this.#ended(error, `${source.name} was not sent`, message.text);
    }
  }

  #save(seq: number | undefined, typed: string): void {
    const { setup: { local }, here } = this.#needSetup();
    const shown = this.#shown.find(here(), seq);
    const path = this.#typedPath(typed);
    const open = () => local.openSink(shown.file, path === "" ? undefined : path);
    void this.#download(shown.file, open, `/save ${shown.seq} continues`);
  }

  /** An unquoted path may have blanks, as a user reads it. */
  #typedPath(typed: string): string {
    const words = pathWords(typed, this.#needSetup().setup.local);
    return words.length === 1 ? words[0]!.path : typed;
  }

  #newStraight(): StraightFiles | undefined {
    const { setup, client, say } = this.#options;
    if (setup === undefined || this.#transfers === undefined) return undefined;
    const ended = (error: unknown, what: string) => this.#ended(error, what, "");
    return new StraightFiles({ setup, client, transfers: this.#transfers, say, ended });
  }

  #needStraight(): StraightFiles {
    this.#needSetup();
    return this.#straight!;
  }

  #view(seq: number | undefined): void {
    const { setup: { local }, here } = this.#needSetup();
    const { file, seq: number } = this.#shown.find(here(), seq);
    if (!isCheckedMedia(file.media)) {
      throw new Error(
        `${sanitizeLine(file.name)} is no picture, sound, video or PDF: /save ${number} saves it instead`,
      );
    }
    void this.#downloadAndLaunch(file, local, number);
  }

  async #downloadAndLaunch(file: MessageFile, local: LocalFiles, number: number): Promise<void> {
    const named = { ...file, name: nameForMedia(file.name, file.media) };
    const path = await this.#download(file, () => local.openPrivateSink(named), `/open ${number} continues`);
    if (path === undefined) return;
    try {
      if (await local.mediaOf(path) !== file.media) throw new Error("Not opened: the file is not what the server says");
      await local.launch(path);
    } catch (error) {
      this.#options.fail(messageOf(error));
    }
  }

  async #download(
    file: MessageFile,
    open: () => ReturnType<LocalFiles["openSink"]>,
    next: string,
  ): Promise<string | undefined> {
    this.#begin(`Receiving ${fileText(file)}`);
    try {
      const path = await this.#transfers!.receive(file, await open());
      this.#options.say(`${sanitizeLine(file.name)} is saved: ${sanitizeLine(path)}`);
      return path;
    } catch (error) {
      this.#ended(error, `${file.name} was not saved`, "", next);
      return undefined;
    }
  }

  #cancel(number: number | "all" | undefined): void {
    const states = this.#transfers?.states ?? [];
    if (states.length === 0) throw new Error("No file is on the way");
    if (number === undefined && states.length > 1) {
      throw new Error(`${states.length} files are on the way: write /cancel N with the number of one, or /cancel all`);
    }
    if (this.#transfers!.cancel(number === "all" ? undefined : number) === 0) {
      throw new Error(`There is no transfer ${number}: the rows above the prompt show the numbers`);
    }
  }

  #begin(text: string): void {
    if (this.#options.changed === undefined) this.#options.say(sanitizeLine(text));
  }

  /** Tells how a transfer ended that did not succeed. A text that did not go out with its file is not lost. */
  #ended(error: unknown, what: string, text: string, next?: string): void {
    const isCancelled = error instanceof TransferError && error.kind === "cancelled";
    const unsent = text === "" ? "" : `; its text was: ${text}`;
    if (!isCancelled) return this.#options.fail(`${what}: ${messageOf(error)}${unsent}`);
    this.#options.say(sanitizeLine(`Cancelled: ${what}${next === undefined ? "" : `, ${next}`}${unsent}`));
  }

  #needSetup(): { readonly setup: FileSetup; readonly here: () => string } {
    const { setup, here } = this.#options;
    if (setup === undefined) throw new Error("Files cannot be sent or saved here");
    return { setup, here };
  }
}

function candidate(path: string, local: LocalFiles): PathCompletion["words"][number] {
  const isOpen = path.endsWith("/") || (local.windows && path.endsWith("\\"));
  return { word: quotePath(path, local, isOpen), isOpen };
}

/** Whether a path can be typed on one line. */
function isPlain(path: string): boolean {
  return sanitizeLine(path) === path;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

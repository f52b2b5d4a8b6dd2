import { folderRights } from "../command_rights.ts";
import type { Archive } from "../../../history/transfer/archive.ts";
import type { StoredRoom } from "../../../history/store.ts";
import type { RoomEntry } from "../../../protocol/messages/messages.ts";
import { parseRoom, quote } from "../../../protocol/text/names.ts";
import { sanitize, sanitizeJson, sanitizeLine } from "../../../protocol/text/sanitize.ts";
import type { Arguments } from "../../args/arguments.ts";
import type { CommandSpec } from "../../args/arguments.ts";
import { DATA_OPTION, workInFolder } from "../../hosting/data_folder.ts";
import { EXIT, type ExitCode, Failure } from "../../args/exit_codes.ts";
import { EXPORT_VERSION } from "./import_line.ts";
import { copyFiles, copyPlan, fileCopyOptions, leftOutText, noteFile } from "../../files/file_copies.ts";
import { complain, Output } from "../../platform/standard_io.ts";

/** Number of messages per write. */
const CHUNK_MESSAGES = 500;

type Format = "jsonl" | "text";

export const EXPORT: CommandSpec = {
  name: "export",
  operands: "",
  maxOperands: 0,
  summary: "Prints all stored messages; the server may be running",
  options: [
    DATA_OPTION,
    { name: "room", value: "ROOM", default: "all", help: "Prints only the messages of this room" },
    ...fileCopyOptions("Copies the files of these messages to this folder, for import"),
    { name: "format", value: "jsonl|text", default: "jsonl", help: "jsonl for import and programs, text for people" },
  ],
  examples: [
    { line: "export > chat.jsonl", what: "saves everything for confab import" },
    { line: "export --with-files chat-files > chat.jsonl", what: "saves the files of messages, too" },
    { line: "export --room ops --format text", what: "prints one room as text" },
  ],
  rights: folderRights,
  run: (args) => workInFolder(args, (folder) => exportAll(args, folder)),
};

async function exportAll(args: Arguments, folder: string): Promise<ExitCode> {
  const format = args.choice("format", ["jsonl", "text"]) ?? "jsonl";
  const { Archive } = await import("../../../history/transfer/archive.ts");
  using archive = new Archive(folder);
  const rooms = chooseRooms(archive, args.text("room"));
  const sizes = new Map<string, number>();
  let closed = false;
  const output = new Output(() => closed = true);
  for (const chunk of chunksOf(archive, rooms, { format, sizes })) {
    output.write(chunk);
    await output.flushed();
    if (closed) return EXIT.fine;
  }
  const { files, other } = copyPlan(args, folder);
  const text = other === undefined ? leftOutText(sizes) : await copyFiles(sizes, files, other);
  // The standard output is for the messages.
  if (text !== undefined) complain(text);
  return EXIT.fine;
}

function chooseRooms(archive: Archive, wanted: string | undefined): StoredRoom[] {
  const rooms = archive.rooms();
  if (wanted === undefined) return rooms;
  const name = roomName(wanted);
  const room = rooms.find((candidate) => candidate.name === name);
  if (room !== undefined) return [room];
  throw new Failure(
    EXIT.usage,
    `Unknown room ${quote(name)}: the rooms are ${rooms.map((one) => one.name).join(", ") || "none"}`,
  );
}

function roomName(wanted: string): string {
  try {
    return parseRoom(wanted);
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message);
  }
}

interface ExportStyle {
  readonly format: Format;
  /** Takes the bytes of files by their hashes. */
  readonly sizes: Map<string, number>;
}

function* chunksOf(
  archive: Archive,
  rooms: readonly StoredRoom[],
  { format, sizes }: ExportStyle,
): Generator<string> {
  if (format === "jsonl") yield jsonLine({ type: "export", version: EXPORT_VERSION });
  for (const room of rooms) {
    let chunk = format === "jsonl" ? roomLine(room) : "";
    let count = 0;
    for (const entry of archive.entries(room.name)) {
      if (entry.type === "message") noteFile(entry, sizes);
      chunk += format === "jsonl" ? jsonLine(entry) : textLine(entry);
      if (++count % CHUNK_MESSAGES > 0) continue;
      yield chunk;
      chunk = "";
    }
    yield chunk;
  }
}

function roomLine({ id, name, topic }: StoredRoom): string {
  return jsonLine({ type: "room", id, name, topic });
}

function jsonLine(value: object): string {
  return `${sanitizeJson(JSON.stringify(value))}\n`;
}

/**
 * Formats a message as `[2026-11-10 12:00:00] #lobby ada: text`, in UTC, with its current text;
 * further lines are indented. The name of a file follows in brackets. Changes and deleted messages are omitted.
 */
function textLine(entry: RoomEntry): string {
  if (entry.type !== "message" || entry.deleted) return "";
  const { at, room, from, text, file } = entry;
  const time = at.slice(0, 19).replace("T", " ");
  const lines = sanitize(text).replaceAll("\n", "\n    ");
  const content = file === undefined ? lines : `${lines} [${sanitizeLine(file.name)}]`.trim();
  return `[${time}] #${room} ${sanitizeLine(from.name)}: ${content}\n`;
}

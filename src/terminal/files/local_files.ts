import type { FileSink, FileSource } from "../../client/files/file_ports.ts";
import type { FileTransfersOptions } from "../../client/files/file_transfers.ts";
import type { StraightPorts } from "../../client/direct/straight_ports.ts";
import type { MediaType } from "../../protocol/files/media_types.ts";
import type { MessageFile } from "../../protocol/messages/messages.ts";

/** The files of this machine. Paths are as a user types them: `~` is the home folder. Errors are for users. */
export interface LocalFiles {
  /** Whether paths are those of Windows, with backslashes between folders. */
  readonly windows: boolean;
  /** Bytes of the file at the path; `undefined` if there is no regular file that can be read. */
  sizeOf(path: string): number | undefined;
  /** Paths that begin with this one, at most `MAX_COMPLETED_PATHS`. Those of folders end with a separator. */
  pathsFrom(start: string): readonly string[];
  /** Opens a file to be sent. */
  openSource(path: string): FileSource;
  /** Opens the place of a file that is saved: at the path, in the folder there, or else among the user's downloads. */
  openSink(file: Pick<MessageFile, "name" | "sha256">, path?: string): Promise<FileSink>;
  /** Opens a place in a folder that only the user can read. */
  openPrivateSink(file: Pick<MessageFile, "name" | "sha256">): Promise<FileSink>;
  /** The kind of media by the first bytes of a file. */
  mediaOf(path: string): Promise<MediaType>;
  /** Opens a file with the system's program for its kind. */
  launch(path: string): Promise<void>;
}

export const MAX_COMPLETED_PATHS = 200;

/** The parts with which a chat sends and receives files. */
export interface FileSetup
  extends Pick<FileTransfersOptions, "openLink" | "makeHash" | "clock" | "random" | "scalePicture"> {
  readonly local: LocalFiles;
  /** Absent: files go by the server only. */
  readonly straight?: StraightPorts;
}

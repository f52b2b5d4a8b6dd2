/** The ports of file transfers: the bytes on this machine, and a link to the server. */

/** A byte connection to the server of the chat. One read and one write at a time, which may overlap. */
export interface FileLink {
  /** Reads at least one byte into the buffer; `null` at the end. Rejects if the link is lost or closed. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes all bytes, which must not change until the promise settles. Rejects as `read`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends a read and a write that wait. A second call does nothing. Never throws. */
  close(): void;
}

/** Opens a link to the server that the chat uses, which is trusted as the chat's is. Rejects with a sentence for the user. */
export type OpenFileLink = (signal: AbortSignal) => Promise<FileLink>;

/** A file on this machine. */
export interface FileOrigin {
  /** Absolute. */
  readonly path: string;
  /** When it was last changed, in milliseconds since 1970. */
  readonly modified: number;
}

/** A file here, to be sent. */
export interface FileSource {
  /** Its name here, without a folder. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** The place at which a later client finds the file; absent if it cannot. */
  readonly origin?: FileOrigin | undefined;
  /** Fills the buffer from `offset` on, and returns the number of bytes; less than it holds only at the end of the file. */
  read(offset: number, buffer: Uint8Array): Promise<number>;
  close(): void;
}

/** A place here for a file that arrives. It may have bytes of an earlier attempt. */
export interface FileSink {
  /** Bytes that it has. */
  readonly size: number;
  /** Appends the bytes, which must not change until the promise settles. */
  append(bytes: Uint8Array): Promise<void>;
  /** SHA-256 of all bytes, in base64url. */
  sha256(): Promise<string>;
  /** Removes all bytes. */
  restart(): Promise<void>;
  /** Gives the complete file its name, without replacing another one. Returns where it is. */
  finish(): Promise<string>;
  /** Keeps what has arrived for a later attempt, unless it is finished. A second call does nothing. */
  close(): void;
}

/** SHA-256 of bytes that come one after the other. */
export interface FileHash {
  update(bytes: Uint8Array): void;
  /** In base64url without padding. Call it once. */
  digest(): string;
}

/** The size of a box in pixels, and what a picture becomes: red, green and blue of each pixel, or a JPEG file. */
export interface PictureForm {
  readonly width: number;
  readonly height: number;
  /** `quality` is from 0 to 100. */
  readonly as: "pixels" | { readonly quality: number };
  /** Larger pictures are refused. Default: `MAX_PICTURE_PIXELS`. */
  readonly maxPixels?: number;
}

/** A picture that fits into its box. */
export interface SmallPicture {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Makes a small picture of the bytes of a file. Rejects for one that is no picture, or is too large, and on `signal`. */
export type ScalePicture = (bytes: Uint8Array, form: PictureForm, signal: AbortSignal) => Promise<SmallPicture>;

import type { BlobInfo } from "../../files/file_store.ts";
import type { ProtocolError } from "../../protocol/errors.ts";

/** The place for one upload. */
export interface UploadSlot {
  /** The id of the member who has offered the file. */
  readonly member: string;
  /** Bytes of the file, by its offer. */
  readonly size: number;
  /** The SHA-256 of the token, in base64url. */
  readonly tokenDigest: string;
  /** The findings of the store, if the upload is complete. */
  readonly complete?: CompleteUpload | undefined;
}

/** A complete upload. `sha256` is in base64url. */
export interface CompleteUpload {
  readonly sha256: string;
  readonly size: number;
  readonly media: string;
}

/** A file as its message describes it, and the member who fetches it. */
export interface FileGrant {
  readonly member: string;
  readonly name: string;
  readonly size: number;
  /** In base64url. */
  readonly sha256: string;
  readonly media: string;
}

/** Decides who may upload and fetch what: the chat's side of transfers. */
export interface FileDesk {
  /** The slot with this id; `undefined` for an unknown id, and after the slot has ended. */
  slot(id: string): UploadSlot | undefined;
  /**
   * Records that the upload is complete. Resolves after it is stored, with `undefined`, or with the reason why the file is not taken
   * after all. The desk removes the blob of such a file, unless it is in use.
   */
  uploaded(id: string, blob: BlobInfo): Promise<ProtocolError | undefined>;
  /**
   * Ends the slot and removes its bytes. `hasBytes`: some have arrived. Resolves with false if there is no such slot: a message has
   * used it meanwhile, or another request has ended it.
   */
  cancel(id: string, hasBytes: boolean): Promise<boolean>;
  /** The file that a secret path serves now; `undefined` if it serves none. */
  grant(id: string, secret: string): FileGrant | undefined;
  /** Whether the member may still read the file. Asked while it is sent, so that a kick, a ban or a deletion ends that. */
  isReadable(member: string, id: string): boolean;
}

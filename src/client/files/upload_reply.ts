/** The responses of the server to an upload, as the terminal and the page read them. */

/** The findings of the server about a complete upload. */
export interface UploadedFile {
  readonly sha256: string;
  readonly media: string;
}

/** The sentence for a response that says that the slot has ended; empty for any other. */
export function goneText({ status }: { readonly status: number }): string {
  return status === 401 || status === 404 ? "The server has no place for this file any more: send it again" : "";
}

/** Reads the body of the response that completes an upload; `undefined` if it is of another form. */
export function parseFound(text: string): (UploadedFile & { readonly size: number }) | undefined {
  try {
    const { sha256, size, media } = JSON.parse(text) as Record<string, unknown>;
    const isFound = typeof sha256 === "string" && typeof size === "number" && typeof media === "string";
    return isFound ? { sha256, size, media } : undefined;
  } catch {
    return undefined;
  }
}

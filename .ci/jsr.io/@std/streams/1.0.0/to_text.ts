// Stands in for `@std/streams/to-text` where JSR cannot be reached.

/** Reads a stream to its end and returns all of it as one string; bytes are read as UTF-8. */
export async function toText(stream: ReadableStream<string> | ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream as ReadableStream<string | Uint8Array<ArrayBuffer>>) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

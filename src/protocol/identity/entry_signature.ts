/** The signature of a message or change, as commands, events and stores carry it: three fields, all or none. */

/** The author's signature of `entryText`. The server does not check it. */
export interface EntrySignature {
  readonly signature: string;
  /** The key that signed. */
  readonly key: string;
  /** The author's own time, as `isSignedTime` describes it. */
  readonly time: string;
}

/** The three fields of a command or event; `undefined` if it is not signed. */
export function signatureOf({ signature, key, time }: Partial<EntrySignature>): EntrySignature | undefined {
  if (signature === undefined || key === undefined || time === undefined) return undefined;
  return { signature, key, time };
}

/** The entry with the signature of the command or entry `from`, if that one is signed. */
export function withSignature<E extends object>(entry: E, from: Partial<EntrySignature>): E {
  return from.signature === undefined ? entry : { ...entry, ...signatureOf(from) };
}

/** Whether the fields are all there, or all absent. */
export function isWholeSignature({ signature, key, time }: Partial<EntrySignature>): boolean {
  return (signature === undefined) === (key === undefined) && (key === undefined) === (time === undefined);
}

/** Whether the text has the form of a key. `publicKeyBytes` takes longer, because it refuses weak keys, too. */
export function isKeyForm(text: string): boolean {
  return /^[\w-]{42}[AEIMQUYcgkosw048]$/.test(text);
}

/** Whether the text has the form of a signature, whose unused bits are zero. */
export function isSignatureForm(text: string): boolean {
  return /^[\w-]{85}[AQgw]$/.test(text);
}

/** Whether the text is a time in the one form that is signed, such as `2026-11-29T10:00:00.000Z`. */
export function isSignedTime(text: string): boolean {
  if (text.length !== 24) return false;
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text;
}

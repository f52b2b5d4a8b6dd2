/** What makes a server the host of a shared chat. */
export interface HostedOptions {
  /** A number that rises with each host of the chat. */
  readonly term: number;
  /** Whether the owner of this key may keep a copy of the chat. */
  readonly mayFollow: (key: string) => boolean;
}

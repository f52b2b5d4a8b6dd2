/** A call as the page shows it. */

export interface ShownCallMember {
  readonly id: string;
  readonly name: string;
  readonly isOwn: boolean;
  /** False while they are asked to enter. */
  readonly entered: boolean;
  /** Whether their camera and microphone are on. */
  readonly camera: boolean;
  readonly microphone: boolean;
  readonly speaks: boolean;
  /** How loud they are, from 0 to 1. */
  readonly level: number;
}

export interface ShownCall {
  /** Such as `Call in #lobby`. */
  readonly title: string;
  readonly members: readonly ShownCallMember[];
  /** Whether its room or conversation is open, where notes tell who comes and goes. */
  readonly isOpen: boolean;
  /** Whether the media connection is there. */
  readonly connected: boolean;
}

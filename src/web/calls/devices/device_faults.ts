/** What a user reads when the browser has no camera or microphone for the page: one sentence with the next step. */

export type DeviceKind = "camera" | "microphone";

/** Browsers hide their devices from pages that others on the network can change. */
export const NEEDS_HTTPS = "Browsers give a page camera, microphone and sound only over https: " +
  "open the chat at its https address, or call from the program";

/** A browser that has no Opus shows the pictures of a call only. */
export const NEEDS_NEWER_BROWSER = "This browser has no sound for calls: use a newer one, or call from the program";

/** The command that turns the device on again. */
const RETRY: Readonly<Record<DeviceKind, string>> = { camera: "/camera on", microphone: "/mic on" };

/** The sentence for an error of `getUserMedia`, by its name. */
export function deviceFault(kind: DeviceKind, name: string): string {
  const retry = RETRY[kind];
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return `The browser does not let this page use the ${kind}: allow it beside the address, then ${retry}`;
    case "NotFoundError":
    case "OverconstrainedError":
      return `The browser finds no ${kind}: connect one, then ${retry}`;
    default:
      return `The ${kind} does not start: close other programs that use it, then ${retry}`;
  }
}

/** The sentence for a device that was unplugged, or whose permission was taken back. */
export function deviceStopped(kind: DeviceKind): string {
  return `The ${kind} has stopped: connect it again, then ${RETRY[kind]}`;
}

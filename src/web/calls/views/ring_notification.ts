/** A notification of a call while the page is hidden, if the user has turned notifications on. */

import { sanitizeLine } from "../../../protocol/text/sanitize.ts";

/** Returns the function that closes it. A click on it focuses the page. */
export function notifyRing(title: string): () => void {
  const isAllowed = "Notification" in globalThis && globalThis.isSecureContext && Notification.permission === "granted";
  if (!isAllowed || document.visibilityState === "visible") return () => {};
  try {
    const notification = new Notification(sanitizeLine(title).toWellFormed(), {
      tag: "call",
      requireInteraction: true,
    });
    notification.onclick = () => globalThis.focus();
    return () => notification.close();
  } catch {
    // Browsers on phones have the constructor, which throws.
    return () => {};
  }
}

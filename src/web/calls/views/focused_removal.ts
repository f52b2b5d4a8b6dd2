import { byId } from "../../views/dom.ts";

/** Removes an element, or hides it. The focus does not get lost with a button in it: it goes to the title of the conversation. */
export function removeFocused(element: HTMLElement, remove = () => element.remove()): void {
  const hadFocus = element.contains(document.activeElement);
  remove();
  if (hadFocus) byId("title").focus();
}

import type { MemberInfo } from "../../protocol/messages/messages.ts";
import { accountMenu, memberMenu, type MenuAction, serverRole } from "../model/menus.ts";
import type { PageChat } from "../page_chat.ts";
import { MenuView, type SharedAddress } from "../views/menu_view.ts";

/** The menus of members, and an address to share. */
export class MenuPanel {
  readonly #view = new MenuView();

  /** Opens the menu of a member: for the user, that of their account. `perform` gets the chosen action. */
  async open(chat: PageChat, member: MemberInfo, perform: (action: MenuAction) => void): Promise<void> {
    const items = member.id === chat.state.you?.id
      ? accountMenu(chat.state, await serverRole(chat))
      : memberMenu(chat, member);
    this.#view.open(member.name, items, ({ action }) => perform(action));
  }

  share(shared: SharedAddress): void {
    this.#view.share(shared);
  }
}

/**
 * The program of a member who hosts a shared chat or keeps a copy of it. `hosted_chat.ts` is what it keeps on the disk, with the
 * program's own key (`device_key.ts`). `standby_listener.ts` answers for it while another one hosts. The folder decides nothing about who hosts next: `src/succession` does.
 *
 * @module
 */

export { HostedChat } from "./hosted_chat.ts";
export { StandbyListener } from "./standby_listener.ts";

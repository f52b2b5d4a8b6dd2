import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { historyStoreContract, type Subject } from "../../contracts/history_store_contract.ts";
import { removalContract } from "../../contracts/removal_contract.ts";
import { rewindContract } from "../../contracts/rewind_contract.ts";

const subject = (checkpoints: boolean): Subject => ({
  open: (retention) => {
    const folder = Deno.makeTempDirSync({ prefix: "confab-history-" });
    const store = openSqliteHistory({ folder, retention, checkpoints });
    const close = store.close.bind(store);
    store.close = () => {
      close();
      Deno.removeSync(folder, { recursive: true });
    };
    return store;
  },
  remembersAcks: true,
});

for (const [name, checkpoints] of [["sqlite", false], ["sqlite with checkpoints", true]] as const) {
  historyStoreContract(name, subject(checkpoints));
  removalContract(name, subject(checkpoints));
  rewindContract(name, subject(checkpoints));
}

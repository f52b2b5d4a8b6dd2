import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { historyStoreContract, type Subject } from "../../contracts/history_store_contract.ts";
import { removalContract } from "../../contracts/removal_contract.ts";

const SUBJECT: Subject = {
  open: (retention) => {
    const folder = Deno.makeTempDirSync({ prefix: "confab-history-" });
    const store = openSqliteHistory({ folder, retention });
    const close = store.close.bind(store);
    store.close = () => {
      close();
      Deno.removeSync(folder, { recursive: true });
    };
    return store;
  },
  remembersAcks: true,
};

historyStoreContract("sqlite", SUBJECT);
removalContract("sqlite", SUBJECT);

import { openSqliteHistory } from "../../src/history/sqlite.ts";
import { historyStoreContract } from "../contracts/history_store_contract.ts";

historyStoreContract("sqlite", {
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
});

import { MemoryHistory } from "../../src/history/memory.ts";
import { historyStoreContract } from "../contracts/history_store_contract.ts";

historyStoreContract("memory", { open: (retention) => new MemoryHistory(retention), remembersAcks: false });

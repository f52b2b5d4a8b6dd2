import { MemoryHistory } from "../../src/history/memory.ts";
import { historyStoreContract, type Subject } from "../contracts/history_store_contract.ts";
import { removalContract } from "../contracts/removal_contract.ts";

const SUBJECT: Subject = { open: (retention) => new MemoryHistory(retention), remembersAcks: false };

historyStoreContract("memory", SUBJECT);
removalContract("memory", SUBJECT);

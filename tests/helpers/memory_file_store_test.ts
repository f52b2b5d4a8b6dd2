import { fileStoreContract } from "../contracts/file_store_contract.ts";
import { MemoryFileStore } from "./memory_file_store.ts";

fileStoreContract("memory", () => {
  const store = new MemoryFileStore();
  return { open: () => Promise.resolve(store), [Symbol.dispose]: () => {} };
});

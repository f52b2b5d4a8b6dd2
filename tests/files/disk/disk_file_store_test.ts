import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { DiskFileStore } from "../../../src/files/disk/disk_file_store.ts";
import {
  assertFault,
  bytesOf,
  FALSE_KEYS,
  fileStoreContract,
  keep,
  readAll,
  sha256Of,
  uploadId,
} from "../../contracts/file_store_contract.ts";
import { diskSubject, filesBelow, patch } from "./disk_subject.ts";

fileStoreContract("DiskFileStore", diskSubject);

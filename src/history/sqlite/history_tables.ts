import type { DatabaseSync } from "node:sqlite";
import { isConversationName } from "../../protocol/conventions.ts";
import { Acknowledgements } from "./acks/acknowledgements.ts";
import { AuditTable } from "./tables/audit_table.ts";
import { CheckpointTable } from "./tables/checkpoint_table.ts";
import { ChangeApplier } from "./change_applier.ts";
import { openForWriting, type WriteOptions } from "./database_file.ts";
import { ConversationTable } from "./tables/conversation_table.ts";
import { FileTable } from "./tables/file_table.ts";
import { SearchIndex } from "./search/search_index.ts";
import { MessageTable } from "./tables/message_table.ts";
import { PeopleTable } from "./tables/people_table.ts";
import { ReactionTable } from "./tables/reaction_table.ts";
import { PageReader } from "./tables/page_reader.ts";
import { RecordTable } from "./tables/record_table.ts";
import { RoomPurger } from "./room_purger.ts";
import { RoomTable } from "./tables/room_table.ts";
import { SearchReader } from "./search/search_reader.ts";
import { Statement } from "./tables/statement.ts";
import { PartialTransactions, Transactions } from "./tables/transactions.ts";

/** The open database: one object for each table or group of tables, all on the same connection. */
export class HistoryTables {
  readonly serverId: string;
  readonly transactions: Transactions;
  readonly checkpoints: CheckpointTable;
  readonly rooms: RoomTable;
  readonly people: PeopleTable;
  readonly messages: MessageTable;
  readonly reactions: ReactionTable;
  readonly files: FileTable;
  readonly changes: ChangeApplier;
  readonly pages: PageReader;
  readonly acks: Acknowledgements;
  readonly conversations: ConversationTable;
  readonly records: RecordTable;
  readonly audit: AuditTable;
  readonly searchIndex: SearchIndex;
  readonly searchReader: SearchReader;
  readonly roomPurger: RoomPurger;
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync, newServerId: string, checkpoints: boolean) {
    this.#database = database;
    this.serverId = serverId(database, newServerId);
    this.transactions = checkpoints ? new PartialTransactions(database) : new Transactions(database);
    this.checkpoints = new CheckpointTable(database);
    this.rooms = new RoomTable(database);
    this.people = new PeopleTable(database);
    this.messages = new MessageTable(database);
    this.reactions = new ReactionTable(database);
    this.files = new FileTable(database);
    this.pages = new PageReader(this.messages, this.reactions, this.files);
    this.acks = new Acknowledgements(database, this.rooms);
    this.conversations = new ConversationTable(database, this.people, this.rooms);
    this.records = new RecordTable(database);
    this.audit = new AuditTable(database);
    this.searchIndex = new SearchIndex(database, this.rooms);
    this.roomPurger = new RoomPurger(database, this.rooms);
    this.changes = new ChangeApplier(this.messages, this.reactions, this.files, this.searchIndex);
    this.searchReader = new SearchReader(database, this.messages, this.pages, this.files);
  }

  /** The time of the oldest message that rooms keep, in milliseconds; `Infinity` without messages. */
  oldestMessageMs(): number {
    const rooms = this.rooms.all().filter(({ name }) => !isConversationName(name));
    return Math.min(...rooms.map((room) => this.messages.firstFrom(room, 1)?.at ?? Infinity));
  }

  get closed(): boolean {
    return !this.#database.isOpen;
  }

  close(): void {
    this.#database.close();
  }
}

export interface TablesOptions extends WriteOptions {
  /** Whether all transactions until `transactions.commitAll` are parts of one. Default: false. */
  readonly checkpoints?: boolean;
}

/** Opens the database of a folder for writing. The caller holds the folder's lock and closes the tables. */
export function openTables(
  folder: string,
  options: TablesOptions,
  newServerId: string = crypto.randomUUID(),
): HistoryTables {
  const database = openForWriting(folder, options);
  try {
    return new HistoryTables(database, newServerId, options.checkpoints ?? false);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The id of the data, stored when the file is new. */
function serverId(database: DatabaseSync, newServerId: string): string {
  const find = new Statement<readonly [string]>(database, "SELECT value FROM meta WHERE key = 'server'");
  const insert = new Statement(database, "INSERT INTO meta (key, value) VALUES ('server', ?)");
  const found = find.first()?.[0];
  if (found !== undefined) return found;
  insert.run(newServerId);
  return newServerId;
}

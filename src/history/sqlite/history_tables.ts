import type { DatabaseSync } from "node:sqlite";
import { Acknowledgements } from "./acks/acknowledgements.ts";
import { AuditTable } from "./tables/audit_table.ts";
import { ChangeTable } from "./change_applier.ts";
import { openForWriting, type WritingOptions } from "./database_file.ts";
import { DirectTable } from "./tables/direct_message_table.ts";
import { SearchIndex } from "./search/search_index.ts";
import { MessageTable } from "./tables/message_table.ts";
import { PeopleTable } from "./tables/people_table.ts";
import { ReactionTable } from "./tables/reaction_table.ts";
import { PageReader } from "./tables/page_reader.ts";
import { RecordTable } from "./tables/record_table.ts";
import { RoomRemovalSteps } from "./room_purger.ts";
import { RoomTable } from "./tables/room_table.ts";
import { SearchReader } from "./search/search_reader.ts";
import { Statement, Transactions } from "./tables/statement.ts";

/** The open file: all that is kept, by kind. */
export class Tables {
  readonly serverId: string;
  readonly transactions: Transactions;
  readonly rooms: RoomTable;
  readonly people: PeopleTable;
  readonly messages: MessageTable;
  readonly reactions: ReactionTable;
  readonly changes: ChangeTable;
  readonly reading: PageReader;
  readonly acks: Acknowledgements;
  readonly directs: DirectTable;
  readonly records: RecordTable;
  readonly audit: AuditTable;
  readonly indexing: SearchIndex;
  readonly searching: SearchReader;
  readonly removal: RoomRemovalSteps;
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync, newServerId: string) {
    this.#database = database;
    this.serverId = serverId(database, newServerId);
    this.transactions = new Transactions(database);
    this.rooms = new RoomTable(database);
    this.people = new PeopleTable(database);
    this.messages = new MessageTable(database);
    this.reactions = new ReactionTable(database);
    this.reading = new PageReader(this.messages, this.reactions);
    this.acks = new Acknowledgements(database, this.rooms);
    this.directs = new DirectTable(database, this.people);
    this.records = new RecordTable(database);
    this.audit = new AuditTable(database);
    this.indexing = new SearchIndex(database, this.rooms);
    this.removal = new RoomRemovalSteps(database, this.rooms);
    this.changes = new ChangeTable(this.messages, this.reactions, this.indexing);
    this.searching = new SearchReader(database, this.messages, this.reading);
  }

  /** When the oldest message that is kept was written. */
  oldestMessageMs(): number {
    return Math.min(...this.rooms.all().map((room) => this.messages.firstFrom(room, 1)?.at ?? Infinity));
  }

  get closed(): boolean {
    return !this.#database.isOpen;
  }

  close(): void {
    this.#database.close();
  }
}

/** The folder's lock is held. */
export function openTables(folder: string, options: WritingOptions, newServerId: string = crypto.randomUUID()): Tables {
  const database = openForWriting(folder, options);
  try {
    return new Tables(database, newServerId);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Given once, to a new file. */
function serverId(database: DatabaseSync, newServerId: string): string {
  const find = new Statement<readonly [string]>(database, "SELECT value FROM meta WHERE key = 'server'");
  const insert = new Statement(database, "INSERT INTO meta (key, value) VALUES ('server', ?)");
  const found = find.first()?.[0];
  if (found !== undefined) return found;
  insert.run(newServerId);
  return newServerId;
}

import type { DatabaseSync } from "node:sqlite";
import { Acknowledgements } from "./acks/acknowledgements.ts";
import { AuditLog } from "./audit_table.ts";
import { Changes } from "./change_table.ts";
import { openForWriting, type WritingOptions } from "./database.ts";
import { Directs } from "./direct_table.ts";
import { Indexing } from "../search/search_index.ts";
import { Messages } from "./message_table.ts";
import { People } from "./people_table.ts";
import { Reactions } from "./reaction_table.ts";
import { Reading } from "./page_reader.ts";
import { Records } from "./record_table.ts";
import { Removal } from "./room_removal_steps.ts";
import { RoomTable } from "./room_table.ts";
import { Searching } from "../search/search_reader.ts";
import { Statement, Transactions } from "./statements.ts";

/** The open file: all that is kept, by kind. */
export class Tables {
  readonly serverId: string;
  readonly transactions: Transactions;
  readonly rooms: RoomTable;
  readonly people: People;
  readonly messages: Messages;
  readonly reactions: Reactions;
  readonly changes: Changes;
  readonly reading: Reading;
  readonly acks: Acknowledgements;
  readonly directs: Directs;
  readonly records: Records;
  readonly audit: AuditLog;
  readonly indexing: Indexing;
  readonly searching: Searching;
  readonly removal: Removal;
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync, newServerId: string) {
    this.#database = database;
    this.serverId = serverId(database, newServerId);
    this.transactions = new Transactions(database);
    this.rooms = new RoomTable(database);
    this.people = new People(database);
    this.messages = new Messages(database);
    this.reactions = new Reactions(database);
    this.reading = new Reading(this.messages, this.reactions);
    this.acks = new Acknowledgements(database, this.rooms);
    this.directs = new Directs(database, this.people);
    this.records = new Records(database);
    this.audit = new AuditLog(database);
    this.indexing = new Indexing(database, this.rooms);
    this.removal = new Removal(database, this.rooms);
    this.changes = new Changes(this.messages, this.reactions, this.indexing);
    this.searching = new Searching(database, this.messages, this.reading);
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

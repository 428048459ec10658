import type { StorageRecord } from '../storage/storage-port.ts';

/** Where acts leave the records that make them durable. */
export interface RecordWriter {
  /** Synchronous up to the append, so that nothing can come between a check and its record. */
  append(...records: StorageRecord[]): Promise<void>;
}

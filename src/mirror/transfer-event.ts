/** Events of transfers, for people (lines) and for programs (`--json`: one object per line). Sizes in bytes. */
export type TransferEvent =
  | { readonly event: 'start'; readonly files: number; readonly bytes?: number }
  /** The file already existed, and is right. */
  | { readonly event: 'kept'; readonly key: string; readonly size: number }
  | {
      readonly event: 'begin';
      readonly key: string;
      readonly from: string;
      readonly size?: number;
      /** Why the existing file does not count. */
      readonly instead?: string;
    }
  | { readonly event: 'progress'; readonly key: string; readonly done: number; readonly size?: number }
  | { readonly event: 'retry'; readonly key: string; readonly reason: string; readonly seconds: number }
  | { readonly event: 'restart'; readonly key: string; readonly reason: string }
  | {
      readonly event: 'done';
      readonly key: string;
      readonly size: number;
      /** Less than the size if an earlier run had begun the file. */
      readonly transferred: number;
      readonly seconds: number;
    }
  /** The transfer has ended, without anything to report. */
  | { readonly event: 'end'; readonly key: string }
  | { readonly event: 'failed'; readonly key: string; readonly code: string; readonly message: string }
  | TransferSummary;

export interface TransferSummary {
  readonly event: 'summary';
  readonly transferred: number;
  readonly kept: number;
  readonly failed: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Why a transfer did not work out. `again` says whether the next try may. */
export class TransferFailure extends Error {
  /** Stable, for diagnostics. */
  readonly code: string;
  readonly hint: string;
  readonly again: boolean;
  /** What the server asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, hint: string, again = false, retryAfterMs?: number) {
    super(message);
    this.name = 'TransferFailure';
    this.code = code;
    this.hint = hint;
    this.again = again;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The bytes are there and are not those that were asked for. */
export class WrongBytes extends TransferFailure {}

/** The disk does not take the bytes: every other transfer to it will fail, too. */
export class DiskFailure extends TransferFailure {}

import type { Advice } from '../base/catalogue.ts';

/** Why a transfer failed. `again` says whether another try may succeed. */
export class TransferFailure extends Error {
  /** Stable, for diagnostics. */
  readonly code: string;
  readonly hint: string;
  readonly again: boolean;
  /** The delay that the server requested, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor({ code, message, hint }: Omit<Advice, 'parameters'>, again = false, retryAfterMs?: number) {
    super(message);
    this.name = 'TransferFailure';
    this.code = code;
    this.hint = hint;
    this.again = again;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The transfer succeeded, but the bytes are not the expected ones. */
export class WrongBytes extends TransferFailure {}

/** The disk refuses the bytes: every other transfer to it will fail, too. */
export class DiskFailure extends TransferFailure {}

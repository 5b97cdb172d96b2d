const FIRST_RESULTS = 100
const MOST_FAILED = 0.05

/**
 * Whether so many of an operation's mails fail that the rest is held (design 8.6). A result is what an attempt came to:
 * `sent`, `failed` or `unknown`. A failure is a mail that failed for good; one that is tried again has no result yet,
 * one of unknown end may have arrived, and what was suppressed, skipped or withheld was never tried.
 */
export const isFailing = ({ results, failed }: { readonly results: number; readonly failed: number }): boolean =>
  results >= FIRST_RESULTS && failed > results * MOST_FAILED

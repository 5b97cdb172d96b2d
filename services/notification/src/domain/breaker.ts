/** Failures in a row after which nothing is sent to a place for a while: a mail domain, or an endpoint. */
export const BREAKING = 5
/** Its first rest; each try that fails after one doubles the next. */
export const FIRST_REST_MS = 5_000
export const LONGEST_REST_MS = 15 * 60_000

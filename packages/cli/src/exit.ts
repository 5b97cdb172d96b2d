/** What the process ends with; `umbel --help` and the README say the same. */
export const exitCodes = {
  ok: 0,
  /** A difference was found, or what was asked for failed. */
  failed: 1,
  usage: 2,
  unreachable: 3,
  /** Understood, and the answer was no. */
  refused: 4,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Wrong words on the command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A file that the line names and nobody can read. */
export const unreadable = (file: string, thrown: unknown): UsageError =>
  new UsageError(`${file} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`)

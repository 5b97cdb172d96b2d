import { type Logger as PinoLogger, pino } from 'pino'

export type Logger = PinoLogger

// the domain ends before a backslash: in a JSON line the next character may be an escaped quote
// the last label of a domain is letters: package@1.2.3 in a path of a stack trace is no address
const ADDRESS = /[^\s@"<>()[\]/]+@[^\s@"\\<>()[\]/,;]+\.[a-z]{2,}/gi
const CREDENTIALS = /\/\/[^\s/@"\\]+@/g
const TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g

/** No mail address goes anywhere, whoever put it into a message or an error. */
export const withoutAddresses = (text: string): string =>
  text.replaceAll(CREDENTIALS, '//[credentials]@').replaceAll(ADDRESS, '[address]')

export interface LoggerOptions {
  readonly service: string
  readonly level: string
  /** Where lines go; standard output unless told. */
  readonly write?: (line: string) => void
}

/** JSON lines; secrets are left out by name, addresses by their form. */
export function createLogger({ service, level, write }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        // Postgres tells whole rows in `detail`, and pieces of what it was given in `where`
        paths: [
          '*.authorization',
          '*.token',
          '*.password',
          '*.secret',
          'err.cause.metadata',
          'err.metadata',
          'err.detail',
          'err.where',
        ],
        censor: '[redacted]',
      },
    },
    { write: (line: string) => (write ?? toStdout)(withoutAddresses(line).replaceAll(TOKEN, '[token]')) },
  )
}

const toStdout = (line: string): void => void process.stdout.write(line)

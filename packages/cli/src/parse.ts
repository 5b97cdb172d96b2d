import { parseArgs } from 'node:util'
import type { Given, OptionTable } from './command.ts'
import { UsageError } from './exit.ts'
import type { Format } from './output.ts'

export const commonOptions = {
  workspace: { type: 'string', short: 'w' },
  output: { type: 'string', short: 'o' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies OptionTable

export interface Parsed {
  readonly words: readonly string[]
  readonly given: Given
}

/** The first word that is no option, and the line without it: options that hold everywhere may stand before it. */
export function commandIn(argv: readonly string[]): { readonly name: string | undefined; readonly rest: string[] } {
  const { tokens } = parseArgs({
    args: [...argv],
    options: commonOptions,
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const word = tokens.find((token) => token.kind === 'positional')
  return word === undefined
    ? { name: undefined, rest: [...argv] }
    : { name: word.value, rest: argv.toSpliced(word.index, 1) }
}

/** Words and options; an option that the command does not know is a usage error. */
export function parse(argv: readonly string[], options: OptionTable): Parsed {
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      options: { ...commonOptions, ...options },
      allowPositionals: true,
      strict: true,
    })
    return { words: positionals, given: { ...values } }
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : String(thrown))
  }
}

export function formatOf(given: Given): Format {
  const asked = given.output ?? 'table'
  if (asked === 'table' || asked === 'json') return asked
  throw new UsageError('-o takes table or json')
}

/** A whole number of an option, such as `--confirm 8`. */
export function wholeNumber(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,15}$/.test(value)) return Number(value)
  throw new UsageError(`--${name} takes a whole number`)
}

/** A moment of an option, such as `--until 2016-03-15T12:00Z`. */
export function moment(name: string, value: string | undefined): Date | undefined {
  if (value === undefined) return undefined
  const at = new Date(value)
  if (/(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(at.getTime())) return at
  throw new UsageError(`--${name} takes a time with its zone, such as 2016-03-15T12:00Z`)
}

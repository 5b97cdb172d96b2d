import type { Api } from './api.ts'
import { type ExitCode, UsageError } from './exit.ts'
import type { Output } from './output.ts'
import type { Settings } from './settings.ts'

export type OptionTable = Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>
export type Given = Readonly<Record<string, string | boolean | undefined>>

/** What a command is given to work with. */
export interface Invocation {
  readonly words: readonly string[]
  readonly given: Given
  /** The workspace named by `--workspace`, if any. */
  readonly workspace: string | undefined
  readonly output: Output
  readonly settings: Settings
  /** A file that the line names, seen from where the user is. */
  readonly fileAt: (path: string) => string
  /** The gateway as an admin of this workspace sees it. */
  readonly apiOf: (workspace: string) => Api
  readonly operatorApi: () => Api
}

/** A row of the table of commands, found by its first word. */
export interface Command {
  readonly usage: readonly string[]
  readonly options: OptionTable
  readonly run: (invocation: Invocation) => Promise<ExitCode>
}

export const DEFAULT_WORKSPACE = 'demo'

/** The gateway for the workspace asked for, `demo` where none is. */
export const apiFor = ({ apiOf, workspace }: Invocation): Api => apiOf(workspace ?? DEFAULT_WORKSPACE)

export function text(given: Given, name: string): string | undefined {
  const value = given[name]
  return typeof value === 'string' ? value : undefined
}

/** For commands that take options alone. */
export function noWords({ words }: Invocation, name: string): void {
  if (words.length > 0) throw new UsageError(`umbel ${name} takes no ${words.join(' ')}`)
}

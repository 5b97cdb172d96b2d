import { resolve } from 'node:path'
import { isUmbelError } from '@umbel/kernel'
import { createApi } from './api.ts'
import type { Invocation } from './command.ts'
import { type ExitCode, exitCodes, UsageError } from './exit.ts'
import { help } from './help.ts'
import { signIn } from './login.ts'
import { createOutput, type Sink } from './output.ts'
import { commandIn, formatOf, parse } from './parse.ts'
import { readSettings, type Settings } from './settings.ts'
import { commands } from './table.ts'

/** What the process lends to the CLI. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where `.umbel/stack.json` is looked for, and files where `UMBEL_CWD` does not say where the user is. */
  readonly folder: string
  readonly stdout: Sink
  readonly stderr: Sink
}

/** Runs one command line; never throws, answers with the exit code. */
export async function runCli(argv: readonly string[], world: World): Promise<ExitCode> {
  try {
    return await dispatch(argv, world)
  } catch (thrown) {
    return explain(thrown, world.stderr)
  }
}

async function dispatch(argv: readonly string[], world: World): Promise<ExitCode> {
  const { name, rest } = commandIn(argv)
  if (name === undefined || name === 'help') {
    world.stdout.write(help(commands))
    return name === undefined && !isHelp(rest) ? exitCodes.usage : exitCodes.ok
  }
  const command = commands.get(name)
  if (command === undefined) throw new UsageError(`there is no command ${name}; umbel --help lists them`)
  const { words, given } = parse(rest, command.options)
  if (given.help === true) {
    world.stdout.write(help(new Map([[name, command]])))
    return exitCodes.ok
  }
  const settings = readSettings(world.env, world.folder)
  return command.run(invocation(words, given, settings, world))
}

const isHelp = (argv: readonly string[]): boolean => argv.includes('--help') || argv.includes('-h')

function invocation(
  words: Invocation['words'],
  given: Invocation['given'],
  settings: Settings,
  world: World,
): Invocation {
  const workspace = given.workspace
  const as = (variable: string, fixed: string | undefined, username: string) =>
    fixed === undefined
      ? createApi({ base: settings.api, as: username, token: signIn(settings, username) })
      : createApi({ base: settings.api, as: variable, token: () => Promise.resolve(fixed) })
  return {
    words,
    given,
    workspace: typeof workspace === 'string' ? workspace : undefined,
    settings,
    output: createOutput(world.stdout, world.stderr, formatOf(given)),
    fileAt: (path) => resolve(world.env.UMBEL_CWD ?? world.folder, path),
    apiOf: (slug) => as('UMBEL_TOKEN', settings.token, `admin@${slug}`),
    operatorApi: () => as('UMBEL_OPERATOR_TOKEN', settings.operatorToken, 'operator'),
  }
}

function explain(thrown: unknown, stderr: Sink): ExitCode {
  if (thrown instanceof UsageError) {
    stderr.write(`umbel: ${thrown.message}\n`)
    return exitCodes.usage
  }
  if (!isUmbelError(thrown)) {
    stderr.write(`umbel: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`)
    return exitCodes.failed
  }
  const field = thrown.field === undefined ? '' : `, ${thrown.field}`
  stderr.write(`umbel: ${thrown.message} (${thrown.slug}${field})\n`)
  return thrown.kind === 'unavailable' ? exitCodes.unreachable : exitCodes.refused
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { childEnv, pathFolders } from './config.ts'

interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly runAs?: { readonly uid: number; readonly gid: number } | undefined
}

/** Runs a command to its end and returns what it printed; throws with what it complained about. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { cwd, env, runAs } = options
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnv(env),
    ...(cwd === undefined ? {} : { cwd }),
    ...runAs,
  })
  const [out, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  if (code !== 0)
    throw new Error(`${command} ${args[0] ?? ''} ended with ${String(code)}: ${(complaint || out).trim().slice(-2000)}`)
  return out
}

/** The full path of a command on `PATH`, or undefined. */
export async function onPath(command: string): Promise<string | undefined> {
  for (const folder of pathFolders()) {
    const file = join(folder, command)
    if (await isExecutable(file)) return file
  }
  return undefined
}

/** Whether the file exists and may be run. */
export const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { childEnv } from './config.ts'

// The guard holds the reading end of a pipe whose other end is ours: should we die without a word, the pipe closes and
// the guard stops the server, which has taken over the shell's own process id by then.
const GUARDED = 'signal=$1; shift; (cat <&3 >/dev/null; kill -s "$signal" $$ 2>/dev/null) & exec "$@" 3<&-'
const GRACE_MS = 20_000

export interface ServerCommand {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly logFolder: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Runs as this user; for root only. */
  readonly runAs?: { readonly uid: number; readonly gid: number } | undefined
  /** The signal that means an orderly end. */
  readonly stopSignal?: 'TERM' | 'INT'
}

/** A running child process. It has a session of its own, so that Ctrl-C reaches it only through us, in our order. */
export interface Child {
  readonly name: string
  readonly pid: number
  readonly logFile: string
  ended(): boolean
  /** Ends it in order; after 20 s by force. Resolves when it is gone. */
  stop(): Promise<void>
}

/** Starts a server with its output in `<logFolder>/<name>.log`. */
export async function spawnServer(server: ServerCommand): Promise<Child> {
  const { name, command, args, logFolder, env, cwd, runAs, stopSignal = 'TERM' } = server
  mkdirSync(logFolder, { recursive: true })
  const logFile = join(logFolder, `${name}.log`)
  const log = openSync(logFile, 'a')
  const child = spawn('sh', ['-c', GUARDED, name, stopSignal, command, ...args], {
    stdio: ['ignore', log, log, 'pipe'],
    detached: true,
    env: childEnv(env),
    ...(cwd === undefined ? {} : { cwd }),
    ...runAs,
  })
  closeSync(log)
  await once(child, 'spawn')
  const gone = once(child, 'exit')
  const guard = child.stdio[3]
  guard?.on('error', () => {}) // the guard may be gone first; the exit event above is what counts
  const ended = () => child.exitCode !== null || child.signalCode !== null
  void gone.then(() => guard?.destroy())
  const stop = async () => {
    if (ended()) return
    child.kill(`SIG${stopSignal}`)
    const force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
    await gone
    clearTimeout(force)
  }
  return { name, pid: child.pid ?? 0, logFile, ended, stop }
}

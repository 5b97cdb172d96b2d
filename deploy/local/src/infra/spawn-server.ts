import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { childEnv } from './config.ts'

// The guard reads a pipe whose other end is ours. A line means that all is well; should we die without a word, the pipe
// closes, and the guard stops the server.
const GUARD = 'read -r _ || kill -s "$1" "$2"'
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
  /** What it ended with; null where a signal ended it, or nothing has yet. */
  exitCode(): number | null
  /** Ends it in order; after 20 s by force. Resolves when it is gone. */
  stop(): Promise<void>
}

/** Starts a server with its output in `<logFolder>/<name>.log`. */
export async function spawnServer(server: ServerCommand): Promise<Child> {
  const { name, command, args, logFolder, env, cwd, runAs, stopSignal = 'TERM' } = server
  mkdirSync(logFolder, { recursive: true })
  const logFile = join(logFolder, `${name}.log`)
  const log = openSync(logFile, 'a')
  const child = spawn(command, args, {
    stdio: ['ignore', log, log],
    detached: true,
    env: childEnv(env),
    ...(cwd === undefined ? {} : { cwd }),
    ...runAs,
  })
  closeSync(log)
  await once(child, 'spawn')
  const gone = once(child, 'exit')
  const ended = () => child.exitCode !== null || child.signalCode !== null
  const dismiss = guard(child.pid ?? 0, stopSignal)
  void gone.then(dismiss)
  const stop = async () => {
    if (ended()) return
    child.kill(`SIG${stopSignal}`)
    const force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
    await gone
    clearTimeout(force)
  }
  return { name, pid: child.pid ?? 0, logFile, ended, exitCode: () => child.exitCode, stop }
}

function guard(pid: number, signal: string): () => void {
  const watcher = spawn('sh', ['-c', GUARD, 'guard', signal, String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  watcher.stdin.on('error', () => {}) // a guard that somebody ended leaves the server as it is
  return () => watcher.stdin.end('\n')
}

import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { unavailable } from '@umbel/kernel'
import { type Child, type ServerCommand, spawnServer } from './spawn-server.ts'

const DEADLINE_MS = 60_000
const PAUSE_MS = 50

/** Starts a server and waits until it answers; what does not answer is stopped again. */
export async function startReady(command: ServerCommand, ask: () => Promise<unknown>): Promise<Child> {
  const child = await spawnServer(command)
  try {
    await untilReady(child, ask)
  } catch (error) {
    await child.stop()
    throw error
  }
  return child
}

export async function untilReady(child: Child, ask: () => Promise<unknown>): Promise<void> {
  const failure = await answersBy(Date.now() + DEADLINE_MS, ask, child.ended)
  if (failure) throw await notUp(child, failure.error)
}

/** Asks again and again until there is an answer. Undefined then; at the deadline, or once it is hopeless, the last failure. */
export async function answersBy(
  deadline: number,
  ask: () => Promise<unknown>,
  hopeless: () => boolean = () => false,
): Promise<{ readonly error: unknown } | undefined> {
  for (;;) {
    const failure = await ask().then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    if (!failure || hopeless() || Date.now() > deadline) return failure
    await pause(PAUSE_MS)
  }
}

/** Resolves when the URL answers with success. */
export async function answers(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
}

async function notUp(child: Child, cause: unknown) {
  const log = await readFile(child.logFile, 'utf8')
  const tail = log.trimEnd().split('\n').slice(-5).join('\n')
  const what = child.ended() ? 'ended while it was starting' : `did not answer within ${DEADLINE_MS / 1000} s`
  return unavailable('server-not-up', `${child.name} ${what}; its log is ${child.logFile} and ends:\n${tail}`, {
    cause,
  })
}

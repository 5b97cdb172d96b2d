import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '@umbel/kernel/ids'
import { ProblemError } from '../support/api.ts'
import type { CallEvent, Recorder, Verb } from './history.ts'

const PATIENCE_MS = 90_000
const PAUSE_MS = 200

export interface Asked {
  readonly verb: Verb
  readonly operationId?: string
  readonly ticketId?: string
  readonly text?: string
}

/** A client that writes down what it asks and hears, and asks again under the same key while it hears nothing certain. */
export interface Client {
  call<T>(
    asked: Asked,
    ask: (headers: Readonly<Record<string, string>>) => Promise<T>,
    learn?: (answer: T) => Partial<CallEvent>,
  ): Promise<T>
}

export function createClient(recorder: Recorder): Client {
  let calls = 0
  return {
    async call(asked, ask, learn = () => ({})) {
      calls += 1
      const call = calls
      const headers = { 'idempotency-key': newId() }
      const tell = (phase: CallEvent['phase'], more: Partial<CallEvent> = {}) =>
        recorder.record({ type: 'call', call, phase, ...asked, ...more })
      const deadline = performance.now() + PATIENCE_MS
      for (;;) {
        tell('invoke')
        try {
          const answer = await ask(headers)
          tell('ok', learn(answer))
          return answer
        } catch (error) {
          const certain = isRefusal(error)
          tell(certain ? 'fail' : 'info', { said: String(error) })
          if (certain || performance.now() > deadline) throw error
        }
        await pause(PAUSE_MS)
      }
    },
  }
}

const LATER = new Set(['idempotency-key-running'])

/** The service understood and said no; everything else may have been done. */
const isRefusal = (error: unknown): boolean =>
  error instanceof ProblemError && error.status < 500 && !LATER.has(error.problem.slug ?? '')

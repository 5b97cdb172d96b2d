import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SinkAsk, SinkPorts, Sunk } from './sinks.ts'

/** The sinks' process, as the benchmark sees it. */
export interface Sinks extends AsyncDisposable {
  readonly pid: number
  readonly smtpUrl: string
  readonly httpUrl: string
  clear(): Promise<Sunk>
  read(): Promise<Sunk>
}

export async function startSinks(): Promise<Sinks> {
  const child = fork(fileURLToPath(new URL('./sinks.ts', import.meta.url)), { execArgv: process.execArgv })
  const heard = async <T>(): Promise<T> => (await once(child, 'message'))[0] as T
  const ports = await heard<SinkPorts>()
  const ask = async (what: SinkAsk): Promise<Sunk> => {
    const answer = heard<Sunk>()
    child.send(what)
    return answer
  }
  return {
    pid: child.pid ?? 0,
    smtpUrl: `smtp://127.0.0.1:${ports.smtp}`,
    httpUrl: `http://127.0.0.1:${ports.http}/hook`,
    clear: () => ask('clear'),
    read: () => ask('read'),
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

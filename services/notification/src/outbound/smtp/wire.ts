import { once } from 'node:events'
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { createReplyReader, type Reply } from './reply.ts'

/** The server did not answer in time. */
export class Stalled extends Error {}

/** A connection to a mail server: commands out, replies in, in order. Whatever breaks it rejects all that wait. */
export interface Wire {
  /** False once it is broken or closed. */
  readonly open: boolean
  /** Writes commands at once and waits for as many replies; the first calls for a number, none for the greeting. */
  ask(commands: string, replies: number, timeoutMs: number): Promise<Reply[]>
  /** Goes on over TLS. What came before in the clear, and was not asked for, breaks it. */
  secure(host: string, timeoutMs: number): Promise<void>
  /** At once, without a word. */
  destroy(): void
}

export interface Place {
  readonly host: string
  readonly port: number
  /** TLS from the first byte. */
  readonly secure: boolean
}

interface Asked {
  readonly replies: Reply[]
  readonly count: number
  readonly resolve: (replies: Reply[]) => void
  readonly reject: (error: Error) => void
}

export async function openWire({ host, port, secure }: Place, timeoutMs: number): Promise<Wire> {
  const socket = secure ? connectTls({ host, port }) : connectPlain({ host, port })
  socket.on('error', () => {}) // told below and by the close; an error before has nobody else to hear it
  try {
    await once(socket, secure ? 'secureConnect' : 'connect', { signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    socket.destroy()
    throw error
  }
  return wireOver(socket)
}

function wireOver(first: Socket): Wire {
  let socket = first
  let broken: Error | undefined
  const waiting: Asked[] = []

  const fail = (error: Error): void => {
    broken ??= error
    socket.destroy()
    for (const { reject } of waiting.splice(0)) reject(broken)
  }
  const reader = createReplyReader((reply) => {
    const [asked] = waiting
    if (asked === undefined) return fail(new Error(`the mail server said ${reply.code} unasked`))
    asked.replies.push(reply)
    if (asked.replies.length === asked.count) waiting.shift()?.resolve(asked.replies)
  })
  const listen = (): void => {
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('error', fail)
    socket.on('close', () => fail(new Error('the mail server hung up')))
    socket.on('data', (chunk: string) => {
      try {
        reader.read(chunk)
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)))
      }
    })
  }
  listen()
  return {
    get open() {
      return broken === undefined
    },
    ask(commands, count, timeoutMs) {
      if (broken !== undefined) return Promise.reject(broken)
      const { promise, resolve, reject } = Promise.withResolvers<Reply[]>()
      const timer = setTimeout(() => fail(new Stalled('the mail server does not answer')), timeoutMs)
      const done =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer)
          settle(value)
        }
      waiting.push({ replies: [], count, resolve: done(resolve), reject: done(reject) })
      if (commands !== '') socket.write(commands, 'latin1')
      return promise
    },
    async secure(host, timeoutMs) {
      if (!reader.empty()) fail(new Error('the mail server spoke in the clear before TLS'))
      if (broken !== undefined) throw broken
      const plain = socket
      plain.removeAllListeners('data').removeAllListeners('close').removeAllListeners('error')
      plain.on('error', fail)
      socket = connectTls({ socket: plain, host, ...(/[a-z]/i.test(host) ? { servername: host } : {}) })
      listen()
      await once(socket, 'secureConnect', { signal: AbortSignal.timeout(timeoutMs) })
    },
    destroy: () => fail(new Error('closed')),
  }
}

/**
 * Where the benchmark's mails and webhook calls end: a process of its own that counts, so that its work is accounted for
 * apart from the load's. Its parent reads the counts by asking for them.
 */
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** What the sinks have taken since they were last cleared; `lastAt` in epoch milliseconds, 0 for none. */
export interface Sunk {
  readonly mails: number
  readonly lastMailAt: number
  readonly hooks: number
  readonly lastHookAt: number
}
export interface SinkPorts {
  readonly smtp: number
  readonly http: number
}
export type SinkAsk = 'clear' | 'read'

let sunk = { mails: 0, lastMailAt: 0, hooks: 0, lastHookAt: 0 }

const END = '\r\n.\r\n'

/** Enough of RFC 5321 and of pipelining (RFC 2920) for a sender that makes no mistakes. */
function serveMail(socket: Socket): void {
  let text = ''
  let inData = false
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  socket.on('error', () => socket.destroy())
  socket.write('220 sink\r\n')
  socket.on('data', (chunk: string) => {
    text += chunk
    let answers = ''
    for (;;) {
      const end = text.indexOf(inData ? END : '\r\n')
      if (end < 0) break
      const line = text.slice(0, end)
      text = text.slice(end + (inData ? END.length : 2))
      if (inData) {
        inData = false
        sunk = { ...sunk, mails: sunk.mails + 1, lastMailAt: Date.now() }
        answers += '250 2.0.0 taken\r\n'
      } else {
        const verb = line.slice(0, 4).toUpperCase()
        inData = verb === 'DATA'
        answers += answerTo(verb)
        if (verb === 'QUIT') socket.end(answers)
      }
    }
    if (answers !== '' && socket.writable) socket.write(answers)
  })
}

function answerTo(verb: string): string {
  if (verb === 'EHLO') return '250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n'
  if (verb === 'DATA') return '354 go on\r\n'
  return verb === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n'
}

async function main(): Promise<void> {
  const mail = createServer(serveMail).listen(0, '127.0.0.1')
  const hooks = createHttpServer((request, response) => {
    request.resume()
    request.on('end', () => {
      sunk = { ...sunk, hooks: sunk.hooks + 1, lastHookAt: Date.now() }
      response.writeHead(204).end()
    })
  }).listen(0, '127.0.0.1')
  await Promise.all([once(mail, 'listening'), once(hooks, 'listening')])
  process.on('message', (ask: SinkAsk) => {
    if (ask === 'clear') sunk = { mails: 0, lastMailAt: 0, hooks: 0, lastHookAt: 0 }
    process.send?.(sunk satisfies Sunk)
  })
  process.on('disconnect', () => process.exit(0))
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port
  process.send?.({ smtp: portOf(mail), http: portOf(hooks) } satisfies SinkPorts)
}

await main()

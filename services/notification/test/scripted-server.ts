import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A server that answers what its script says to each line; `.` is the end of a text. */
export async function scripted(answer: (line: string, socket: Socket) => string, most = Number.POSITIVE_INFINITY) {
  const sockets = new Set<Socket>()
  let here = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.setEncoding('latin1')
    let unread = ''
    let inText = false
    here += 1
    socket.on('close', () => {
      here -= 1
    })
    if (here > most) {
      socket.end('421 too many of you\r\n')
      return
    }
    socket.write('220 ready\r\n')
    socket.on('data', (chunk: string) => {
      unread += chunk
      for (let end = unread.indexOf('\r\n'); end >= 0; end = unread.indexOf('\r\n')) {
        const line = unread.slice(0, end)
        unread = unread.slice(end + 2)
        if (inText && line !== '.') continue
        const said = answer(line, socket)
        inText = said.startsWith('354')
        if (said !== '') socket.write(said)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => sockets.size,
    /** Those that are open. */
    here: () => here,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Says yes to everything. */
export const polite = (line: string): string => {
  if (line.startsWith('EHLO')) return '250-here\r\n250 PIPELINING\r\n'
  return line === 'DATA' ? '354 go on\r\n' : '250 ok\r\n'
}

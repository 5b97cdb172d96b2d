import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { createWebhookClient } from './webhook-client.ts'

afterEach(() => void vi.useRealTimers())

/** What becomes of a message to an endpoint that does this with its connection. */
async function postTo(answer: (socket: Socket) => unknown, late: boolean) {
  const server = createServer((socket) => void socket.on('error', () => socket.destroy())).listen(0, '127.0.0.1')
  await once(server, 'listening')
  using post = createWebhookClient({ allowPrivate: true, now: () => new Date() })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`
  const result = post({ url, id: 'm', payload: '{}', secrets: [] })
  const [socket] = (await once(server, 'connection')) as [Socket]
  await once(socket, 'data')
  await answer(socket)
  if (late) vi.advanceTimersByTime(20_000)
  try {
    return await result
  } finally {
    socket.destroy()
    server.close()
  }
}

const head = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n'

it.each([
  ['101', (socket: Socket) => socket.write('HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')],
  ['nothing, and hangs up', (socket: Socket) => socket.destroy()],
  ['half a head, and hangs up', (socket: Socket) => socket.end(head)],
])('an endpoint that answers %s has failed', async (_, answer) => {
  expect(await postTo(answer, false)).toEqual({ kind: 'failed', reason: 'connection-failed' })
})

it.each([
  ['nothing', () => {}],
  ['half a head', (socket: Socket) => socket.write(head)],
])('an endpoint that answers %s and no more is waited for 20 s', async (_, answer) => {
  expect(await postTo(answer, true)).toEqual({ kind: 'failed', reason: 'timeout' })
})

/** Begins an answer and waits until it is heard. */
function begin(socket: Socket) {
  const heard = new Promise<unknown>((resolve) => subscribe('http.client.response.finish', resolve))
  socket.write(`${head}\r\nhalf`)
  return heard
}

it.each([
  ['ends', (socket: Socket) => socket.end()],
  ['is reset', (socket: Socket) => socket.resetAndDestroy()],
])('a connection that %s within the body takes nothing back', async (_, cut) => {
  expect(await postTo((socket) => begin(socket).then(() => cut(socket)), false)).toEqual({
    kind: 'answered',
    status: 200,
    retryAfterMs: null,
  })
})

it('a body that never ends is waited for 20 s', async () => {
  expect(await postTo(begin, true)).toEqual({ kind: 'failed', reason: 'timeout' })
})

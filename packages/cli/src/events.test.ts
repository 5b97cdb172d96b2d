import { describe, expect, it } from 'vitest'
import { follow, readEvents, type ServerEvent } from './events.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
async function* chunks(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield typeof text === 'string' ? bytes(text) : text
}
async function all(events: AsyncIterable<ServerEvent>): Promise<ServerEvent[]> {
  const found: ServerEvent[] = []
  for await (const each of events) found.push(each)
  return found
}
const event = (id: number) => `id: ${id}\nevent: operation\ndata: {"n":${id}}\n\n`
const END = 'event: end\ndata: {"reason":"finished"}\n\n'

describe('events', () => {
  it('are read wherever the bytes are cut', async () => {
    const whole = bytes(`retry: 1000\n\n:\n\n${event(1)}id: 2\ndata: ä\n\nid: 3\ndata: cut off`)
    for (let at = 1; at < whole.length; at += 1) {
      const read = await all(readEvents(chunks(whole.slice(0, at), whole.slice(at))))
      expect(read).toEqual([
        { id: '1', event: 'operation', data: '{"n":1}' },
        { id: '2', event: 'message', data: 'ä' },
      ])
    }
  })

  it('go on after the last one when the connection is cut, anywhere', async () => {
    const asked: string[] = []
    const answers = [
      chunks(event(1), event(2), 'id: 3\nevent: oper'),
      (async function* () {
        yield bytes(event(3))
        throw new TypeError('terminated')
      })(),
      chunks(event(4), END),
    ]
    const open = async (last: string) => {
      asked.push(last)
      return answers.shift() ?? chunks()
    }
    expect((await all(follow(open, 1))).map(({ id }) => id)).toEqual(['1', '2', '3', '4'])
    expect(asked).toEqual(['', '2', '3'])
  })

  it('go on with another token, and end where the right to them was lost', async () => {
    const end = (reason: string) => `event: end\ndata: {"reason":"${reason}"}\n\n`
    const answers = [chunks(event(1), end('token-invalid')), chunks(event(2), end('not-found'))]
    const seen: string[] = []
    const reading = (async () => {
      for await (const { id } of follow(async () => answers.shift() ?? chunks(), 1)) seen.push(id)
    })()
    await expect(reading).rejects.toMatchObject({ slug: 'not-found' })
    expect(seen).toEqual(['1', '2'])
  })

  it('are refused as anything else is', async () => {
    const open = () => Promise.reject(new RangeError('no'))
    await expect(all(follow(open, 1))).rejects.toThrow(RangeError)
  })
})

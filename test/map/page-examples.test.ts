import { describe, expect, it } from 'vitest'
import { examplesIn, filledIn, valueAt, wordsOf } from '../support/page-examples.ts'

const page = [
  '# A page',
  '```text outage.txt',
  'Hello',
  '```',
  '```sh',
  '# a remark',
  'umbel masters            # all of them',
  "umbel master 7 note --text 'one two' \\",
  '  --start',
  '```',
  '<!-- keep: OPERATION=operation.id -->',
  '```sh refused',
  'umbel operation $OPERATION pause',
  '```',
  '```http',
  'POST /v1/operations/$OPERATION/pause',
  '{}',
  '```',
  '```json',
  '{"not": "an example"}',
  '```',
  '',
].join('\n')

describe('the examples of a page', () => {
  it('are commands, requests and files, in order', () => {
    expect(examplesIn(page)).toEqual([
      { kind: 'file', name: 'outage.txt', text: 'Hello\n' },
      { kind: 'command', line: 'umbel masters', refused: false, keep: {} },
      {
        kind: 'command',
        line: "umbel master 7 note --text 'one two'    --start",
        refused: false,
        keep: { OPERATION: 'operation.id' },
      },
      { kind: 'command', line: 'umbel operation $OPERATION pause', refused: true, keep: {} },
      { kind: 'request', method: 'POST', path: '/v1/operations/$OPERATION/pause', body: '{}', keep: {} },
    ])
  })

  it('keep what later ones name, and nothing else can be named', () => {
    const kept = new Map([['OPERATION', 'o-1']])
    expect(wordsOf(`umbel "a $OPERATION" '$B' c`, kept)).toEqual(['umbel', 'a o-1', '$B', 'c'])
    expect(() => filledIn('$HASH', kept)).toThrow('nothing on the page keeps $HASH')
    expect(valueAt({ operation: { id: 'o-1' } }, 'operation.id')).toBe('o-1')
    expect(() => valueAt({}, 'operation.id')).toThrow('nothing at operation.id')
  })
})

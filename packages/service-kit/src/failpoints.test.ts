import { failpoint } from '@umbel/kernel/failpoint'
import { describe, expect, it } from 'vitest'
import { armFromSettings, parseFailpoints } from './failpoints.ts'

describe('failpoints', () => {
  it('are nothing where nobody has armed them', () => {
    expect(failpoint('relay.publish.before')).toBeUndefined()
  })

  it('are read by name, action and visit', () => {
    expect(parseFailpoints('relay.publish.after=kill@3, store.commit.before=delay:50,rpc.answer.before=error')).toEqual(
      [
        { name: 'relay.publish.after', action: 'kill', at: 3, ms: 0 },
        { name: 'store.commit.before', action: 'delay', at: 1, ms: 50 },
        { name: 'rpc.answer.before', action: 'error', at: 1, ms: 0 },
      ],
    )
  })

  it.each(['nowhere=kill', 'store.commit.before', 'store.commit.before=maim', 'store.commit.before=kill@0'])(
    'are refused when misspelt: %s',
    (text) => expect(() => parseFailpoints(text)).toThrow(/UMBEL_FAILPOINTS/),
  )

  it('are refused on a desk that is not built for tests', () => {
    const failpoints = 'store.commit.before=kill'
    expect(() => armFromSettings({ failpoints, testBuild: false })).toThrow(/never on a real desk/)
  })

  it('strike on the visit that was asked for, and only then', async () => {
    armFromSettings({ failpoints: 'rpc.answer.before=error@2', testBuild: true })
    await failpoint('rpc.answer.before')
    await expect(failpoint('rpc.answer.before')).rejects.toMatchObject({ slug: 'failpoint' })
    await failpoint('rpc.answer.before')
    await failpoint('store.commit.before')
  })
})

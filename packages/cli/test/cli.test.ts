import { describe, expect, it } from 'vitest'
import { gateway, master, operation, page, plan, progress, run, runWords, streamed } from './stage.ts'

describe('umbel', () => {
  it('prints masters as an array with what the design names', async () => {
    await using rest = await gateway({ 'GET /v1/masters': [200, page([master])] })
    const { code, out } = await run('masters -o json', rest.url)
    expect(code).toBe(0)
    const { id, number, subject, external, rollup } = master
    expect(JSON.parse(out)).toEqual([{ id, number, subject, external, rollup }])
    expect((await run('masters', rest.url)).out).toContain('Login failures')
  })

  it('prints a plan with the line that runs it, and finds the plan again by its hash', async () => {
    await using rest = await gateway({
      'POST /v1/masters/9/operations': [201, plan],
      'GET /v1/masters/9': [200, master],
      'GET /v1/masters/m-1/operations': [200, page([{ ...operation, id: 'op-0', planHash: 'old' }, operation])],
      'POST /v1/operations/op-1/start': [202, { ...operation, state: 'running' }],
    })
    expect((await run('master 9 close', rest.url)).out).toContain('umbel operation op-1 start --plan abc --confirm 8')
    const started = await run('master 9 close --plan abc --confirm 8', rest.url)
    expect(started).toMatchObject({ code: 0, out: 'op-1 close running: 8 to go\n' })
    expect(await run('master 9 close --plan abc --hold 5', rest.url)).toMatchObject({ code: 4 })
    expect(await run('master 9 close --plan zzz', rest.url)).toMatchObject({ code: 4 })
    expect(rest.asked.filter((path) => path.endsWith('/start'))).toHaveLength(1)
  })

  it('follows an operation in JSON lines off a terminal, and fails where something failed', async () => {
    const id = '0199c1de-0000-7000-8000-000000000001'
    const ended = { ...operation, id, state: 'finished', progress: { ...progress, pending: 0, applied: 7, failed: 1 } }
    await using rest = await gateway({
      'GET /v1/operations': [200, page([ended])],
      [`GET /v1/operations/${id}`]: [200, ended],
      [`GET /v1/operations/${id}/stream`]: [200, streamed({ ...operation, state: 'running' }, ended)],
    })
    for (const line of ['operation 0199C1DE watch', 'operation 0199c1de --watch']) {
      const { code, out } = await run(line, rest.url)
      expect(code).toBe(1)
      const told = out
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text))
      expect(told).toMatchObject([
        { id, state: 'running', applied: 0 },
        { id, state: 'finished', applied: 7, failed: 1 },
      ])
    }
  })

  it('says refusals with their slug', async () => {
    await using rest = await gateway({ 'GET /v1/masters': [403, { slug: 'not-permitted', detail: 'you may not' }] })
    const err = 'umbel: you may not; asked as UMBEL_TOKEN (not-permitted)\n'
    expect(await run('masters', rest.url)).toEqual({ code: 4, out: '', err })
  })

  it.each([
    ['', 2],
    ['--help', 0],
    ['master --help', 0],
    ['nonsense', 2],
    ['master', 2],
    ['master 9 explode', 2],
    ['master 9 broadcast', 2],
    ['master 9 close --hold soon', 2],
    ['masters --colour red', 2],
    ['masters -o yaml', 2],
    ['operation', 2],
    ['operation op-1 explode', 2],
    ['operation op-1 pause now', 2],
    ['operation op-1 start', 2],
    ['operation op-1 approve', 2],
    ['operation op-1 rate', 2],
    ['operation op-1 rate fast', 2],
    ['master 9 set-status', 2],
    ['master 9 close now', 2],
    ['master 9 assign', 2],
    ['master 9 labels', 2],
    ['master 9 close --ids 1 --label x', 2],
    ['master 9 close --text a --file b', 2],
    ['master 9 note --text a --variants de', 2],
    ['webhooks add', 2],
    ['webhooks explode x', 2],
    ['settings', 2],
    ['settings operations --approval-from many', 2],
    ['dlq list --service unknown', 2],
    ['dlq replay', 2],
    ['import incident-log', 2],
    ['import incident-log f.csv --until yesterday', 2],
    ['verify', 2],
    ['masters extra', 2],
    ['operations foo', 2],
    ['doctor now', 2],
    ['demo now', 2],
    ['-o json --help', 0],
    ['record', 2],
    ['record explode op-1', 2],
    ['record verify zz', 2],
    ['operation 0199c1d cancel', 2],
    ['master 9 close --watch', 2],
    ['verify incident-log nope.csv', 2],
    ['verify incident-log nope.csv.gz', 2],
    ['masters', 3],
  ])('ends `%s` with %i', async (line, code) => {
    const { code: ended, err } = await run(line, 'http://127.0.0.1:1', { KAFKA_BROKERS: '127.0.0.1:1' })
    expect(ended).toBe(code)
    if (code > 1 && line !== '') expect(err).toMatch(/^umbel: /)
  })

  it.each([
    [['operation', '', 'cancel'], '"" names no operation'],
    [['master', ''], 'umbel master N'],
    [['master', '9', 'close', '--override', ' '], '--override takes the reason why'],
    [['operation', '0199c1de', 'cancle'], 'it takes show, watch, plan, approve'],
  ])('refuses %j before it asks anybody', async (words, why) => {
    await using rest = await gateway({ 'GET /v1/operations': [200, page([operation])] })
    const { code, err } = await runWords(words, rest.url)
    expect([code, rest.asked]).toEqual([2, []])
    expect(err).toContain(why)
  })

  it('takes options that hold everywhere also before the command', async () => {
    await using rest = await gateway({ 'GET /v1/masters': [200, page([master])] })
    const before = await run('-o json --workspace demo masters', rest.url)
    expect(before).toEqual(await run('masters -o json', rest.url))
    expect(before.code).toBe(0)
    expect((await run('-o json', rest.url)).code).toBe(2)
  })
})

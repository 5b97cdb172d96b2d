import { describe, expect, it } from 'vitest'
import { gateway, operation, page, plan, run, streamed } from './stage.ts'

describe('what a line plans', () => {
  it.each([
    ['set-status pending', { kind: 'set_status', target: 'all', status: 'pending' }],
    ['set-priority high --ids 1,#2', { kind: 'set_priority', target: { ids: ['1', '#2'] }, priority: 'high' }],
    ['assign --assignee none --group g-1', { kind: 'assign', target: 'all', assignee: null, group: 'g-1' }],
    ['labels --add a,b --remove c', { kind: 'labels', target: 'all', addLabels: ['a', 'b'], removeLabels: ['c'] }],
    [
      'note --text hi --status open,new --label vip --customer c --project p --sla at_risk',
      {
        kind: 'note',
        target: {
          filter: { status: ['open', 'new'], label: ['vip'], customer: ['c'], project: ['p'], sla: ['at_risk'] },
        },
        text: 'hi',
      },
    ],
    [
      'close --include-replied --confirm-days 3 --hold 5 --rate 60',
      { kind: 'close', target: 'all', includeReplied: true, confirmToCloseDays: 3, holdSeconds: 5, rate: 60 },
    ],
    ['catch-up all', { kind: 'catch_up', target: 'all', missed: 'all' }],
    [
      'broadcast --text hi --override checked --start',
      { kind: 'broadcast', target: 'all', text: 'hi', overrideReason: 'checked', start: true },
    ],
  ])('%s', async (line, body) => {
    await using rest = await gateway({ 'POST /v1/masters/9/operations': [201, plan] })
    expect((await run(`master 9 ${line}`, rest.url)).code).toBe(0)
    expect(rest.bodies).toEqual([body])
    expect(rest.asked).toHaveLength(1)
  })
})

describe('a plan', () => {
  const finding = {
    kind: 'leak',
    field: 'text',
    message: 'names Ana, of another child',
    blocks: true,
    ticketNumbers: [7],
  }
  const told = {
    ...plan,
    previews: [{ ticketNumber: 4, locale: 'de', text: 'Hallo Ben,\nes geht wieder.' }],
    findings: [{ ...finding, blocks: false }],
    operation: { ...operation, needsApproval: true, findings: [{ ...finding, blocks: false }] },
  }

  it('is printed with what people will read, what was found, and every command that starts it', async () => {
    await using rest = await gateway({ 'POST /v1/masters/9/operations': [201, told] })
    const { out } = await run('master 9 close', rest.url)
    expect(out).toContain('#4 will read (de):\n  Hallo Ben,\n  es geht wieder.')
    expect(out).toContain('look: names Ana, of another child (#7)')
    expect(out).toContain('… and 8 more: umbel operation op-1 items')
    expect(out).toContain('umbel operation op-1 approve --plan abc')
    expect(out).toContain('umbel operation op-1 start --plan abc --confirm 8')
    expect(JSON.parse((await run('master 9 close -o json', rest.url)).out)).toEqual(told)
  })

  it('that cannot start says so in place of a command', async () => {
    const blocked = { ...plan, findings: [finding], operation: { ...operation, findings: [finding] } }
    await using rest = await gateway({ 'POST /v1/masters/9/operations': [201, blocked] })
    const { out } = await run('master 9 close', rest.url)
    expect(out).toContain('BLOCKS: names Ana')
    expect(out).toContain('--override REASON')
    expect(out).not.toContain('--confirm')
  })

  it('that started at once is followed', async () => {
    const running = { ...operation, state: 'running' }
    await using rest = await gateway({
      'POST /v1/masters/9/operations': [201, { ...plan, operation: running }],
      'GET /v1/operations/op-1/stream': [200, streamed(running)],
    })
    const { code, out } = await run('master 9 set-status open --start --watch', rest.url)
    expect([code, JSON.parse(out)]).toMatchObject([0, { state: 'running' }])
  })
})

describe('an operation', () => {
  const id = '0199c1de-0000-7000-8000-000000000001'
  const its = { ...operation, id }

  it.each([
    ['approve --plan abc', 'approve', its, { planHash: 'abc' }],
    ['start --plan abc --confirm 8', 'start', its, { planHash: 'abc', confirm: 8 }],
    ['pause', 'pause', its, undefined],
    ['resume', 'resume', its, undefined],
    ['cancel', 'cancel', { operation: its, complete: true }, undefined],
    ['rate 600', 'rate', its, { childrenPerMinute: 600 }],
    ['retry-failed', 'retry-failed', { operation: its, children: 1, notifications: 2 }, undefined],
    ['undo', 'undo', { ...plan, operation: its }, undefined],
  ])('is told to %s', async (line, path, answer, body) => {
    await using rest = await gateway({ [`POST /v1/operations/${id}/${path}`]: [200, answer] })
    const { code, out } = await run(`operation ${id} ${line}`, rest.url)
    expect(code).toBe(0)
    expect(out).toContain(id)
    expect(rest.bodies).toEqual(body === undefined ? [] : [body])
  })

  it('shows its plan again, and its items as a table, as JSON and as the file', async () => {
    const item = {
      seq: 1,
      ticketNumber: 4,
      state: 'skipped',
      reason: 'ticket-closed',
      before: 'closed',
      after: '',
      moved: true,
      notification: null,
      notificationReason: null,
    }
    const csv = 'seq,ticketId\r\n1,ä\r\n'
    await using rest = await gateway({
      [`GET /v1/operations/${id}`]: [200, { ...its, queuePosition: 2, state: 'queued' }],
      [`GET /v1/operations/${id}/items`]: [200, page([item])],
      [`GET /v1/operations/${id}/items.csv`]: [200, csv],
    })
    expect((await run(`operation ${id}`, rest.url)).out).toContain('queued (number 2 in the queue)')
    expect((await run(`operation ${id} plan`, rest.url)).out).toContain('ticket-closed')
    expect((await run(`operation ${id} items`, rest.url)).out).toMatch(/#4 +skipped +closed .*ticket-closed +moved/)
    expect(JSON.parse((await run(`operation ${id} items -o json`, rest.url)).out)).toEqual([item])
    expect((await run(`operation ${id} items --csv`, rest.url)).out).toBe(csv)
  })
})

describe('who decides about an operation', () => {
  const id = '0199c1de-0000-7000-8000-000000000001'
  const agents = [
    { id: 'a-1', name: 'Ana' },
    { id: 'a-2', name: 'Ben' },
  ]
  const waiting = {
    ...operation,
    id,
    text: 'Hello {{requester.name | there}},\nit works \u001b[2J again.',
    variants: [{ locale: 'de', text: 'Guten Tag' }],
    needsApproval: true,
    plannedBy: 'a-1',
    plannedAt: '2026-03-01T12:00:00.000Z',
    findings: [{ kind: 'leak', field: 'text', message: 'names Ana', blocks: false, ticketNumbers: [7] }],
    overrideReason: 'she agreed',
  }
  const texts = [
    'planned by Ana at 2026-03-01T12:00:00.000Z',
    'text:\n  Hello {{requester.name | there}},\n  it works  [2J again.\ntext (de):\n  Guten Tag',
    'look: names Ana (#7)\noverridden: she agreed',
  ]

  it('reads the text, who planned it and what was found', async () => {
    await using rest = await gateway({
      [`GET /v1/operations/${id}`]: [200, waiting],
      [`GET /v1/operations/${id}/items`]: [200, page([])],
      'GET /v1/directory/agents': [200, page(agents)],
    })
    const shown = await run(`operation ${id}`, rest.url)
    expect(shown.out).toContain(`${id} close planned, awaiting approval: 8 to go\n`)
    const planned = await run(`operation ${id} plan`, rest.url)
    expect(planned.out).toContain(`somebody else approves it: umbel operation ${id} approve --plan abc`)
    for (const text of texts) for (const { out } of [shown, planned]) expect(out).toContain(text)
  })

  it('is told that it is approved, by id where the directory is not to be had', async () => {
    const approved = { ...waiting, approvedBy: 'a-2' }
    for (const [directory, by] of [
      [[200, page(agents)], 'Ben'],
      [[503, {}], 'a-2'],
    ] as const) {
      await using rest = await gateway({
        [`POST /v1/operations/${id}/approve`]: [200, approved],
        'GET /v1/directory/agents': directory,
      })
      const { code, out } = await run(`operation ${id} approve --plan abc`, rest.url)
      expect([code, out]).toEqual([0, `${id} close planned, approved by ${by}: 8 to go\n`])
    }
  })

  it('sees until when it holds, at which pace it goes and who started it', async () => {
    const [holdEndsAt, acceptedAt] = ['2026-03-01T12:05:15.000Z', '2026-03-01T12:05:00.000Z']
    const holding = {
      ...waiting,
      state: 'holding',
      approvedBy: 'a-2',
      startedBy: 'a-1',
      acceptedAt,
      holdEndsAt,
      rate: 600,
    }
    await using rest = await gateway({
      [`GET /v1/operations/${id}`]: [200, holding],
      'GET /v1/directory/agents': [200, page(agents)],
    })
    const { out } = await run(`operation ${id}`, rest.url)
    expect(out).toContain(`holding until ${holdEndsAt}, 600 a minute: 8 to go`)
    expect(out).toContain(`approved by Ben\nstarted by Ana at ${acceptedAt}`)
  })

  it('finds who did what in the record, by the beginning of the id', async () => {
    const entry = (seq: number, what: string, actorId: string | null, content: object = {}) => ({
      seq,
      what,
      actorId,
      at: `2026-03-01T12:0${seq}:00.000Z`,
      content: JSON.stringify(content),
      previousHash: '',
      hash: '',
      leaves: [],
    })
    const entries = [
      entry(1, 'planned', 'a-1'),
      entry(2, 'rate', 'a-2', { standing: { rate: 60 } }),
      entry(3, 'page', null),
      entry(4, 'finished', null),
    ]
    await using rest = await gateway({
      'GET /v1/operations': [200, page([waiting])],
      [`GET /v1/operations/${id}`]: [200, waiting],
      [`GET /v1/operations/${id}/record`]: [200, page(entries)],
      'GET /v1/directory/agents': [200, page(agents)],
    })
    const { code, out } = await run('record show 0199c1de', rest.url)
    expect(code).toBe(0)
    expect(out.split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
      'at what by',
      '2026-03-01T12:01:00.000Z planned Ana',
      '2026-03-01T12:02:00.000Z rate 60 Ben',
      '2026-03-01T12:04:00.000Z finished Umbel',
      '',
    ])
    expect(JSON.parse((await run('record verify 0199c1de -o json', rest.url)).out)).toMatchObject({ operation: id })
  })
})

describe('a workspace', () => {
  it('shows and changes how it runs its operations', async () => {
    await using rest = await gateway({
      'GET /v1/settings/operations': [200, { approvalFrom: 0, retentionDays: 90 }],
      'PUT /v1/settings/operations': [200, { approvalFrom: 500, retentionDays: 90 }],
    })
    expect((await run('settings operations', rest.url)).out).toContain('kept 90 days')
    const { out } = await run('settings operations --approval-from 500', rest.url)
    expect(out).toContain('500 children')
    expect(rest.bodies).toEqual([{ approvalFrom: 500, retentionDays: 90 }])
  })

  it('keeps its webhooks', async () => {
    const webhook = {
      id: 'w-1',
      url: 'https://x.example',
      types: ['ticket.changed'],
      state: 'enabled',
      description: 'a',
      signature: 'hmac',
      publicKey: null,
    }
    await using rest = await gateway({
      'GET /v1/webhooks': [200, page([webhook])],
      'POST /v1/webhooks': [201, { ...webhook, secret: 'whsec_1' }],
      'PUT /v1/webhooks/w-1': [200, { ...webhook, state: 'disabled' }],
      'POST /v1/webhooks/w-1/rotate': [200, { secret: 'whsec_2', publicKey: null, oldSecretEndsAt: null }],
      'POST /v1/webhooks/w-2/rotate': [200, { secret: null, publicKey: 'whpk_3', oldSecretEndsAt: null }],
      'DELETE /v1/webhooks/w-1': [200, { removed: true }],
    })
    expect((await run('webhooks', rest.url)).out).toContain('https://x.example')
    expect((await run('webhooks add https://x.example --types ticket.changed', rest.url)).out).toContain('whsec_1')
    expect((await run('webhooks disable w-1', rest.url)).out).toBe('w-1 disabled\n')
    expect((await run('webhooks rotate w-1', rest.url)).out).toContain('whsec_2')
    expect((await run('webhooks rotate w-2 --signature ed25519', rest.url)).out).toContain('public key whpk_3')
    expect((await run('webhooks remove w-1', rest.url)).code).toBe(0)
    const { url, types, description } = webhook
    expect(rest.bodies).toEqual([
      { url, types },
      { url, types, description, state: 'disabled' },
      {},
      { signature: 'ed25519' },
    ])
  })
})

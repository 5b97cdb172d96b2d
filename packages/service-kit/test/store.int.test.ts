import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger } from '../src/index.ts'
import { answerOnce, assertAppRole, auditCatalog, type Database, openDatabase } from '../src/store/index.ts'
import { openApp, sampleDatabase } from './fixture.ts'

const write = (workspaceId: string, key: string, digest = 'same') => ({
  workspaceId,
  actorId: 'ada',
  rpc: 'AddNote',
  key,
  digest: Buffer.from(digest),
})

describe('store', () => {
  let sample: Awaited<ReturnType<typeof sampleDatabase>>
  let one: Database
  beforeAll(async () => {
    sample = await sampleDatabase()
    one = openApp(sample.urls.app, 1)
  })
  afterAll(async () => {
    await one[Symbol.asyncDispose]()
    await sample[Symbol.asyncDispose]()
  })
  const addNote = (workspaceId: string, id: number, text: string) =>
    one.withWorkspace(workspaceId, (trx) =>
      trx.raw('insert into note (workspace_id, id, text) values (?, ?, ?)', [workspaceId, id, text]),
    )
  const notes = async (workspaceId: string) => {
    const { rows } = await one.withWorkspace(workspaceId, (trx) =>
      trx.raw<{ rows: { text: string }[] }>('select text from note'),
    )
    return rows.map(({ text }) => text)
  }
  const asAdmin = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: sample.adminUrl })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  it('keeps many workspaces apart on one connection, also after aborted transactions', async () => {
    const workspaces = Array.from({ length: 200 }, newId)
    for (const [at, workspace] of workspaces.entries()) {
      await addNote(workspace, at, workspace)
      if (at % 3 === 0) await expect(addNote(workspace, at, 'again')).rejects.toThrow(/duplicate/)
    }
    for (const workspace of workspaces) expect(await notes(workspace)).toEqual([workspace])
  })

  it('shows nothing where no workspace was entered, and takes no row of another', async () => {
    const [mine, other] = [newId(), newId()]
    await addNote(mine, 1, 'mine')
    const bare = await one.transaction((trx) => trx.raw<{ rows: unknown[] }>('select * from note'))
    expect(bare.rows).toEqual([])
    await expect(
      one.withWorkspace(mine, (trx) => trx.raw('insert into note (workspace_id, id) values (?, 2)', [other])),
    ).rejects.toThrow(/row-level security/)
  })

  it('tells and logs no value of a statement that fails', async () => {
    const [workspace, secret] = [newId(), `canary-${newId()}`]
    await addNote(workspace, 1, workspace)
    const failure = await addNote(workspace, 1, secret).catch((error: unknown) => error)
    expect(String(failure)).toMatch(/duplicate/)
    const cast = await one
      .withWorkspace(workspace, (trx) => trx.raw('select ?::json', [`{"${secret}`]))
      .catch((error: unknown) => error)
    const lines: string[] = []
    const log = createLogger({ service: 'test', level: 'info', write: (line) => lines.push(line) })
    for (const err of [failure, cast]) log.error({ err }, 'it failed')
    expect(lines).toHaveLength(2)
    expect([String(failure), String(cast), ...lines].join()).not.toContain(secret)
  })

  it('lets no frozen process hold rows for good', async () => {
    const { rows } = await one.transaction((trx) =>
      trx.raw<{ rows: object[] }>('show idle_in_transaction_session_timeout'),
    )
    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '5s' }])
  })

  it('answers a repeated key from store, refuses another digest, and stores nothing of a failure', async () => {
    const workspaceId = newId()
    let done = 0
    const work = async () => {
      done += 1
      return Buffer.from(`answer ${done}`)
    }
    const once = (key: string, digest?: string) =>
      one.withWorkspace(workspaceId, (trx) => answerOnce(trx, write(workspaceId, key, digest), work))
    expect(String(await once('k'))).toBe('answer 1')
    expect(String(await once('k'))).toBe('answer 1')
    await expect(once('k', 'other')).rejects.toMatchObject({ slug: 'idempotency-key-reused', kind: 'refused' })
    const failing = one.withWorkspace(workspaceId, (trx) =>
      answerOnce(trx, write(workspaceId, 'f'), () => Promise.reject(new Error('no'))),
    )
    await expect(failing).rejects.toThrow('no')
    expect(String(await once('f'))).toBe('answer 2')
  })

  it('says that the first call is still running', async () => {
    const workspaceId = newId()
    await using two = openApp(sample.urls.app, 2)
    let finish = (_answer: Uint8Array) => {}
    let started = false
    const first = two.withWorkspace(workspaceId, (trx) =>
      answerOnce(trx, write(workspaceId, 'k'), () => {
        started = true
        return new Promise((resolve) => {
          finish = resolve
        })
      }),
    )
    await until(() => started, { what: 'the first call to start' })
    const second = two.withWorkspace(workspaceId, (trx) =>
      answerOnce(trx, write(workspaceId, 'k'), async () => Buffer.from('2')),
    )
    await expect(second).rejects.toMatchObject({ slug: 'idempotency-key-running', kind: 'conflict' })
    finish(Buffer.from('1'))
    expect(String(await first)).toBe('1')
  })

  it('goes on after a migration changed what a prepared statement returns', async () => {
    const workspaceId = newId()
    await addNote(workspaceId, 1, 'kept')
    await using old = openApp(sample.urls.app, 1)
    const read = () =>
      old.withWorkspace(workspaceId, (trx) =>
        trx.raw<{ rows: { text: string }[] }>('select * from note where workspace_id = ?', [workspaceId]),
      )
    expect((await read()).rows).toMatchObject([{ text: 'kept' }])
    await asAdmin((client) => client.query('alter table note add column added text'))
    await expect(read()).rejects.toMatchObject({ kind: 'unavailable' })
    expect((await read()).rows).toMatchObject([{ text: 'kept', added: null }])
  })

  it('refuses to work as owner or superuser', async () => {
    await expect(assertAppRole(one)).resolves.toBeUndefined()
    for (const url of [sample.urls.owner, sample.adminUrl]) {
      await using unbound = openDatabase({ url, applicationName: 'test' })
      await expect(assertAppRole(unbound)).rejects.toMatchObject({ slug: 'role-unbound' })
    }
  })

  it('finds nothing wrong in the catalog, and finds every wall that is pulled down', async () => {
    await asAdmin(async (client) => {
      expect(await auditCatalog(client)).toEqual([])
      const harm = async (sql: string) => {
        await client.query('begin')
        await client.query(sql)
        const breaches = await auditCatalog(client)
        await client.query('rollback')
        return breaches.map(({ table, what }) => `${table}: ${what}`)
      }
      expect(await harm('drop policy of_workspace on note')).toEqual(['note: there is no workspace policy'])
      expect(await harm('alter table note no force row level security')).toEqual([
        'note: row-level security is not forced',
      ])
      expect(await harm('alter table note disable row level security')).toEqual(['note: row-level security is off'])
      expect(await harm('create policy open on note using (true)')).toEqual([
        'note: the policy open opens it to the app',
      ])
      expect(await harm('create unique index note_text on note (text)')).toEqual([
        'note: note_text is not led by workspace_id',
      ])
      expect(await harm('grant select on note to sample_claimer')).toEqual([
        'note: sample_claimer reaches whole rows: grant it columns',
      ])
      expect(
        await harm(
          "alter policy of_workspace on note using (workspace_id::text = current_setting('umbel.workspace_id'))",
        ),
      ).toEqual(['note: the workspace policy has another form'])
      expect(await harm('create table bare (id int primary key)')).toContain(
        'bare: bare_pkey is not led by workspace_id',
      )
    })
  })

  it('tells a database that is away as unavailable', async () => {
    await using away = openApp('postgres://x:y@127.0.0.1:1/none')
    await expect(away.transaction(async () => 1)).rejects.toMatchObject({ kind: 'unavailable', slug: 'database-away' })
  })
})

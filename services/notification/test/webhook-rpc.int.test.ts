import { newId } from '@umbel/kernel/ids'
import { expect, it } from 'vitest'
import { ADMIN, startNotificationWorld } from './world.ts'

const wanted = { url: 'https://hooks.example/in', types: ['ticket.opened'], description: 'ours' }
const key = (name: string, digest = 1) => ({ key: name, digest: new Uint8Array([digest]) })

it('makes an endpoint once for its key, and tells its secret in that answer only', async () => {
  await using world = await startNotificationWorld()
  const { workspaceId, admin } = world
  const made = await admin.putWebhook({ workspaceId, idempotency: key('k'), webhook: wanted })
  const again = await admin.putWebhook({ workspaceId, idempotency: key('k'), webhook: wanted })
  expect(made.secret).toMatch(/^whsec_/)
  expect(again).toEqual(made)
  expect(made.webhook).toMatchObject({ ...wanted, state: 'enabled' })
  await expect(admin.putWebhook({ workspaceId, idempotency: key('k', 2), webhook: wanted })).rejects.toMatchObject({
    slug: 'idempotency-key-reused',
  })
  const { webhooks } = await admin.listWebhooks({ workspaceId })
  expect(webhooks).toEqual([made.webhook])
  const kept = await world.sql<{ text: string }>(
    `select encode(secret, 'escape') || (select encode(answer, 'escape') from idempotency_key) as text from webhook`,
  )
  expect(JSON.stringify(kept)).not.toContain(made.secret)
})

it('changes, rotates and takes away an endpoint, and knows no other', async () => {
  await using world = await startNotificationWorld()
  const { workspaceId, admin } = world
  const { webhook } = await admin.putWebhook({ workspaceId, webhook: wanted })
  const webhookId = webhook?.id ?? ''
  const changed = await admin.putWebhook({ workspaceId, webhook: { ...wanted, id: webhookId, state: 'disabled' } })
  expect([changed.webhook?.state, changed.secret]).toEqual(['disabled', ''])
  const rotated = await admin.rotateWebhookSecret({ workspaceId, webhookId, idempotency: key('r') })
  expect(await admin.rotateWebhookSecret({ workspaceId, webhookId, idempotency: key('r') })).toEqual(rotated)
  const hours = (Number(rotated.oldSecretEndsAt?.seconds) * 1_000 - Date.now()) / 3_600_000
  expect(Math.round(hours)).toBe(24)
  const other = { workspaceId: newId(), webhookId }
  for (const unknown of [other, { workspaceId, webhookId: newId() }, { workspaceId, webhookId: 'x' }]) {
    const asAdmin = { actorId: ADMIN }
    await expect(world.rpc.deleteWebhook(unknown, asAdmin)).rejects.toMatchObject({ slug: 'not-found' })
    await expect(world.rpc.rotateWebhookSecret(unknown, asAdmin)).rejects.toMatchObject({ slug: 'not-found' })
  }
  await admin.deleteWebhook({ workspaceId, webhookId })
  expect((await admin.listWebhooks({ workspaceId })).webhooks).toEqual([])
})

it('tells the public key of an endpoint that is signed for by ed25519, and its private key to nobody', async () => {
  await using world = await startNotificationWorld()
  const { workspaceId, admin } = world
  const asked = { workspaceId, idempotency: key('e'), webhook: { ...wanted, signature: 'ed25519' } }
  const made = await admin.putWebhook(asked)
  expect(await admin.putWebhook(asked)).toEqual(made)
  expect(made).toMatchObject({ secret: '', webhook: { signature: 'ed25519' } })
  expect(made.webhook?.publicKey).toMatch(/^whpk_/)
  const webhookId = made.webhook?.id ?? ''
  const changed = await admin.putWebhook({ workspaceId, webhook: { ...wanted, id: webhookId, description: 'still' } })
  expect(changed).toMatchObject({ secret: '', webhook: { signature: 'ed25519', publicKey: made.webhook?.publicKey } })
  const rotated = await admin.rotateWebhookSecret({ workspaceId, webhookId })
  expect([rotated.secret, rotated.publicKey === made.webhook?.publicKey]).toEqual(['', false])
  const listed = async () => (await admin.listWebhooks({ workspaceId })).webhooks
  expect(await listed()).toMatchObject([{ signature: 'ed25519', publicKey: rotated.publicKey }])
  const kept = await world.sql<{ text: string }>("select encode(secret || old_secret, 'escape') as text from webhook")
  expect(kept[0]?.text).not.toContain('whsk_')
  const shared = await admin.rotateWebhookSecret({ workspaceId, webhookId, signature: 'hmac' })
  expect([shared.secret.slice(0, 6), shared.publicKey]).toEqual(['whsec_', ''])
  expect(await listed()).toMatchObject([{ signature: 'hmac', publicKey: '' }])
})

it('knows no other signatures, and changes those of an endpoint by a rotation only', async () => {
  await using world = await startNotificationWorld()
  const { workspaceId, admin } = world
  const unknown = { kind: 'invalid', slug: 'webhook-signature-unknown', field: 'signature' }
  const { webhook } = await admin.putWebhook({ workspaceId, webhook: wanted })
  const webhookId = webhook?.id ?? ''
  for (const signature of ['rsa', 'HMAC', 'v1a']) {
    await expect(admin.putWebhook({ workspaceId, webhook: { ...wanted, signature } })).rejects.toMatchObject(unknown)
    await expect(admin.rotateWebhookSecret({ workspaceId, webhookId, signature })).rejects.toMatchObject(unknown)
  }
  await expect(
    admin.putWebhook({
      workspaceId,
      webhook: { ...wanted, id: webhookId, url: 'https://x.example', signature: 'ed25519' },
    }),
  ).rejects.toMatchObject({ kind: 'refused', slug: 'webhook-signature-stands', field: 'signature' })
  expect((await admin.listWebhooks({ workspaceId })).webhooks).toEqual([webhook])
})

it('takes no endpoint that is malformed, and none inside where that is not allowed', async () => {
  await using world = await startNotificationWorld(undefined, { webhooksInside: false })
  const { workspaceId, admin } = world
  const urls = [
    '',
    'nonsense',
    'ftp://x.example',
    'http://hooks.example',
    'https://a:b@x.example',
    'https://x.example/#a',
  ]
  const inside = [
    'https://127.0.0.1',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254',
  ]
  for (const url of [...urls, ...inside])
    await expect(admin.putWebhook({ workspaceId, webhook: { ...wanted, url } })).rejects.toMatchObject({
      slug: 'webhook-url-refused',
    })
  await expect(admin.putWebhook({ workspaceId, webhook: { ...wanted, types: ['x'] } })).rejects.toMatchObject({
    slug: 'webhook-type-unknown',
  })
  await expect(admin.putWebhook({ workspaceId, webhook: { ...wanted, state: 'gone' } })).rejects.toMatchObject({
    slug: 'webhook-state-unknown',
  })
  expect((await admin.listWebhooks({ workspaceId })).webhooks).toEqual([])
})

it('lets nobody but admins near endpoints and suppressed addresses', async () => {
  await using world = await startNotificationWorld()
  const { workspaceId } = world
  for (const caller of [world.agent, world.rpc]) {
    const tries = [
      caller.putWebhook({ workspaceId, webhook: wanted }),
      caller.listWebhooks({ workspaceId }),
      caller.deleteWebhook({ workspaceId, webhookId: newId() }),
      caller.rotateWebhookSecret({ workspaceId, webhookId: newId() }),
      caller.listSuppressions({ workspaceId }),
      caller.deleteSuppression({ workspaceId, address: 'a@x.example' }),
    ]
    for (const one of tries) await expect(one).rejects.toMatchObject({ kind: 'forbidden' })
  }
})

it('lists suppressed addresses in pages and lets one have mail again', async () => {
  await using world = await startNotificationWorld()
  const { workspaceId, admin } = world
  await world.sql(
    `insert into suppression (workspace_id, address, reason) select $1, n || '@x.example', 'hard-bounce'
       from unnest(array['a', 'b', 'c']) n`,
    [workspaceId],
  )
  const first = await admin.listSuppressions({ workspaceId, pageSize: 2 })
  const rest = await admin.listSuppressions({ workspaceId, pageSize: 2, pageToken: first.nextPageToken })
  expect([...first.suppressions, ...rest.suppressions].map(({ address }) => address)).toEqual([
    'a@x.example',
    'b@x.example',
    'c@x.example',
  ])
  expect(rest.nextPageToken).toBe('')
  await admin.deleteSuppression({ workspaceId, address: 'B@x.example' })
  await expect(admin.deleteSuppression({ workspaceId, address: 'b@x.example' })).rejects.toMatchObject({
    slug: 'not-found',
  })
  await expect(admin.listSuppressions({ workspaceId, pageToken: 'not ours' })).rejects.toMatchObject({
    slug: 'bad-page-token',
  })
})

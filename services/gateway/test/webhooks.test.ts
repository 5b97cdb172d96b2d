import { create, type MessageInitShape } from '@bufbuild/protobuf'
import {
  type PutWebhookRequestSchema,
  PutWebhookResponseSchema,
  type RotateWebhookSecretRequestSchema,
  RotateWebhookSecretResponseSchema,
} from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { expect, it } from 'vitest'
import { peer, startDesk } from './world.ts'

const id = newId()
const url = 'https://hooks.example/in'
const publicKey = 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4='

it('adds an endpoint by either signature, and tells a secret or a public key, never both', async () => {
  const asked: (string | undefined)[] = []
  await using desk = await startDesk({
    notification: peer('notification', {
      putWebhook: async ({ webhook }: MessageInitShape<typeof PutWebhookRequestSchema>) => {
        asked.push(webhook?.signature)
        const told = webhook?.signature === 'ed25519' ? { publicKey } : { signature: 'hmac' }
        const secret = told.publicKey ? '' : 'whsec_1'
        return create(PutWebhookResponseSchema, { webhook: { ...webhook, id, ...told }, secret })
      },
    }),
  })
  const add = async (body: object) => (await desk.ask('POST', '/v1/webhooks', { body })).json
  expect(await add({ url })).toMatchObject({ id, signature: 'hmac', secret: 'whsec_1', publicKey: null })
  expect(await add({ url, signature: 'ed25519' })).toMatchObject({ signature: 'ed25519', secret: null, publicKey })
  const replaced = await desk.ask('PUT', `/v1/webhooks/${id}`, { body: { url } })
  expect(replaced.json).not.toHaveProperty('secret')
  expect(asked).toEqual(['', 'ed25519', ''])
})

it('rotates to the signature that is asked for, or to none in particular', async () => {
  const asked: (string | undefined)[] = []
  await using desk = await startDesk({
    notification: peer('notification', {
      rotateWebhookSecret: async ({ signature }: MessageInitShape<typeof RotateWebhookSecretRequestSchema>) => {
        asked.push(signature)
        return create(RotateWebhookSecretResponseSchema, signature ? { publicKey } : { secret: 'whsec_2' })
      },
    }),
  })
  const path = `/v1/webhooks/${id}/rotate`
  expect((await desk.ask('POST', path)).json).toMatchObject({ secret: 'whsec_2', publicKey: null })
  const other = await desk.ask('POST', path, { body: { signature: 'ed25519' } })
  expect(other.json).toMatchObject({ secret: null, publicKey })
  expect(asked).toEqual(['', 'ed25519'])
})

it('names the field of a signature that is not known', async () => {
  await using desk = await startDesk({
    notification: peer('notification', {
      putWebhook: () => Promise.reject(invalid('webhook-signature-unknown', 'no', { field: 'signature' })),
    }),
  })
  const { status, json } = await desk.ask('POST', '/v1/webhooks', { body: { url, signature: 'rsa' } })
  expect([status, JSON.stringify(json)]).toEqual([400, expect.stringMatching(/webhook-signature-unknown.*"signature"/)])
})

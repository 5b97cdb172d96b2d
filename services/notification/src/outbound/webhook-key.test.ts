import { createPublicKey, verify } from 'node:crypto'
import { expect, it } from 'vitest'
import { makeKey, signBy } from './webhook-key.ts'

// the reference vector of `v1a` in the server that the specification came from (svix-webhooks, worker.rs); checked
// apart from this code
const SECRET = 'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=='
const PUBLIC = 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4='
const CONTENT = 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
const SIGNATURE = 'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=='

/** By the public key's DER form (RFC 8410), which the code under test does not use. */
function isVerified(publicKey: string, content: string, signature: string): boolean {
  const point = Buffer.from(publicKey.replace(/^whpk_/, ''), 'base64')
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), point])
  const key = createPublicKey({ format: 'der', type: 'spki', key: der })
  return verify(null, Buffer.from(content), key, Buffer.from(signature.replace(/^v1a,/, ''), 'base64'))
}

it('signs the reference vector of ed25519, which its public key verifies', () => {
  expect(signBy(SECRET, CONTENT)).toBe(SIGNATURE)
  expect(isVerified(PUBLIC, CONTENT, SIGNATURE)).toBe(true)
  expect(isVerified(PUBLIC, `${CONTENT} `, SIGNATURE)).toBe(false)
})

it('makes pairs of keys that sign for each other and for nobody else', () => {
  const [made, other] = [makeKey('ed25519'), makeKey('ed25519')]
  expect(made.secret).toMatch(/^whsk_[A-Za-z0-9+/]{86}==$/)
  expect(made.publicKey).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/)
  const signature = signBy(made.secret, 'a.1.{}')
  expect(signature).toMatch(/^v1a,/)
  expect([isVerified(made.publicKey, 'a.1.{}', signature), isVerified(other.publicKey, 'a.1.{}', signature)]).toEqual([
    true,
    false,
  ])
})

it('makes secrets of 32 random bytes', () => {
  const { secret, publicKey } = makeKey('hmac')
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32)
  expect(publicKey).toBe('')
  expect(makeKey('hmac').secret).not.toBe(secret)
  expect(signBy(secret, 'a.1.{}')).toMatch(/^v1,/)
})

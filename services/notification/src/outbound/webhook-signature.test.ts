import { expect, it } from 'vitest'
import { signatureOf } from './webhook-signature.ts'

// the example of the specification's reference libraries; computed apart from this code, by openssl
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
const BODY = '{"test": 2432232314}'

it('signs the example of the specification', () => {
  expect(signatureOf(ID, 1_614_265_330, BODY, [SECRET])).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

it('signs with a shared secret and a private key side by side, each under its version', () => {
  const key = 'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=='
  expect(signatureOf(ID, 1_614_265_330, BODY, [key, SECRET])).toBe(
    'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== ' +
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  )
})

it('signs with every secret that stands, the newest first', () => {
  const [first, second] = signatureOf('m', 1, '{}', ['whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', SECRET]).split(' ')
  expect([first, second]).toEqual([
    signatureOf('m', 1, '{}', ['whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']),
    signatureOf('m', 1, '{}', [SECRET]),
  ])
})

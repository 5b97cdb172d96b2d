import { expect, it } from 'vitest'
import { decideBounce, type MailedTo, type RecipientReport } from './bounce.ts'

const to: MailedTo = { address: 'c@customer.example', ccAddresses: [] }
const withCc: MailedTo = { ...to, ccAddresses: ['boss@customer.example'] }
const said = (action: string, status: string, ...addresses: string[]): RecipientReport => ({
  action,
  status,
  addresses: addresses.length === 0 ? ['c@customer.example'] : addresses,
})
const decide = (mailed: MailedTo, ...recipients: RecipientReport[]) =>
  decideBounce({ kind: 'delivery', recipients }, mailed)

it('tells hard from soft, and a delay from an end', () => {
  expect(decide(to, said('failed', '5.1.1'))).toMatchObject({ kind: 'hard', ended: true, address: to.address })
  expect(decide(to, said('failed', ''))).toMatchObject({ kind: 'hard', ended: true })
  expect(decide(to, said('failed', '4.4.7'))).toMatchObject({ kind: 'soft', ended: true })
  expect(decide(to, said('delayed', '4.4.1'))).toMatchObject({ kind: 'soft', ended: false })
  for (const action of ['delivered', 'relayed', 'expanded', ''])
    expect(decide(to, said(action, '2.0.0'))).toBeUndefined()
})

it('blames no address that the report names alone', () => {
  const forwarded = said('failed', '5.1.1', 'c@elsewhere.example')
  expect(decide(to, forwarded)).toMatchObject({ kind: 'hard', ended: true, address: '' })
  expect(decide({ address: '', ccAddresses: [] }, said('failed', '5.1.1'))).toMatchObject({ ended: true, address: '' })
})

it('does not take what came back from a CC for the recipient’s', () => {
  expect(decide(withCc, said('failed', '5.1.1', 'boss@customer.example'))).toBeUndefined()
  expect(decide(withCc, said('failed', '5.1.1', 'who@knows.example'))).toBeUndefined()
  expect(decide(withCc, said('delayed', '4.0.0', 'boss@customer.example'), said('failed', '5.1.1'))).toMatchObject({
    kind: 'hard',
    address: to.address,
  })
})

it('takes a complaint for the recipient’s where nobody else could have made it', () => {
  const complaint = (addresses: string[], mailed: MailedTo) => decideBounce({ kind: 'complaint', addresses }, mailed)
  expect(complaint([], to)).toMatchObject({ kind: 'complaint', ended: false, address: to.address })
  expect(complaint(['c@customer.example'], withCc)).toMatchObject({ address: to.address })
  expect(complaint([], withCc)).toBeUndefined()
  expect(complaint(['x@y.example'], to)).toMatchObject({ address: '' })
})

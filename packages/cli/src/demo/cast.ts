import { randomBytes } from 'node:crypto'

/** A word that no other text of this run holds. */
export const token = (): string => `t${randomBytes(6).toString('hex')}`

/** One customer of the outage and the words that only this customer's mails may hold. */
export interface Customer {
  readonly subjectId: string
  readonly name: string
  readonly email: string
  readonly company: string
  readonly subject: string
  readonly description: string
  readonly tokens: readonly string[]
}

const firstNames = ['Ana', 'Ben', 'Chloe', 'Dev', 'Elif', 'Femi', 'Gita', 'Hugo'] as const
/** Named as `docs/using/operations.md` gives a customer away, so that its example is found on the demo's master too. */
const NAMED_COMPANY = 'Northwind Traders'
const complaints = [
  'Cannot log in since this morning',
  'Login page shows an error',
  'Locked out after the update',
  'Sign-in loops forever',
  'My team cannot sign in',
  'Password accepted, then kicked out',
  'Two-factor code refused',
  'Single sign-on is broken',
] as const

/** Eight customers of eight companies, every name, address, subject and text marked with words of their own; one company's name is such a word itself. */
export function makeCast(run: string): readonly Customer[] {
  return firstNames.map((first, at) => {
    const [nameToken, mailToken, companyToken, subjectToken, textToken] = [token(), token(), token(), token(), token()]
    const company = at === 0 ? NAMED_COMPANY : `Company ${companyToken}`
    return {
      subjectId: `login-${run}-${at + 1}`,
      name: `${first} ${nameToken}`,
      email: `${first.toLowerCase()}.${mailToken}@${companyToken}.example`,
      company,
      subject: `${complaints[at]} ${subjectToken}`,
      description: `Hello, ${complaints[at]?.toLowerCase()}. Please help. ${textToken}`,
      tokens: [nameToken, mailToken, companyToken, subjectToken, textToken, ...(at === 0 ? [NAMED_COMPANY] : [])],
    }
  })
}

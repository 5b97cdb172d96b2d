import { refuseUnsafeLine } from './characters.ts'
import { invalid } from './errors.ts'

const MOST_CHARACTERS = 500
const UNSEEN = /[\s\p{Default_Ignorable_Code_Point}]/gu
/** A phrase may be as long as its text, where spaces stand between its words. */
const SHOWN_CHARACTERS = 80

const whose: Readonly<Record<string, string>> = {
  requester: 'the name of another requester',
  customer: 'the name of another customer',
  address: 'the address of somebody else',
  domain: "another customer's domain",
  'external-id': "another ticket's id in its source",
  number: "another ticket's number",
}

/** What the leak check found, as people read it; `kind` as in LinkingService/FindLeaks. */
export const leakSentence = ({ kind, phrase }: { readonly kind: string; readonly phrase: string }): string =>
  kind === 'hidden'
    ? 'it names somebody who is hidden from you'
    : `“${shown(phrase)}” is ${whose[kind] ?? 'known of somebody else'}`

function shown(phrase: string): string {
  const said = phrase.replaceAll(/\s+/g, ' ')
  return said.length > SHOWN_CHARACTERS ? `${said.slice(0, SHOWN_CHARACTERS)}…` : said
}

/** Why what the leak check found is said all the same, trimmed; empty: nothing is overridden. */
export function checkOverrideReason(asked: string): string {
  const reason = asked.trim()
  const field = 'override_reason'
  if (reason === '') return ''
  if (reason.replaceAll(UNSEEN, '').length < 3)
    throw invalid('override-reason-too-short', 'say why, in three characters or more', { field })
  if (reason.length > MOST_CHARACTERS)
    throw invalid('override-reason-too-long', `a reason has ${MOST_CHARACTERS} characters at most`, { field })
  refuseUnsafeLine(reason, field)
  return reason
}

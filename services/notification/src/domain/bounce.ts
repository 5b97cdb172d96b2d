import type { SuppressionReason } from './suppression.ts'

/** What a report says of one recipient; addresses are in lower case. */
export interface RecipientReport {
  /** The names that the report has for them: the final one, and the one that the mail was sent to. */
  readonly addresses: readonly string[]
  /** `failed`, `delayed`, `delivered`, `relayed` or `expanded` (RFC 3464 §2.3.3). */
  readonly action: string
  /** RFC 3463: `5.1.1`; empty where it is missing. */
  readonly status: string
}

/** A report about a mail of ours, read. */
export type MailReport =
  | { readonly kind: 'delivery'; readonly recipients: readonly RecipientReport[] }
  /** Somebody called it unwanted (RFC 5965); addresses are often left out. */
  | { readonly kind: 'complaint'; readonly addresses: readonly string[] }

/** Whom the mail goes to as the ticket says now; never an address that only the report names. */
export interface MailedTo {
  /** Lower case; empty where the ticket's requester is another one by now. */
  readonly address: string
  readonly ccAddresses: readonly string[]
}

export type BounceKind = 'hard' | 'soft' | 'complaint'

/** What a report means for the notification that its mail belongs to. */
export interface Bounce {
  readonly kind: BounceKind
  readonly status: string
  /** It will not arrive: nothing tries any more. */
  readonly ended: boolean
  /** The address that the report names and that is the recipient's; empty: the report does not prove it. */
  readonly address: string
}

/** So many soft bounces of different mails in 72 hours suppress an address. */
export const SOFT_LIMIT = 5

/** Undefined: it says nothing bad, or nothing about the recipient. Of several words the worst counts. */
export function decideBounce(report: MailReport, to: MailedTo): Bounce | undefined {
  if (report.kind === 'complaint') return about(report.addresses, to, { kind: 'complaint', status: '', ended: false })
  const found = report.recipients.flatMap(({ addresses, action, status }) => {
    const said = verdict(action, status)
    const bounce = said && about(addresses, to, { ...said, status })
    return bounce ? [bounce] : []
  })
  return found.find(({ kind }) => kind === 'hard') ?? found.find(({ ended }) => ended) ?? found[0]
}

function verdict(action: string, status: string): Pick<Bounce, 'kind' | 'ended'> | undefined {
  if (action === 'failed') return { kind: status.startsWith('4.') ? 'soft' : 'hard', ended: true }
  return action === 'delayed' ? { kind: 'soft', ended: false } : undefined
}

/** A mail with CCs has several who can bounce: who is not named is not meant. */
function about(named: readonly string[], { address, ccAddresses }: MailedTo, bounce: Omit<Bounce, 'address'>) {
  if (address !== '' && named.includes(address)) return { ...bounce, address }
  if (ccAddresses.length > 0) return undefined
  // one who forwards their mail is told of by another name, or by none
  return { ...bounce, address: named.length === 0 ? address : '' }
}

/** `softOf`: how many mails to the address bounced softly of late, this one too. Undefined: it is mailed on. */
export function decideSuppression({ kind, address }: Bounce, softOf: number): SuppressionReason | undefined {
  if (address === '') return undefined
  if (kind === 'hard') return 'hard-bounce'
  if (kind === 'complaint') return 'complaint'
  return softOf >= SOFT_LIMIT ? 'soft-bounces' : undefined
}

/** What agents read on the ticket; undefined: nothing has come to an end. Whose mail it was may have changed since. */
export function noteOf({ kind, status, ended }: Bounce, suppressed: boolean): string | undefined {
  if (!ended && !suppressed) return undefined
  const said = `A mail from this ticket ${happened[kind]}${status === '' ? '' : ` (${status})`}.`
  return suppressed ? `${said} ${NO_MORE}` : said
}

const happened: Readonly<Record<BounceKind, string>> = {
  hard: 'came back for good',
  soft: 'was not taken after several tries',
  complaint: 'was called unwanted by its recipient',
}
const NO_MORE = "Nothing more is mailed to the requester's address until an admin takes it off the suppressions."

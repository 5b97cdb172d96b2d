import { apiFor, type Command, text } from '../command.ts'
import { exitCodes, UsageError } from '../exit.ts'
import { wholeNumber } from '../parse.ts'

const PATH = '/v1/settings/operations'

interface SettingsJson {
  readonly approvalFrom: number
  readonly retentionDays: number
}

/** `umbel settings operations`: how a workspace runs its operations. */
export const settings: Command = {
  usage: [
    'settings operations [--approval-from COUNT] [--retention-days DAYS]        shows them; changes what is named',
  ],
  options: { 'approval-from': { type: 'string' }, 'retention-days': { type: 'string' } },
  run: async (invocation) => {
    const { words, given, output } = invocation
    if (words.length !== 1 || words[0] !== 'operations') throw new UsageError('umbel settings operations')
    const approvalFrom = wholeNumber('approval-from', text(given, 'approval-from'))
    const retentionDays = wholeNumber('retention-days', text(given, 'retention-days'))
    const api = apiFor(invocation)
    const known = await api.get<SettingsJson>(PATH)
    const wanted = {
      approvalFrom: approvalFrom ?? known.approvalFrom,
      retentionDays: retentionDays ?? known.retentionDays,
    }
    const changes = approvalFrom !== undefined || retentionDays !== undefined
    const now = changes ? await api.send<SettingsJson>('PUT', PATH, wanted) : known
    output.result(now, () => settingsText(now))
    return exitCodes.ok
  },
}

const settingsText = ({ approvalFrom, retentionDays }: SettingsJson): string =>
  [
    approvalFrom === 0
      ? 'nobody else has to approve an operation'
      : `a second person approves operations of ${approvalFrom} children and more`,
    `results are kept ${retentionDays} days`,
  ].join('\n')

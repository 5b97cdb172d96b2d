import { type Api, collect } from '../api.ts'
import type { ChildJson, MasterJson } from '../shapes.ts'
import type { Customer } from './cast.ts'
import type { CaughtMail } from './mail-catcher.ts'

/** How many words of somebody else stand in what each customer got: mails, whole and decoded, and the thread's public part. */
export async function foreignTokens(
  api: Api,
  cast: readonly Customer[],
  ticketIds: readonly string[],
  secrets: readonly string[],
  mails: readonly CaughtMail[],
): Promise<number> {
  const everyWord = [...cast.flatMap(({ tokens }) => tokens), ...secrets]
  const counts = cast.map(async ({ email, tokens }, at) => {
    const foreign = everyWord.filter((word) => !tokens.includes(word))
    const thread = await collect(api.all<{ public: boolean; text: string }>(`/v1/tickets/${ticketIds[at]}/comments`))
    const texts = [
      ...mails.filter(({ to }) => to === email).map(({ everything }) => everything),
      ...thread.filter((comment) => comment.public).map(({ text }) => text),
    ]
    return texts.reduce((sum, text) => sum + foreign.filter((word) => text.includes(word)).length, 0)
  })
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}

/** How many figures of a master's rollup differ from its children, counted one by one. */
export async function rollupDifferences(api: Api, masterId: string, { rollup }: MasterJson): Promise<number> {
  const children = await collect(api.all<ChildJson>(`/v1/masters/${masterId}/children`))
  const statuses = children.map(({ ticket }) => ticket?.status ?? 'hidden')
  const closed = statuses.filter((status) => status === 'solved' || status === 'closed').length
  const counted: Record<string, number> = { total: children.length, closed, open: children.length - closed }
  for (const status of statuses) counted[status] = (counted[status] ?? 0) + 1
  const { byStatus, ...sums } = rollup.children
  const shown: Record<string, number> = { ...byStatus, ...sums }
  const figures = new Set([...Object.keys(counted), ...Object.keys(shown)])
  return [...figures].filter((figure) => (counted[figure] ?? 0) !== (shown[figure] ?? 0)).length
}

/** Distinct recipients are what counts as delivered; one mail more or less shows. */
export const mailsWith = (mails: readonly CaughtMail[], words: string): number =>
  mails.filter(({ text }) => text.includes(words)).length

import { type AuditRead, type CommentRead, type HistoryLine, type ItemRead, only } from '../history.ts'
import { type Finding, groups, linesOf, type Rule } from './finding.ts'

const RULE = 'one-effect-each'

/** A child that an operation was applied to changed once for each step; one that was skipped did not change. */
export const oneEffectEach: Rule = (history) => {
  const audit = only(history, 'audit').filter(({ operationId, version }) => operationId !== null && version > 0)
  const comments = only(history, 'comment')
  const texts = new Map(only(history, 'operation').map(({ operationId, text }) => [operationId, text]))
  return only(history, 'item').flatMap((item) => {
    const changes = audit.filter((entry) => entry.operationId === item.operationId && entry.ticketId === item.ticketId)
    const text = texts.get(item.operationId) ?? ''
    const said = comments.filter(
      (comment) => text !== '' && comment.text === text && comment.ticketId === item.ticketId,
    )
    return [...changesOf(item, changes), ...(text === '' ? [] : commentsOf(item, said))]
  })
}

function changesOf(item: HistoryLine<ItemRead>, changes: readonly HistoryLine<AuditRead>[]): Finding[] {
  if (item.state !== 'applied')
    return changes.length === 0 ? [] : [doubled(item, `${item.state}, and changed all the same`, changes)]
  if (changes.length === 0) return [missing(item, 'applied, and nothing changed')]
  return groups(changes, ({ step }) => String(step))
    .filter(([, same]) => same.length > 1)
    .map(([step, same]) => doubled(item, `changed ${same.length} times by step ${step}: ${versionsOf(same)}`, same))
}

function commentsOf(item: HistoryLine<ItemRead>, said: readonly HistoryLine<CommentRead>[]): Finding[] {
  if (item.state === 'applied' && said.length === 0) return [missing(item, 'applied, and the text is not there')]
  const most = item.state === 'applied' ? 1 : 0
  if (said.length <= most) return []
  const ids = said.map(({ commentId, version }) => `comment ${commentId} (version ${version})`).join(' and ')
  return [doubled(item, `${item.state}, and the text stands there ${said.length} times: ${ids}`, said)]
}

const versionsOf = (entries: readonly AuditRead[]) =>
  entries.map(({ entryId, version }) => `audit entry ${entryId} (version ${version})`).join(' and ')

const doubled = (item: HistoryLine<ItemRead>, what: string, lines: readonly HistoryLine[]): Finding => ({
  counter: 'doubled',
  rule: RULE,
  what,
  operationId: item.operationId,
  ticketId: item.ticketId,
  lines: linesOf([item, ...lines]),
})

const missing = (item: HistoryLine<ItemRead>, what: string): Finding => ({
  ...doubled(item, what, []),
  counter: 'lost',
})

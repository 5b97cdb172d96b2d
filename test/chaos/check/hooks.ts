import { only } from '../history.ts'
import { type Finding, groups, linesOf, type Rule } from './finding.ts'

const RULE = 'one-hook-each'

/** An endpoint hears of each comment of an operation; more than once only under the same webhook-id. */
export const oneHookEach: Rule = (history) => {
  if (only(history, 'endpoint').length === 0) return []
  const hooks = new Map(groups(only(history, 'hook'), ({ commentId }) => commentId))
  const texts = new Map(only(history, 'operation').map(({ operationId, text }) => [text, operationId]))
  return only(history, 'comment').flatMap(({ commentId, ticketId, text, line }): Finding[] => {
    const operationId = texts.get(text)
    if (operationId === undefined) return []
    const came = hooks.get(commentId) ?? []
    const finding = { rule: RULE, operationId, ticketId }
    if (came.length === 0) return [{ ...finding, counter: 'lost', what: 'no endpoint heard of it', lines: [line] }]
    const ids = new Set(came.map(({ webhookId }) => webhookId))
    const what = `told under ${[...ids].join(' and ')}`
    return ids.size === 1 ? [] : [{ ...finding, counter: 'doubled', what, lines: linesOf(came) }]
  })
}

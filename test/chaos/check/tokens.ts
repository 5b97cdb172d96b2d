import { scan } from '@umbel/test-kit'
import { type ChildEvent, type HistoryLine, only } from '../history.ts'
import type { Finding, Rule } from './finding.ts'

/** No child's words stand in another child's mails or thread. */
export const tokensStayHome: Rule = (history) => {
  const children = only(history, 'child')
  const owners = new Map(children.flatMap((child) => child.tokens.map((token) => [token, child] as const)))
  const byEmail = new Map(children.map((child) => [child.email.toLowerCase(), child]))
  const byTicket = new Map(children.map((child) => [child.ticketId, child]))
  const look = (what: string, home: ChildEvent | undefined, text: string, { line }: HistoryLine): Finding[] =>
    scan(text, home?.tokens ?? []).flatMap((token): Finding[] => {
      const owner = owners.get(token)
      if (owner === undefined) return []
      const leak = `${what} of child ${home?.ticketId ?? 'nobody'} holds ${token} of child ${owner.ticketId} (line ${owner.line})`
      return [
        {
          counter: 'foreignTokens',
          rule: 'tokens-stay-home',
          what: leak,
          ticketId: home?.ticketId ?? '',
          lines: [line, owner.line],
        },
      ]
    })
  const operations = only(history, 'operation')
  const operationOf = (text: string) => operations.find((read) => read.text !== '' && text.includes(read.text))
  const named = (findings: readonly Finding[], text: string) => {
    const operationId = operationOf(text)?.operationId
    return findings.map((finding) => (operationId === undefined ? finding : { ...finding, operationId }))
  }
  return [
    ...only(history, 'mail').flatMap((mail) =>
      named(look(`mail ${mail.messageId}`, byEmail.get(mail.to.toLowerCase()), mail.raw, mail), mail.text),
    ),
    ...only(history, 'comment').flatMap((comment) =>
      named(look(`comment ${comment.commentId}`, byTicket.get(comment.ticketId), comment.text, comment), comment.text),
    ),
  ]
}

import type { Metrics } from '@umbel/service-kit'
import type { SendResult } from './domain/attempt.ts'
import type { PostResult } from './domain/webhook-attempt.ts'

/** Counts what mail servers made of our mails. */
export function countMails(metrics: Metrics): (result: SendResult['kind']) => void {
  const mails = metrics.counter('mail_attempts', 'Attempts to send a mail, by what became of them', ['result'])
  return (result) => mails.inc({ result })
}

/** Counts what endpoints made of our messages, by the class of their answers. */
export function countWebhooks(metrics: Metrics): (result: PostResult) => void {
  const posts = metrics.counter('webhook_attempts', 'Attempts to tell an endpoint, by what became of them', ['result'])
  return (result) => {
    if (result.kind === 'not-begun') return
    posts.inc({ result: result.kind === 'answered' ? `${Math.floor(result.status / 100)}xx` : result.reason })
  }
}

import nodemailer from 'nodemailer'
import type { World } from '../world.ts'
import { type Person, wordOf } from './cast.ts'

/** A mail as a customer's program sends it. */
export type Answer = Readonly<Record<'from' | 'to' | 'subject' | 'messageId' | 'inReplyTo' | 'text', string>>

/** Answers the latest mail this customer got, quoting it. */
export async function answerByMail(world: World, customer: Person): Promise<Answer> {
  const mail = world.mailbox.messages().findLast(({ envelope }) => envelope.to.includes(customer.email))
  if (mail === undefined) throw new Error(`${customer.owner} got no mail to answer`)
  const answer = {
    from: `"${customer.says('Customer')}" <${customer.email}>`,
    to: (mail.header('reply-to')[0] ?? '').replace(/^.*<|>.*$/g, ''),
    subject: customer.says('Re: it'),
    messageId: `<${wordOf(customer.says(''))}@customer.example>`,
    inReplyTo: mail.messageId,
    text: `${customer.says('I can wait.')}\n\nOn Monday we wrote:\n> ${mail.text.trim()}\n`,
  }
  await sendAnswer(world, answer)
  return answer
}

export async function sendAnswer(world: World, answer: Answer): Promise<void> {
  const transport = nodemailer.createTransport(world.replies)
  await transport.sendMail(answer).finally(() => transport.close())
}

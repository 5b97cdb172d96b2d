import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { TicketCommentedSchema } from '@umbel/contracts'
import type { Message } from '@umbel/messaging'
import { upsertMessage } from '../upstream.ts'
import type { Workspace } from '../workspace.ts'
import { type Cast, type Person, wordOf } from './cast.ts'
import { brokenEvents } from './misfortunes.ts'

/** What upstream tells, and the external ids it tells it under. */
export interface UpstreamStory {
  readonly messages: readonly Message[]
  /** External id → whose. */
  readonly subjects: ReadonlyMap<string, string>
  readonly masterSubject: string
}

/** A master and its children, each with a customer of its own, a customer's word and a note; and broken events. */
export function upstreamStory(workspace: Workspace, cast: Cast, { broken = true } = {}): UpstreamStory {
  const masterSubject = `problem-${wordOf(cast.says('key', ''))}`
  const subjects = new Map([[masterSubject, cast.owner('master')]])
  const house = houseOf(cast)
  const messages: Message[] = [masterMessage(workspace, cast, masterSubject)]
  for (const child of cast.children) {
    const subject = `ext-${wordOf(child.says(''))}`
    subjects.set(subject, child.owner)
    messages.push(...childMessages(workspace, cast, child, { subject, masterSubject, house }))
  }
  for (const { subject, message } of broken ? brokenEvents(workspace, cast) : []) {
    subjects.set(subject, cast.owner('poison'))
    messages.push(message)
  }
  return { messages, subjects, masterSubject }
}

/** What the children share. */
function houseOf(cast: Cast) {
  const named = (kind: string) => ({ externalId: `${kind}-1`, name: cast.says('house', kind) })
  const email = `agent.${wordOf(cast.says('house', ''))}@umbel.example`
  return { project: named('project'), group: named('group'), assignee: { ...named('assignee'), email } }
}

const masterMessage = (workspace: Workspace, cast: Cast, subject: string): Message =>
  upsertMessage(workspace, {
    subject,
    sequence: 1,
    ticket: {
      subject: cast.says('master', 'Login failures'),
      status: 2,
      master: true,
      labels: { labels: [cast.says('master', 'label')] },
      fields: { cause: cast.says('master', 'A deployment') },
    },
  })

interface Surroundings {
  readonly subject: string
  readonly masterSubject: string
  readonly house: ReturnType<typeof houseOf>
}

function childMessages(workspace: Workspace, cast: Cast, child: Person, around: Surroundings): Message[] {
  const { subject, masterSubject, house } = around
  const person = { externalId: wordOf(child.says('')), name: child.says('Customer'), email: child.email }
  const opened = upsertMessage(workspace, {
    subject,
    sequence: 1,
    ticket: {
      ...house,
      subject: child.says('Cannot log in'),
      description: child.says('It says no.'),
      status: 2,
      requester: person,
      customer: { externalId: wordOf(child.says('')), name: child.says('Company') },
      labels: { labels: [child.says('label'), cast.says('house', 'label')] },
      fields: { machine: child.says('Machine') },
      primaryMaster: masterSubject,
    },
  })
  const says = (sequence: number, said: Commented) => commented(workspace, subject, sequence, said)
  return [
    opened,
    says(2, { public: true, text: child.says('Any news?'), author: { case: 'requester', value: person } }),
    says(3, {
      public: false,
      text: cast.says('note', 'Seen upstream.'),
      author: { case: 'agent', value: house.assignee },
    }),
  ]
}

type Commented = Omit<MessageInitShape<typeof TicketCommentedSchema>, 'workspaceId' | '$typeName'>

function commented(workspace: Workspace, subject: string, sequence: number, said: Commented): Message {
  const message = upsertMessage(workspace, { subject, sequence, ticket: {} })
  const value = create(TicketCommentedSchema, { ...said, workspaceId: workspace.id })
  return {
    ...message,
    value: toBinary(TicketCommentedSchema, value),
    headers: { ...message.headers, ce_type: 'umbel.ticket.commented.v1' },
  }
}

import type { TicketPriority } from '@umbel/contracts'
import { until } from '@umbel/test-kit'
import type { Master, Rollup } from '../support/shapes.ts'
import { type Upsert, upsertMessage, upstreamBroker } from '../support/upstream.ts'
import type { Workspace } from '../support/workspace.ts'
import type { World } from '../support/world.ts'

export interface ImportFigures {
  readonly events: number
  readonly seconds: number
  readonly eventsPerS: number
}

const MASTERS = 20
const PATIENT = { deadlineMs: 300_000 }
const STEPS = 4
const OPEN = 2
const SOLVED = 5

/** Every event of `tickets` tickets, each opened, changed twice and solved, a tenth of them children of one of 20 masters. */
function events(tickets: number): { readonly upserts: Upsert[]; readonly children: number } {
  const masters = Array.from(
    { length: MASTERS },
    (_, at): Upsert => ({
      subject: `problem:${at}`,
      sequence: 1,
      ticket: { subject: `Problem ${at}`, status: OPEN, master: true },
    }),
  )
  const steps = Array.from({ length: STEPS }, (_, step) =>
    Array.from({ length: tickets }, (_each, at) => stepOf(at, step)),
  )
  return { upserts: [...masters, ...steps.flat()], children: Math.ceil(tickets / 10) }
}

const stepOf = (at: number, step: number): Upsert => ({
  subject: `INC${at}`,
  sequence: step + 1,
  ticket: {
    subject: `Incident ${at}`,
    status: step === STEPS - 1 ? SOLVED : OPEN,
    priority: (1 + ((at + step) % 4)) as TicketPriority,
    requester: {
      externalId: `caller:${at % 500}`,
      name: `Caller ${at % 500}`,
      email: `caller-${at % 500}@import.invalid`,
    },
    customer: { externalId: `location:${at % 50}`, name: `Location ${at % 50}` },
    fields: { step: String(step), category: `category ${at % 40}` },
    ...(at % 10 === 0 ? { primaryMaster: `problem:${(at / 10) % MASTERS}` } : {}),
  },
})

const closedIn = (masters: readonly Master[]): number =>
  masters.reduce((sum, { rollup }) => sum + rollup.children.closed, 0)

const nonEmpty = async <T>(list: Promise<T[]>): Promise<T[] | undefined> => {
  const found = await list
  return found.length > 0 ? found : undefined
}

/** From the first publish until the last rollup is readable. */
export async function measureImport(world: World, workspace: Workspace, tickets: number): Promise<ImportFigures> {
  const { upserts, children } = events(tickets)
  const { admin } = workspace
  const messages = upserts.map((upsert) => upsertMessage(workspace, upsert))
  await using broker = upstreamBroker(world)
  const begun = performance.now()
  for (let at = 0; at < messages.length; at += 1000) await broker.publish(messages.slice(at, at + 1000))
  const [first] = await until(() => nonEmpty(admin.all<Master>('/v1/masters')), { ...PATIENT, what: 'a master' })
  const share = Math.ceil(children / MASTERS)
  // one rollup is asked for until it has nearly all: asking for all of them again and again is work of its own
  await until(async () => (await admin.get<Rollup>(`/v1/masters/${first?.id}/rollup`)).children.closed >= share - 1, {
    ...PATIENT,
    what: `${share} closed children in one rollup`,
  })
  await until(async () => closedIn(await admin.all<Master>('/v1/masters')) === children, {
    ...PATIENT,
    what: `${children} closed children in the rollups`,
  })
  const seconds = (performance.now() - begun) / 1000
  return {
    events: messages.length,
    seconds: Math.round(seconds * 1000) / 1000,
    eventsPerS: Math.round(messages.length / seconds),
  }
}

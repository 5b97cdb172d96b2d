import { until } from '@umbel/test-kit'
import type { Master } from '../support/shapes.ts'
import { type Upsert, upsertMessage, upstreamBroker } from '../support/upstream.ts'
import type { Workspace } from '../support/workspace.ts'
import type { World } from '../support/world.ts'
import { seconds } from './figures.ts'

/** A master with its children in one workspace. */
export interface Population {
  readonly workspace: Workspace
  readonly masterId: string
  readonly children: number
  /** From the first upstream event until the rollup shows every child. */
  readonly linkedS: number
}

const OPEN = 2
const DOMAINS = 200
const CUSTOMERS = 500
const AT_ONCE = 1_000

const childOf = (at: number): Upsert => ({
  subject: `child:${at}`,
  sequence: 1,
  ticket: {
    subject: `Cannot log in, ${at}`,
    status: OPEN,
    requester: {
      externalId: `person:${at}`,
      name: `Person ${at}`,
      email: `person-${at}@company-${at % DOMAINS}.example`,
    },
    customer: { externalId: `company:${at % CUSTOMERS}`, name: `Company ${at % CUSTOMERS}` },
    primaryMaster: 'problem:1',
  },
})

/** Publishes a master and its children as an upstream system would, and waits until the rollup shows them all. */
export async function populate(world: World, workspace: Workspace, children: number): Promise<Population> {
  const master: Upsert = {
    subject: 'problem:1',
    sequence: 1,
    ticket: { subject: 'Login failures after a deployment', status: OPEN, master: true },
  }
  await using broker = upstreamBroker(world)
  const begun = performance.now()
  await broker.publish([upsertMessage(workspace, master)])
  for (let from = 0; from < children; from += AT_ONCE) {
    const upserts = Array.from({ length: Math.min(AT_ONCE, children - from) }, (_, at) => childOf(from + at))
    await broker.publish(upserts.map((upsert) => upsertMessage(workspace, upsert)))
  }
  const found = await until(
    async () =>
      (await workspace.admin.all<Master>('/v1/masters')).find(({ rollup }) => rollup.children.total === children),
    { deadlineMs: 60_000 + children * 10, what: `a master with ${children} children` },
  )
  return { workspace, masterId: found.id, children, linkedS: seconds(performance.now() - begun) }
}

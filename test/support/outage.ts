import { canaryToken, until } from '@umbel/test-kit'
import type { Master } from './shapes.ts'
import { type Upsert, upsertMessage, upstreamBroker } from './upstream.ts'
import type { Workspace } from './workspace.ts'
import type { World } from './world.ts'

/** One child's customer, and the words that stand nowhere but in this customer's own texts. */
export interface OutageChild {
  readonly subject: string
  readonly email: string
  readonly tokens: readonly string[]
}

/** A shared problem as upstream tells it: a master and its children. */
export interface Outage {
  readonly masterId: string
  readonly children: readonly OutageChild[]
}

/** Publishes a master and `count` children with their primary links, and waits until the rollup shows all of them. */
export async function outageOf(world: World, workspace: Workspace, count: number, name = 'outage'): Promise<Outage> {
  const children = Array.from({ length: count }, (_, at) => childOf(name, at))
  const master: Upsert = {
    subject: `problem:${name}`,
    sequence: 1,
    ticket: { subject: `Login failures after deployment ${canaryToken()}`, status: 2, master: true },
  }
  const upserts = [master, ...children.map((child, at) => upsertOf(child, name, at))]
  await using broker = upstreamBroker(world)
  for (let at = 0; at < upserts.length; at += 1000)
    await broker.publish(upserts.slice(at, at + 1000).map((upsert) => upsertMessage(workspace, upsert)))
  const found = await until(
    async () => {
      const masters = await workspace.admin.all<Master>('/v1/masters')
      return masters.find((each) => each.external?.id === master.subject && each.rollup.children.total === count)
    },
    { deadlineMs: 60_000, what: `a master with ${count} children` },
  )
  return { masterId: found.id, children }
}

function childOf(name: string, at: number): OutageChild {
  const tokens = Array.from({ length: 4 }, canaryToken)
  return { subject: `${name}-${at + 1}`, email: `customer-${at + 1}.${tokens[0]}@${tokens[1]}.example`, tokens }
}

const upsertOf = (child: OutageChild, name: string, at: number): Upsert => ({
  subject: child.subject,
  sequence: 1,
  ticket: {
    subject: `Cannot log in ${child.tokens[2]}`,
    status: 2,
    requester: { externalId: `requester-${name}-${at}`, name: `Customer ${child.tokens[3]}`, email: child.email },
    customer: { externalId: `company-${name}-${at % 5}`, name: `Company ${at % 5} of ${name}` },
    primaryMaster: `problem:${name}`,
  },
})

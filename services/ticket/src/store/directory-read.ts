import type { Transaction } from '@umbel/messaging'
import { rows } from '@umbel/service-kit/store'
import type { Agent, AgentRole, Customer, Group, Project, Requester } from '../domain/directory.ts'

export interface AgentEntry extends Agent {
  readonly groupIds: readonly string[]
}

/** A page in id order, after an id. */
export interface PageOf {
  readonly after: string | null
  readonly limit: number
}

export interface DirectoryRead {
  agents(page: PageOf): Promise<readonly AgentEntry[]>
  groups(page: PageOf): Promise<readonly Group[]>
  requesters(page: PageOf): Promise<readonly Requester[]>
  customers(page: PageOf): Promise<readonly Customer[]>
  projects(page: PageOf): Promise<readonly Project[]>
  agent(id: string): Promise<AgentEntry | undefined>
  requester(id: string): Promise<Requester | undefined>
  requesterByEmail(email: string): Promise<Requester | undefined>
}

interface AgentRow {
  readonly id: string
  readonly name: string
  readonly email: string | null
  readonly role: AgentRole
  readonly group_ids: string[]
}
interface RequesterRow {
  readonly id: string
  readonly name: string
  readonly email: string | null
  readonly customer_id: string | null
  readonly locale: string | null
}

const agentColumns = `agent_id as id, name, email, role, array(select m.group_id::text from group_member m
  where m.workspace_id = agent.workspace_id and m.agent_id = agent.agent_id order by m.group_id) as group_ids`
const requesterColumns = 'requester_id as id, name, email, customer_id, locale'

// every statement here: the primary key, but for requester_by_email
export function directoryRead(trx: Transaction, workspaceId: string): DirectoryRead {
  const page = <Row>(columns: string, table: string, key: string, { after, limit }: PageOf) =>
    rows<Row>(
      trx,
      `select ${columns} from ${table} where workspace_id = ? ${after ? `and ${key} > ?` : ''} order by ${key} limit ?`,
      [workspaceId, ...(after ? [after] : []), limit],
    )
  const some = <Row>(columns: string, table: string, condition: string, value: string) =>
    rows<Row>(trx, `select ${columns} from ${table} where workspace_id = ? and ${condition}`, [workspaceId, value])
  const requesters = async (condition: string, value: string) =>
    (await some<RequesterRow>(requesterColumns, 'requester', condition, value)).map(toRequester)[0]
  return {
    agents: async (of) => (await page<AgentRow>(agentColumns, 'agent', 'agent_id', of)).map(toAgent),
    groups: (of) => page<Group>('group_id as id, name, private', 'agent_group', 'group_id', of),
    requesters: async (of) =>
      (await page<RequesterRow>(requesterColumns, 'requester', 'requester_id', of)).map(toRequester),
    customers: (of) => page<Customer>('customer_id as id, name', 'customer', 'customer_id', of),
    projects: (of) => page<Project>('project_id as id, name', 'project', 'project_id', of),
    agent: async (id) => (await some<AgentRow>(agentColumns, 'agent', 'agent_id = ?', id)).map(toAgent)[0],
    requester: (id) => requesters('requester_id = ?', id),
    requesterByEmail: (email) => requesters('lower(email) = lower(?)', email),
  }
}

const toAgent = ({ group_ids: groupIds, ...rest }: AgentRow): AgentEntry => ({ ...rest, groupIds })
const toRequester = ({ customer_id: customerId, ...rest }: RequesterRow): Requester => ({ ...rest, customerId })

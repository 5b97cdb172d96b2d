import { idFrom } from '@umbel/kernel/ids'
import type { Api } from './api.ts'

export interface WorkspaceOptions {
  readonly name?: string
  /** Whether changes from its upstream source may notify customers. */
  readonly notifies?: boolean
}

/** A workspace with one person of each role, signed in. */
export interface Workspace {
  readonly id: string
  readonly slug: string
  readonly source: string
  readonly mailDomain: string
  readonly admin: Api
  readonly agent: Api
  readonly light: Api
}

const people = { admin: 'admin', agent: 'agent', light: 'light_agent' } as const

/** Makes the workspace, or finds it: the same slug twice is the same one. */
export async function makeWorkspace(
  signIn: (username: string) => Promise<Api>,
  slug: string,
  { name = `Desk ${slug}`, notifies = true }: WorkspaceOptions = {},
): Promise<Workspace> {
  const id = idFrom('workspace', slug)
  const source = `/helpdesk/${slug}`
  const mailDomain = `${slug}.umbel.test`
  const operator = await signIn('operator')
  await operator.put(`/v1/workspaces/${slug}`, {
    name,
    mailDomain,
    sources: [{ source, notifies }],
    agents: Object.entries(people).map(([login, role]) => ({
      id: idFrom('agent', id, login),
      name: `${login} of ${slug}`,
      email: `${login}@${mailDomain}`,
      role,
    })),
  })
  const [admin, agent, light] = await Promise.all(Object.keys(people).map((login) => signIn(`${login}@${slug}`)))
  if (!admin || !agent || !light) throw new Error('nobody to sign in')
  return { id, slug, source, mailDomain, admin, agent, light }
}

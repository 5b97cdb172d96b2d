import { idFrom, workspaceIdOf } from '@umbel/kernel/ids'
import { DEV_PASSWORD } from './token-claims.ts'

const SLUG = 'demo'

/** The agents of the demo workspace; each signs in as `<name>@demo`. */
const people = [
  { name: 'admin', fullName: 'Ada Admin', role: 'admin' },
  { name: 'grace', fullName: 'Grace Agent', role: 'agent' },
  { name: 'lee', fullName: 'Lee Light', role: 'light_agent' },
] as const

/** Makes the demo workspace, its agents and its upstream source; doing it again changes nothing. */
export async function seed(api: string, issuer: string): Promise<void> {
  const workspaceId = workspaceIdOf(SLUG)
  const response = await fetch(`${api}/v1/workspaces/${SLUG}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await operatorToken(issuer)}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Umbel Demo',
      mailDomain: 'demo.umbel.test',
      sources: [{ source: `/helpdesk/${SLUG}`, notifies: true }],
      agents: people.map(({ name, fullName, role }) => ({
        id: idFrom('agent', workspaceId, name),
        name: fullName,
        email: `${name}@${SLUG}.umbel.test`,
        role,
      })),
    }),
  })
  if (!response.ok) throw new Error(`the demo workspace could not be made: ${response.status} ${await response.text()}`)
}

async function operatorToken(issuer: string): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'password',
      username: 'operator',
      password: DEV_PASSWORD,
      client_id: 'umbel-cli',
    }),
  })
  if (!response.ok) throw new Error(`the issuer gave no operator token: ${response.status} ${await response.text()}`)
  const { access_token: token } = (await response.json()) as { access_token: string }
  return token
}

import type { Artefact } from '../oracle.ts'
import type { Comment } from '../shapes.ts'
import type { Said } from './api-walk.ts'
import { customerScope, ticketScope } from './cast.ts'
import type { Played } from './story.ts'

/** What the API said to somebody of this workspace. */
export const answerArtefact = ({ path, headers, body }: Said, who: string, played: Played): Artefact => ({
  channel: 'api',
  what: `GET ${path} for ${who}`,
  scope: answerScope(path, played),
  bytes: `${headers}\n\n${body}`,
})

/** Around one ticket, that ticket's words; elsewhere, the workspace's. */
function answerScope(path: string, { cast, owners }: Played): readonly string[] {
  const [, id = ''] = path.match(/^\/v1\/(?:tickets\/|notifications\?.*ticket=)([0-9a-f-]{36})/) ?? []
  const owner = owners.get(id)
  return owner === undefined || owner === cast.owner('master') ? cast.owners : ticketScope(cast, owner)
}

/** The public part of each child's thread: what its customer may see. */
export async function threadArtefacts({ cast, workspace, childIds }: Played): Promise<Artefact[]> {
  const threads = childIds.map(async (id, at): Promise<Artefact> => {
    const comments = await workspace.agent.all<Comment>(`/v1/tickets/${id}/comments`)
    return {
      channel: 'api',
      what: `public thread of ${id}`,
      scope: customerScope(cast, cast.children[at]?.owner ?? ''),
      bytes: JSON.stringify(comments.filter((comment) => comment.public)),
    }
  })
  return Promise.all(threads)
}

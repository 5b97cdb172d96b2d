import type { DirectoryService } from '@umbel/contracts'
import type { RpcClient } from '@umbel/rpc'
import type { Asking, DirectoryNames } from '../commands/ports.ts'

const PAGE = 1_000

type Directory = RpcClient<typeof DirectoryService>

/** How agents and groups are called (DirectoryService/ListDirectory). */
export const directoryNames =
  (directory: Directory): DirectoryNames =>
  async (asking) =>
    new Map([...(await namesOf(directory, asking, 'agents')), ...(await namesOf(directory, asking, 'groups'))])

async function namesOf(directory: Directory, { workspaceId, actorId }: Asking, kind: 'agents' | 'groups') {
  const names: [string, string][] = []
  let pageToken = ''
  do {
    const page = await directory.listDirectory({ workspaceId, kind, pageSize: PAGE, pageToken }, { actorId })
    names.push(...page[kind].map(({ id, name }): [string, string] => [id, name]))
    pageToken = page.nextPageToken
  } while (pageToken !== '')
  return names
}

import type { DirectoryService, ListDirectoryResponse } from '@umbel/contracts'
import { PRIVATE_GROUP } from '@umbel/kernel'
import type { RpcClient } from '@umbel/rpc'
import type { Asking, DirectoryNames } from '../commands/ports.ts'

const PAGE = 1_000

type Directory = RpcClient<typeof DirectoryService>

/**
 * How agents and groups are called (DirectoryService/ListDirectory). Items keep the names, and whoever sees the child
 * later need not be a member of a private group: it is called one, and nothing else.
 */
export const directoryNames =
  (directory: Directory): DirectoryNames =>
  async (asking) => {
    const agents = await listed(directory, asking, 'agents')
    const groups = await listed(directory, asking, 'groups')
    return new Map([
      ...agents.map(({ id, name }): [string, string] => [id, name]),
      ...groups.map((group): [string, string] => [group.id, group.private ? PRIVATE_GROUP : group.name]),
    ])
  }

async function listed<Kind extends 'agents' | 'groups'>(
  directory: Directory,
  { workspaceId, actorId }: Asking,
  kind: Kind,
): Promise<ListDirectoryResponse[Kind][number][]> {
  const entries: ListDirectoryResponse[Kind][number][] = []
  let pageToken = ''
  do {
    const page = await directory.listDirectory({ workspaceId, kind, pageSize: PAGE, pageToken }, { actorId })
    entries.push(...page[kind])
    pageToken = page.nextPageToken
  } while (pageToken !== '')
  return entries
}

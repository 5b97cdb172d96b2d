import { DirectoryService } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { type Handlers, rpcClient, serveRpc } from '@umbel/rpc'
import { expect, it } from 'vitest'
import { directoryNames } from './directory-names.ts'

const nothing = Object.fromEntries(
  DirectoryService.methods.map(({ localName }) => [localName, async () => ({})]),
) as unknown as Handlers<typeof DirectoryService>

it('knows agents and groups on all pages, and gives no private group its name', async () => {
  const pages: Record<string, object> = {
    agents: { agents: [{ id: 'a-1', name: 'Ada' }] },
    groups: { groups: [{ id: 'g-1', name: 'Support' }], nextPageToken: 'more' },
    more: { groups: [{ id: 'g-2', name: 'Legal', private: true }] },
  }
  const handlers: Handlers<typeof DirectoryService> = {
    ...nothing,
    listDirectory: async ({ kind, pageToken }) => pages[pageToken || kind] ?? {},
  }
  const verify = () => Promise.resolve({ kind: 'service', id: 'o', workspaceId: null, actorId: null } as const)
  const services = [{ service: DirectoryService, handlers }]
  await using server = await serveRpc({ host: '127.0.0.1', port: 0, services, verify, log: { error: () => {} } })
  const address = `127.0.0.1:${server.port}`
  using client = rpcClient(DirectoryService, { address, token: () => Promise.resolve('token'), deadlineMs: 5_000 })
  const names = await directoryNames(client)({ workspaceId: newId(), actorId: newId() })
  expect([...names]).toEqual([
    ['a-1', 'Ada'],
    ['g-1', 'Support'],
    ['g-2', 'a private group'],
  ])
})

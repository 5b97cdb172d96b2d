import { describe, expect, it } from 'vitest'
import { type Action, type Actor, authorize, canSeeAll, type Role } from './authorize.ts'

const actor = (role: Role, hidden: string[] = []): Actor => ({ id: 'a-1', role, hiddenGroupIds: new Set(hidden) })
const may = (role: Role, action: Action): boolean => {
  try {
    authorize(actor(role), action)
    return true
  } catch {
    return false
  }
}

describe('authorize', () => {
  it('lets agents work and light agents only read and note', () => {
    expect(may('agent', 'comment-publicly')).toBe(true)
    expect(may('light_agent', 'read-ticket')).toBe(true)
    expect(may('light_agent', 'comment-internally')).toBe(true)
    expect(may('light_agent', 'comment-publicly')).toBe(false)
    expect(may('light_agent', 'update-ticket')).toBe(false)
    expect(may('light_agent', 'plan-operation')).toBe(false)
  })

  it('hides nothing from who reads tickets and is left out of no group', () => {
    expect(canSeeAll(actor('light_agent'))).toBe(true)
    expect(canSeeAll(actor('admin', ['g-1']))).toBe(false)
    for (const role of ['operator', 'requester'] as const) expect(canSeeAll(actor(role))).toBe(false)
  })

  it('keeps webhooks and suppressed addresses to admins', () => {
    expect(may('admin', 'manage-deliveries')).toBe(true)
    for (const role of ['agent', 'light_agent', 'service', 'operator', 'requester'] as const)
      expect(may(role, 'manage-deliveries')).toBe(false)
  })

  it('keeps the directory to admins and workspaces to operators', () => {
    expect(may('agent', 'change-directory')).toBe(false)
    expect(may('admin', 'change-directory')).toBe(true)
    expect(may('admin', 'manage-workspace')).toBe(false)
    expect(may('operator', 'manage-workspace')).toBe(true)
    expect(may('operator', 'read-ticket')).toBe(false)
  })

  it('answers not-found for a private group of others, whatever the role', () => {
    for (const role of ['admin', 'agent', 'light_agent'] as const)
      expect(() => authorize(actor(role, ['g-1']), 'read-ticket', { groupId: 'g-1' })).toThrow(
        expect.objectContaining({ kind: 'not-found' }),
      )
  })
})

import { TicketPriority, TicketStatus } from '@umbel/contracts'
import { describe, expect, it } from 'vitest'
import { priorityOf, stateRule, timeOf, toUpsert } from './mapping.ts'
import type { Row } from './read-rows.ts'

const row: Row = {
  number: '0000045',
  incident_state: 'Active',
  priority: '2 - High',
  caller_id: '2403',
  location: '143',
  category: '55',
  assignment_group: '56',
  assigned_to: '?',
  problem_id: '14',
  impact: '2',
  rfc: '?',
  closed_code: '5',
}

describe('the mapping of the log', () => {
  it.each([
    ['New', TicketStatus.NEW],
    ['Active', TicketStatus.OPEN],
    ['Awaiting User Info', TicketStatus.PENDING],
    ['Awaiting Evidence', TicketStatus.PENDING],
    ['Awaiting Vendor', TicketStatus.ON_HOLD],
    ['Awaiting Problem', TicketStatus.ON_HOLD],
    ['Resolved', TicketStatus.SOLVED],
    ['Closed', TicketStatus.CLOSED],
  ])('reads the state %s', (text, status) => {
    expect(stateRule(text)).toEqual({ kind: 'status', status })
  })

  it('lets the status stay for -100, and knows no other text', () => {
    expect(stateRule('-100')).toEqual({ kind: 'stays' })
    for (const text of ['', '?', 'active', 'Done', 'constructor']) expect(stateRule(text)).toEqual({ kind: 'unknown' })
  })

  it.each([
    ['1', TicketPriority.URGENT],
    ['2 - High', TicketPriority.HIGH],
    ['3', TicketPriority.NORMAL],
    ['4', TicketPriority.LOW],
    ['?', undefined],
    ['', undefined],
  ])('reads the priority %s by its leading digit', (text, priority) => {
    expect(priorityOf(text)).toBe(priority)
  })

  it('reads times as day/month/year in UTC, and what is no time as none', () => {
    expect(timeOf('5/3/2016 12:00')?.toISOString()).toBe('2016-03-05T12:00:00.000Z')
    expect(timeOf('29/2/2016 01:16')?.toISOString()).toBe('2016-02-29T01:16:00.000Z')
    for (const text of ['?', '', '31/2/2016 10:00', '2016-03-05T12:00Z', '1/13/2016 10:00'])
      expect(timeOf(text)).toBeUndefined()
  })

  it('names the things of the directory, and says where there is none', () => {
    expect(toUpsert(row, 'w-1', false)).toMatchObject({
      workspaceId: 'w-1',
      status: TicketStatus.OPEN,
      priority: TicketPriority.HIGH,
      requester: { externalId: 'caller:2403', email: 'caller-2403@import.invalid' },
      customer: { externalId: 'location:143' },
      project: { externalId: 'category:55' },
      group: { externalId: 'group:56' },
      assignee: { externalId: '' },
      primaryMaster: 'problem:14',
    })
    expect(toUpsert({ ...row, problem_id: '?' }, 'w-1', false).primaryMaster).toBe('')
  })

  it('tells what belongs to the end only once there is one', () => {
    expect(toUpsert(row, 'w-1', false).fields).toEqual({ impact: '2', rfc: '' })
    expect(toUpsert(row, 'w-1', true).fields).toEqual({ impact: '2', rfc: '', closed_code: '5' })
  })

  it('carries a broken state along, so that it is counted', () => {
    const upsert = toUpsert({ ...row, incident_state: '-100' }, 'w-1', false)
    expect(upsert).not.toHaveProperty('status')
    expect(upsert.unmappedStatus).toBe('-100')
  })
})

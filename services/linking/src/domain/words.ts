/** The words of tickets as linking's rows spell them. */
export const statuses = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] as const
export type Status = (typeof statuses)[number]
export const priorities = ['low', 'normal', 'high', 'urgent'] as const
export type Priority = (typeof priorities)[number]

export const linkKinds = ['child', 'duplicate', 'related'] as const
export type LinkKind = (typeof linkKinds)[number]
export type Purpose = 'customer' | 'follow_up'

/** Stands for "no group" where a group is part of a key. */
export const NO_GROUP = '00000000-0000-0000-0000-000000000000'

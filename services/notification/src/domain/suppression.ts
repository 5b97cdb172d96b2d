export type SuppressionReason = 'hard-bounce' | 'soft-bounces' | 'complaint' | 'by-hand'

/** An address that gets no mail of this workspace. */
export interface Suppression {
  readonly address: string
  readonly reason: SuppressionReason
  readonly createdAt: Date
}

export interface Page<T> {
  readonly rows: readonly T[]
  /** Empty: that was the last page. */
  readonly next: string
}

/**
 * Loaded before a service by `--import`: its clock is off by UMBEL_CLOCK_SKEW_MS milliseconds, as the clock of a host
 * can be. Time that only rises (`performance.now()`, timers) is left alone.
 */
const skewMs = Number(process.env.UMBEL_CLOCK_SKEW_MS ?? 0)
const RealDate = Date
const realNow = Date.now.bind(Date)

class SkewedDate extends RealDate {
  constructor(...args: unknown[]) {
    if (args.length === 0) super(realNow() + skewMs)
    else super(...(args as [number]))
  }

  static override now(): number {
    return realNow() + skewMs
  }
}

globalThis.Date = SkewedDate as DateConstructor

export { currentTraceparent, newTraceparent, withTrace } from '@umbel/kernel/trace'

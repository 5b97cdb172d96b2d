import { worldName } from './world.ts'

/** Goes before every topic and every consumer group of one test world, so that worlds never hear each other. */
export const topicPrefix = (): string => `test-${worldName()}.`

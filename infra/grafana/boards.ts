import type { Board } from './board.ts'
import { consoleBoard } from './console.ts'
import { engine } from './engine.ts'
import { participants } from './participants.ts'
import { sagas } from './sagas.ts'

/** All that are shipped, each in dashboards/<uid>.json. */
export const boards: readonly Board[] = [sagas, participants, engine, consoleBoard]

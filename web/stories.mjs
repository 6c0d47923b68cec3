// Plays the stories named, or all: one sample town serves them, and is ended whatever comes of them.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { serveTown } from './tests/world.mjs'

const given = process.argv.slice(2)
const options = given.filter((word) => word.startsWith('-'))
const named = given.filter((word) => !word.startsWith('-'))
const all = readdirSync('tests').filter((name) => name.endsWith('.test.mjs')).sort()
const files = named.length > 0 ? named : all.map((name) => `tests/${name}`)

const town = await serveTown()
const how = ['--test', '--test-reporter=spec', '--test-concurrency=1', ...options, ...files]
const stories = spawn(process.execPath, how, { stdio: 'inherit', env: { ...process.env, TABULARIUM_TOWN: town.address } })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stories.kill(signal))
const code = await new Promise((resolve) => stories.on('exit', (code) => resolve(code ?? 1)))
await town.end()
process.exit(code)

// A day without the archive: papers are registered on the small page of a laptop, and come home with both their numbers.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { done, openAs, openPage, shoot, startTown, stumblingBlocks } from './world.mjs'

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

const program = process.env.TABULARIUM_PROGRAM
const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Rome' })

/** A port that nobody listens on at the moment. */
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

/** The small page on a new emergency register; `end` stops it by its process id. */
async function laptop(folder) {
  const file = join(folder, 'emergenza.jsonl')
  execFileSync(program, ['emergency', 'open', file, '--organization', 'c_x999', '--area', 'AOO1', '--cause', 'Guasto alla rete',
    '--act-number', '12', '--act-date', today, '--authorised-by', 'Ada Verdi'], { stdio: 'ignore' })
  const port = await freePort()
  const served = spawn(program, ['emergency', 'serve', file, '--port', String(port)], { stdio: 'ignore' })
  const ended = new Promise((resolve) => served.once('exit', resolve))
  const end = () => {
    process.kill(served.pid, 'SIGTERM')
    return ended
  }
  return { file, address: `http://127.0.0.1:${port}/`, end }
}

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    test('an emergency day is run on a laptop and brought home', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tabularium-emergency-'))
      const { file, address, end } = await laptop(folder)
      const suffix = scripts ? 'con' : 'senza'
      try {
        const small = await openPage(town, { scripts })
        for (let tries = 0; ; tries += 1) {
          try {
            await small.goto(address)
            break
          } catch (failed) {
            if (tries > 100) throw failed
            await new Promise((resolve) => setTimeout(resolve, 100))
          }
        }
        await small.getByText('Guasto alla rete').waitFor()
        const paper = async (subject, sender) => {
          await small.fill('#subject', subject)
          await small.fill('#sender', sender)
          await small.fill('#location', 'Faldone rosso')
          await small.fill('#operator', 'Ugo Neri')
          await small.getByRole('button', { name: 'Registra' }).click()
        }
        await paper(`Carta prima ${suffix}`, '')
        await small.getByRole('alert').waitFor()
        assert.equal(await small.inputValue('#subject'), `Carta prima ${suffix}`, 'what was typed is kept')
        for (const [n, subject] of ['prima', 'seconda', 'terza'].entries()) {
          await paper(`Carta ${subject} ${suffix}`, 'Verdi Ada [VRDDAA70A41H501X]')
          await small.getByRole('status').getByText(`E-000000${n + 1}`).waitFor()
        }
        if (scripts) {
          assert.deepEqual(await stumblingBlocks(small), [])
          await shoot(small, 'emergency-laptop')
        }
        execFileSync(program, ['emergency', 'close', file], { stdio: 'ignore' })
        await small.context().close()

        const page = await openAs(town, 'anna', { scripts })
        await page.goto('/registers/PG/entries')
        await page.getByRole('link', { name: 'Riporta un registro di emergenza' }).click()
        await page.waitForURL(/\/registers\/PG\/emergency$/)
        const send = async (content) => {
          await page.setInputFiles('#file', { name: 'emergenza.jsonl', mimeType: 'application/x-ndjson', buffer: content })
          await page.selectOption('#classification', '6.3')
          await page.getByRole('button', { name: 'Riporta e registra' }).click()
        }
        const whole = readFileSync(file)
        await send(Buffer.from(whole.toString().replace('Carta seconda', 'Carta diversa')))
        await page.getByRole('alert').getByText('Il file non è stato accettato').waitFor()
        if (scripts) {
          assert.deepEqual(await stumblingBlocks(page), [])
          await shoot(page, 'emergency-refused')
        }
        await send(whole)
        await page.getByRole('status').getByText('Sono state registrate 3 righe').waitFor()
        const rows = await page.locator('tbody tr').allInnerTexts()
        assert.equal(rows.length, 3)
        assert.match(rows[1], /E-0000002\s+PG \d+\/\d{4}/)
        if (scripts) {
          assert.deepEqual(await stumblingBlocks(page), [])
          await shoot(page, 'emergency-home')
        }
        await page.locator('tbody a').nth(1).click()
        await page.getByRole('heading', { level: 1 }).getByText(`Carta seconda ${suffix}`).waitFor()
        await page.getByText('E-0000002').first().waitFor()
        await page.goto('/registers/PG/emergency')
        await send(whole)
        await page.getByRole('status').getByText('Era già stato riportato tutto').waitFor()
        assert.deepEqual(await page.locator('tbody tr').allInnerTexts(), rows, 'the same numbers as before')
        await done(page)
      } finally {
        await end()
        rmSync(folder, { recursive: true })
      }
    })
  })
}

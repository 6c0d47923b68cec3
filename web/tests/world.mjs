// What every story needs: the program with its sample town on a free port, and a browser to look at it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = join(import.meta.dirname ?? '.', '../shots')
mkdirSync(shots, { recursive: true })

/** Serves a sample town of its own; `end()` ends what was started, by its process id. */
export async function serveTown() {
  const data = mkdtempSync(join(tmpdir(), 'tabularium-story-'))
  const server = spawn(process.env.TABULARIUM_PROGRAM, ['demo', '--data', join(data, 'town'), '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = []
  const address = await new Promise((resolve, reject) => {
    server.stderr.setEncoding('utf8').on('data', (text) => {
      said.push(text)
      const found = said.join('').match(/listening on (http:\/\/\S+)\s/)
      if (found) resolve(found[1])
    })
    server.on('exit', (code) => reject(new Error(`the program ended with ${code}: ${said.join('')}`)))
  })
  return {
    address,
    async end() {
      const gone = new Promise((resolve) => server.removeAllListeners('exit').on('exit', resolve))
      if (server.exitCode === null && server.kill('SIGTERM')) await gone
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** A browser, and the town that all stories share; a story that is played by itself serves its own. */
export async function startTown() {
  const shared = process.env.TABULARIUM_TOWN
  const town = shared ? { address: shared, end() {} } : await serveTown()
  const browser = await chromium.launch({
    executablePath: process.env.TABULARIUM_BROWSER,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  return {
    address: town.address,
    browser,
    async end() {
      await browser.close()
      await town.end()
    },
  }
}

/** How a story is told: on a desk or a phone, with scripts or without, in a language. */
export async function openPage(town, { scripts = true, phone = false, language = 'it' } = {}) {
  const context = await town.browser.newContext({
    baseURL: town.address,
    javaScriptEnabled: scripts,
    viewport: phone ? { width: 360, height: 740 } : { width: 1280, height: 900 },
    locale: 'it-IT',
  })
  await context.addCookies([{ name: 'tabularium_language', value: language, url: town.address }])
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const wrong = []
  // A page that breaks its own policy, throws, or asks for what is not there is wrong, whatever it looks like.
  page.on('pageerror', (error) => wrong.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) wrong.push(message.text())
  })
  page.wrong = wrong
  return page
}

/** Passwords of the sample town's people follow from their names. */
export async function signIn(page, name) {
  const asked = await page.goto('/sign-in')
  if (asked.status() !== 200) throw new Error(`/sign-in answers ${asked.status()}: ${await page.innerText('body')}`)
  await page.fill('#name', name)
  await page.fill('#password', `${name}-roccaverde`)
  await page.click('main button[type=submit]')
  await page.waitForURL('**/')
}

/** Somebody who is signed in, on a page of his own. */
export async function openAs(town, name, how) {
  const page = await openPage(town, how)
  await signIn(page, name)
  return page
}

/** Closes a page on which nothing may have gone wrong. */
export async function done(page) {
  assert.deepEqual(page.wrong, [])
  await page.context().close()
}

/** What a person with a screen reader, a keyboard or weak sight would stumble over (WCAG 2.2 AA), as lines of text. */
export async function stumblingBlocks(page) {
  await page.evaluate(axeSource)
  const result = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
  )
  return result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary}`),
  )
}

/** Keeps a picture of the whole page in web/shots, for people to look at. */
export async function shoot(page, name) {
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
}

/** Waits until every document of the town has been read, those up to a position too: what is found holds still then. */
export async function textsRead(town, position = 0) {
  const page = await openPage(town)
  await signIn(page, 'anna')
  for (let waiting = 1; waiting > 0; ) {
    const answer = await page.request.get(`/api/v1/search?text_state=pending&limit=1&remember=false&min_position=${position}`)
    waiting = (await answer.json()).total
    if (waiting > 0) await page.waitForTimeout(200)
  }
  await page.context().close()
}

/** What a link hands over, as it was saved. */
export async function download(page, link) {
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) }
}

/** Names of the files in a ZIP, from its directory at the end. */
export function namesIn(zip) {
  const names = []
  for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4, 'latin1')) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)))
  }
  return names
}

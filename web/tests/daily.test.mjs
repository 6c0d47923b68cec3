// Daily registers: one is looked up, read and taken along; today's is provisional; an officer is told whose they are.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { done, openAs, shoot, startTown, stumblingBlocks } from './world.mjs'

let town
let day
before(async () => {
  town = await startTown()
  const page = await openAs(town, 'irene')
  const get = async (path) => (await page.request.get(`/api/v1${path}`)).json()
  // The town has two years of days: those are formed in the background, the oldest first.
  for (let tries = 0; !day && tries < 600; tries++) {
    day = (await get('/registers/PG/daily?limit=200')).items.find((one) => one.entries > 0)
    if (!day) await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await done(page)
})
after(() => town.end())

const link = (page, name) => page.locator('main').getByRole('link', { name, exact: true })

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    test('the register of a day is found by its month, read, and downloaded in four forms', async () => {
      const page = await openAs(town, 'anna', { scripts })
      await page.goto('/registers/PG/entries')
      await link(page, 'Registri giornalieri').click()
      await page.getByRole('heading', { level: 1, name: 'Registri giornalieri' }).waitFor()
      await page.goto(`/registers/PG/daily?month=${day.period.slice(0, 7)}`)
      if (scripts) {
        assert.deepEqual(await stumblingBlocks(page), [])
        await shoot(page, 'daily-registers')
      }
      const italian = day.period.split('-').reverse().join('/')
      const row = page.locator('tr', { has: page.getByRole('link', { name: italian, exact: true }) })
      assert.match(await row.innerText(), new RegExp(`${day.number}\\s`))
      await row.getByRole('link', { name: italian, exact: true }).click()
      await page.getByRole('heading', { level: 1, name: `Registro giornaliero del ${italian}` }).waitFor()
      if (scripts) {
        assert.deepEqual(await stumblingBlocks(page), [])
        await shoot(page, 'daily-register')
      }
      const facts = await page.locator('dl.facts').innerText()
      assert.match(facts, new RegExp(`Identificativo\\s+${day.id}`))
      const first = String(day.first).padStart(7, '0')
      await link(page, first).waitFor()
      for (const form of ['PDF/A', 'XML', 'CSV', 'JSON']) {
        const address = await page.locator('main li a', { hasText: form }).first().getAttribute('href')
        const file = await page.request.get(address)
        assert.equal(file.status(), 200, form)
        const body = await file.body()
        if (form === 'PDF/A') assert.equal(body.subarray(0, 5).toString(), '%PDF-')
        else assert.ok(body.toString().includes(first), `${form} tells of ${first}`)
      }
      await link(page, day.id).click()
      await page.getByRole('heading', { level: 1, name: `${day.id}.pdf` }).waitFor()
      await done(page)
    })

    test('today is provisional', async () => {
      const page = await openAs(town, 'anna', { scripts })
      await page.goto('/registers/PG/daily')
      await link(page, 'Il registro di oggi, provvisorio').click()
      await page.getByText('Provvisorio.').waitFor()
      if (scripts) assert.deepEqual(await stumblingBlocks(page), [])
      assert.equal(await page.locator('dl.facts').getByText('Identificativo').count(), 0, 'it has none yet')
      await page.goto(`/registers/PG/yearly/${new Date().getFullYear()}`)
      await page.getByText('Il PDF si fa alla fine dell’anno').waitFor()
      await done(page)
    })

    test('who works in an office is told that registers are for others', async () => {
      const page = await openAs(town, 'marta', { scripts })
      await page.goto('/registers/PG/entries')
      assert.equal(await link(page, 'Registri giornalieri').count(), 0)
      const answer = await page.goto('/registers/PG/daily')
      assert.equal(answer.status(), 403)
      await page.getByText('sono per il protocollo, gli archivisti e i revisori').waitFor()
      await done(page)
    })
  })
}

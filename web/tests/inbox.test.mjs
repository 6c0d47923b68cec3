// The inbox: what is given to an office is taken on, sent back with a reason, given to another, done; one by one and many.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { done, openAs, shoot, startTown, stumblingBlocks } from './world.mjs'

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

const someone = (name, how) => openAs(town, name, how)
const pathOf = (entry) => `/registers/PG/entries/${entry.year}/${entry.number}`
const dayFrom = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** Registers papers by the API, each given so. */
async function register(page, count, subject, assignment) {
  const { csrf_token } = await (await page.request.get('/api/v1/session')).json()
  const made = []
  for (let n = 0; n < count; n++) {
    const answer = await page.request.post('/api/v1/registers/PG/entries', {
      headers: { 'X-CSRF-Token': csrf_token, 'Idempotency-Key': `inbox-${subject}-${n}-${Math.random()}` },
      data: {
        direction: 'incoming', subject: `${subject} ${n + 1}`, classification: '6.3', assignments: [assignment],
        correspondents: [{ role: 'sender', kind: 'person', name: 'Ottavia Brandolini' }],
        received: { on: dayFrom(-1), channel: 'counter' },
      },
    })
    assert.equal(answer.status(), 201, await answer.text())
    made.push(await answer.json())
  }
  return made
}

const row = (page, subject) => page.locator('tbody tr', { hasText: subject })

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    const how = { scripts }
    const named = scripts ? 'Grondaia' : 'Ringhiera'

    test('an assignment is sent back with a reason, goes to another office, and is done there', async () => {
      const anna = await someone('anna', how)
      const due = dayFrom(-3)
      const [entry] = await register(anna, 1, named, { office: 'edilizia', mode: 'responsible', due, note: 'Sopralluogo' })

      const marta = await someone('marta', how)
      await marta.getByRole('heading', { name: 'Da prendere in carico' }).waitFor()
      await marta.getByRole('link', { name: /^Assegnazioni/ }).click()
      await marta.waitForURL('**/inbox')
      const mine = row(marta, `${named} 1`)
      assert.match(await mine.innerText(), /scaduta da 3 giorni[^]*Sopralluogo[^]*Edilizia privata[^]*data da Anna Feltrami/)
      if (scripts) assert.deepEqual(await stumblingBlocks(marta), [])
      if (scripts) await shoot(marta, 'inbox')

      await mine.getByRole('link').first().click()
      await marta.waitForURL(`**${pathOf(entry)}`)
      await marta.getByRole('button', { name: 'Prendi in carico' }).click()
      await marta.getByRole('status').getByText('L’assegnazione è aggiornata').waitFor()
      await marta.getByText('in carico a Marta Ghirlandi').waitFor()
      await marta.getByRole('link', { name: 'Restituisci' }).click()
      await marta.waitForURL('**/assignments/answers?of=office:edilizia')
      if (scripts) assert.deepEqual(await stumblingBlocks(marta), [])
      // To a browser blanks are a reason, to the server they are none.
      await marta.fill('#reason', '   ')
      await marta.getByRole('button', { name: 'Restituisci' }).click()
      await marta.locator('#wrong-reason').waitFor()
      await marta.fill('#reason', 'È la strada, spetta ai lavori pubblici')
      await marta.getByRole('button', { name: 'Restituisci' }).click()
      await marta.getByText('restituita da Marta Ghirlandi').waitFor()
      await marta.locator('.history').getByText('Edilizia privata: restituita. È la strada').waitFor()
      await marta.goto('/inbox')
      assert.equal(await row(marta, `${named} 1`).count(), 0)

      // It stands in the registry's inbox, with the reason.
      await anna.goto('/')
      await anna.getByRole('link', { name: /da riassegnare/ }).click()
      await anna.waitForURL('**/inbox?state=returned')
      const back = row(anna, `${named} 1`)
      assert.match(await back.innerText(), /È la strada, spetta ai lavori pubblici/)
      await back.getByRole('checkbox').check()
      await anna.getByRole('button', { name: 'Riassegna' }).click()
      await anna.getByRole('alert').getByText('Scegli a chi riassegnare').waitFor()
      assert.ok(await back.getByRole('checkbox').isChecked(), 'ticks stay')
      await anna.selectOption('#to', 'office:lavori-pubblici')
      await anna.getByRole('button', { name: 'Riassegna' }).click()
      await anna.getByText('1 assegnazione: fatto').waitFor()
      if (scripts) assert.deepEqual(await stumblingBlocks(anna), [])

      const paolo = await someone('paolo', how)
      await paolo.goto('/inbox')
      await row(paolo, `${named} 1`).getByRole('checkbox').check()
      await paolo.getByRole('button', { name: 'Fatto' }).click()
      await paolo.getByText('1 assegnazione: fatto').waitFor()
      await paolo.goto('/inbox?state=done')
      assert.match(await row(paolo, `${named} 1`).innerText(), /fatta da Paolo Terrasini/)
      const now = await (await paolo.request.get(`/api/v1${pathOf(entry)}`)).json()
      assert.deepEqual(now.assignments, [{ office: 'lavori-pubblici', mode: 'responsible', due, note: 'Sopralluogo' }])
      for (const page of [anna, marta, paolo]) await done(page)
    })

    test('thirty are taken on at once, step by step, and one that changed meanwhile is named', async () => {
      const anna = await someone('anna', how)
      const subject = `${named} di serie`
      const made = await register(anna, 30, subject, { office: 'sociale', mode: 'responsible', due: dayFrom(1) })
      const sara = await someone('sara', how)
      await sara.goto('/inbox?due=week')
      const rows = row(sara, subject)
      assert.equal(await rows.count(), 30)
      assert.match(await rows.first().innerText(), /scade domani/)
      for (const box of await rows.getByRole('checkbox').all()) await box.check()
      const { csrf_token } = await (await sara.request.get('/api/v1/session')).json()
      const meanwhile = await sara.request.post(`/api/v1${pathOf(made[7])}/assignments/answers`, {
        headers: { 'X-CSRF-Token': csrf_token }, data: { office: 'sociale', answer: 'done' },
      })
      assert.ok(meanwhile.ok())
      const sent = []
      sara.on('request', (request) => { if (request.method() === 'POST') sent.push(request.url()) })
      await sara.getByRole('button', { name: 'Prendi in carico' }).click()
      await sara.locator('.outcomes li').nth(29).waitFor()
      const lines = await sara.locator('.outcomes li').allInnerTexts()
      assert.equal(lines.filter((line) => /non fatto/.test(line)).length, 1)
      assert.match(lines.find((line) => /non fatto/.test(line)), new RegExp(`PG ${made[7].number}/${made[7].year}`))
      assert.equal(sent.length, scripts ? 2 : 1, 'in batches of twenty where scripts run')
      if (scripts) {
        await sara.getByText('30/30').waitFor()
        assert.equal(await sara.locator('progress').evaluate((bar) => bar.value), 30)
      } else {
        await sara.getByText('29 assegnazioni: fatto').waitFor()
      }
      if (scripts) assert.deepEqual(await stumblingBlocks(sara), [])
      await sara.getByRole('link', { name: 'Torna all’elenco' }).click()
      await sara.waitForURL('**/inbox?due=week')
      assert.equal(await row(sara, subject).count(), 0)
      for (const page of [anna, sara]) await done(page)
    })
  })
}

test('the inbox is read on a phone', async () => {
  const marta = await someone('marta', { phone: true })
  await marta.goto('/inbox')
  assert.ok(await marta.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'nothing stands beside the page')
  assert.deepEqual(await stumblingBlocks(marta), [])
  await done(marta)
})

// Offices in time, who stands in for whom, and a new version of the classification scheme from a file.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPage, shoot, signIn, startTown, stumblingBlocks } from './world.mjs'

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

const button = (page, name) => page.locator('main').getByRole('button', { name })

/** A day from today on, as it is in Rome. */
function day(later = 0) {
  const at = new Date(Date.now() + later * 86_400_000)
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Rome' }).format(at)
}

/** axe needs scripts; a narrow window must not make anybody scroll sideways. */
async function comfortable(page, scripts) {
  if (!scripts) return
  assert.deepEqual(await stumblingBlocks(page), [])
  const size = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 700 })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  assert.ok(wide <= 320, `${page.url()} is ${wide} wide`)
  await page.setViewportSize(size)
}

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    const suffix = scripts ? 'a' : 'b'

    test('an office is renamed, moved and ended, and says what it would leave behind', async () => {
      const page = await openPage(town, { scripts })
      await signIn(page, 'elena')
      await page.goto('/offices')
      await page.fill('#name', 'Condoni')
      await page.fill('#code', `condoni-${suffix}`)
      await page.selectOption('#parent', 'tecnica')
      await button(page, 'Aggiungi un ufficio').click()
      await page.locator(`#office-condoni-${suffix}`).getByRole('link', { name: 'Condoni' }).click()
      await comfortable(page, scripts)
      await shoot(page, `office-${suffix}`)
      await page.fill('#name', 'Sportello condoni')
      await page.selectOption('#parent', 'edilizia')
      await page.fill('#ipa', 'UFX7K2')
      await page.fill('#pec', 'condoni@pec')
      await button(page, 'Salva').click()
      await page.getByText('Non è un indirizzo e-mail').waitFor()
      assert.equal(await page.inputValue('#name'), 'Sportello condoni', 'what was typed is kept')
      await page.fill('#pec', 'condoni@pec.example.it')
      await button(page, 'Salva').click()
      const below = page.locator(`#office-edilizia #office-condoni-${suffix}`)
      await below.getByRole('link', { name: 'Sportello condoni' }).waitFor()

      await page.goto('/offices/edilizia')
      assert.match(await page.locator('section[aria-labelledby=holds]').innerText(), /registrazion[ei] assegnat[ae]/)
      await page.fill('#valid_until', day(-1))
      await button(page, 'Salva').click()
      await page.getByText(`Prima chiudi o sposta gli uffici sotto`).waitFor()

      await page.goto(`/offices/condoni-${suffix}`)
      await page.getByText('Condoni fino al').waitFor()
      await page.fill('#valid_until', day(-1))
      await button(page, 'Salva').click()
      await below.getByText('chiuso').waitFor()
      const registrar = await openPage(town, { scripts })
      await signIn(registrar, 'anna')
      await registrar.goto('/registers/PG/new')
      const offered = registrar.locator(`option[value="office:condoni-${suffix}"]`)
      assert.equal(await offered.count(), 0, 'an ended office is not offered')
      assert.ok((await registrar.locator('option[value="office:edilizia"]').count()) > 0)
      assert.deepEqual([...page.wrong, ...registrar.wrong], [])
      await registrar.context().close()
      await page.context().close()
    })

    test('two administrators change one office, and the second is told', async () => {
      const first = await openPage(town, { scripts })
      const second = await openPage(town, { scripts })
      for (const page of [first, second]) {
        await signIn(page, 'elena')
        await page.goto('/offices/sociale')
      }
      await first.fill('#name', `Servizi sociali ${suffix}`)
      await button(first, 'Salva').click()
      await first.waitForURL(/\/offices#office-sociale$/)
      await second.fill('#name', 'Scuola')
      await button(second, 'Salva').click()
      await second.getByRole('alert').getByText('Nel frattempo qualcuno l’ha modificato').waitFor()
      assert.match(await second.locator('section[aria-labelledby=now]').innerText(), new RegExp(`Servizi sociali ${suffix}`))
      await comfortable(second, scripts)
      for (const page of [first, second]) {
        assert.deepEqual(page.wrong, [])
        await page.context().close()
      }
    })

    test('who is away names a substitute, who is told so and sees his work until it is over', async () => {
      const [absent, substitute] = scripts ? ['marta', 'chiara'] : ['sara', 'paolo']
      const page = await openPage(town, { scripts })
      await signIn(page, absent)
      await page.goto(`/users/${absent}/absences`)
      await page.getByText('Nessuna assenza.').waitFor()
      await page.fill('#away_from', day())
      await page.fill('#away_until', day(-3))
      await page.selectOption('#substitute', substitute)
      await button(page, 'Segna un’assenza').click()
      await page.getByText('È prima del primo giorno').waitFor()
      assert.equal(await page.inputValue('#substitute'), substitute, 'what was chosen is kept')
      await page.fill('#away_until', day(3))
      await button(page, 'Segna un’assenza').click()
      await page.locator('main .things').getByText('in corso').waitFor()
      await comfortable(page, scripts)
      await shoot(page, `absences-${suffix}`)

      const other = await openPage(town, { scripts })
      await signIn(other, substitute)
      await other.goto('/')
      // Whatever other stories have made of the family name.
      await other.getByText(scripts ? /Sostituisci Marta / : /Sostituisci Sara /).waitFor()
      await comfortable(other, scripts)
      await button(page, 'Termina adesso').click()
      await page.locator('main .things').getByText('finita').waitFor()
      await other.goto('/')
      assert.equal(await other.getByText('Sostituisci').count(), 0)
      const reply = await other.goto(`/users/${absent}/absences`)
      assert.equal(reply.status(), 403, 'another’s absences are not his business')
      assert.deepEqual([...page.wrong, ...other.wrong.filter((line) => !line.includes('403'))], [])
      await other.context().close()
      await page.context().close()
    })

    test('a new version of the scheme is looked at, adopted, and waits for its day', async () => {
      const page = await openPage(town, { scripts })
      await signIn(page, 'elena')
      await page.goto('/classification-schemes')
      await comfortable(page, scripts)
      const href = await page.getByRole('link', { name: 'Scarica in CSV' }).getAttribute('href')
      const csv = (await (await page.request.get(href)).text()).replace(/^\ufeff/, '')
      assert.match(csv, /^code;title;retention_years;notes\r\n/)
      const changed = csv
        .replace('6.3;Edilizia privata;;', `6.3;Edilizia e condoni ${suffix};9999;`)
        .replace(/\r\n6\.9;[^\r]*/, '')
        .concat(`99;Prove ${suffix};5;\r\n`)
      await page.getByRole('link', { name: 'Nuova versione del titolario' }).click()
      await comfortable(page, scripts)
      await page.fill('#valid_from', day(scripts ? 20 : 10))
      const file = (text) => ({ name: 'titolario.csv', mimeType: 'text/csv', buffer: Buffer.from(text, 'utf8') })
      await page.setInputFiles('#scheme-file', file('codice;voce\r\n6.3;Senza il titolo sopra\r\n'))
      await button(page, 'Mostra che cosa cambia').click()
      await page.getByText('Manca la voce superiore 6.').waitFor()
      await comfortable(page, scripts)
      await page.setInputFiles('#scheme-file', file(changed))
      await button(page, 'Mostra che cosa cambia').click()
      assert.match(await page.locator('#added').innerText(), new RegExp(`99 Prove ${suffix}`))
      assert.match(await page.locator('#retitled').innerText(), new RegExp(`Edilizia e condoni ${suffix}`))
      assert.match(await page.locator('#retention').innerText(), /6\.3/)
      await comfortable(page, scripts)
      await shoot(page, `scheme-changes-${suffix}`)
      await button(page, 'Adotta questa versione').click()
      await page.waitForURL(/\/classification-schemes$/)
      const version = page.locator('section[aria-labelledby=versions] li').first()
      await version.getByText('in attesa').waitFor()
      assert.ok(!(await page.locator('#classes').innerText()).includes(`Prove ${suffix}`), 'not yet in force')
      await version.getByRole('link').click()
      assert.match(await page.locator('#classes').innerText(), new RegExp(`99 Prove ${suffix}`))
      assert.match(await page.locator('#classes').innerText(), /da conservare per sempre/)
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    })
  })
}
